import type { Block } from '../../core/block.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { seriesStats, timeExtent } from '../series-stats.ts';
import { formatQuantity, NOT_MEASURED } from '../../core/quantity.ts';
import { formatTime } from '../values.ts';
import { htmlTable } from './table.ts';

type SeriesBlock = Extract<Block, { kind: 'series' }>;

/** The drawing area in its own units; it is stretched to the page, and the labels stand beside it at their true size. */
const WIDTH = 1_000;
const HEIGHT = 200;
const COLORS = 6;
/** More points than this per line cannot be told apart on a page. */
const MAX_POINTS = 2_000;

export function htmlSeries(block: SeriesBlock): string {
  const extent = timeExtent(block.lines);
  const all = block.lines.flatMap((line) => seriesStats(line.points) ?? []);
  const caption = `<figcaption>${esc(block.title)}</figcaption>`;
  if (extent === undefined || all.length === 0)
    return `<figure>${caption}<p class="soft">No measurements.</p></figure>`;
  const low = Math.min(0, ...all.map((stats) => stats.min));
  const top = Math.max(block.threshold ?? low, ...all.map((stats) => stats.max));
  const high = niceCeiling(top > low ? top : low + 1, low);
  const quantity = (value: number) => formatQuantity(value, block.unit);
  const y = (value: number) => round(HEIGHT - ((value - low) / (high - low)) * HEIGHT);
  const x = (atMs: number) => round(((atMs - extent[0]) / Math.max(1, extent[1] - extent[0])) * WIDTH);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => horizontal('grid', round(share * HEIGHT)));
  const limit = block.threshold === undefined ? '' : horizontal('limit', y(block.threshold));
  const paths = block.lines.map(
    (line, index) =>
      `<path class="line l${index % COLORS}" d="${pathOf(line.points, x, y)}"><title>${esc(line.name)}</title></path>`,
  );
  const middle = (extent[0] + extent[1]) / 2;
  const span = extent[1] - extent[0];
  return (
    `<figure>${caption}<div class="chart">` +
    `<div class="y" aria-hidden="true"><span>${esc(quantity(high))}</span><span>${esc(quantity((high + low) / 2))}</span><span>${esc(quantity(low))}</span></div>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${esc(describe(block))}">` +
    `${grid.join('')}${paths.join('')}${limit}</svg>` +
    `<div class="x" aria-hidden="true">${[extent[0], middle, extent[1]].map((at) => `<span>${formatTime(at, span)}</span>`).join('')}</div></div>` +
    `${legend(block)}${numbers(block)}</figure>`
  );
}

/** A line that ends at a gap and starts again after it; a lonely point becomes a dot. */
function pathOf(
  points: SeriesBlock['lines'][number]['points'],
  x: (atMs: number) => number,
  y: (value: number) => number,
): string {
  const step = Math.max(1, Math.ceil(points.length / MAX_POINTS));
  let path = '';
  let drawing = false;
  for (let start = 0; start < points.length; start += step) {
    const group = points.slice(start, start + step);
    const measured = group.filter(
      (point): point is [number, number] => point[1] !== null && Number.isFinite(point[1]),
    );
    const worst = measured.reduce<[number, number] | undefined>(
      (best, point) => (best === undefined || point[1] > best[1] ? point : best),
      undefined,
    );
    if (worst === undefined) {
      drawing = false;
      continue;
    }
    path += `${drawing ? 'L' : 'M'}${x(worst[0])} ${y(worst[1])}${drawing ? '' : 'h0'}`;
    drawing = true;
  }
  return path;
}

function describe(block: SeriesBlock): string {
  const lines = block.lines.map((line) => {
    const stats = seriesStats(line.points);
    return stats === undefined
      ? `${line.name}: not measured`
      : `${line.name}: from ${formatQuantity(stats.min, block.unit)} to ${formatQuantity(stats.max, block.unit)}`;
  });
  return `Line chart, ${block.title}. ${lines.join('; ')}.`;
}

function legend(block: SeriesBlock): string {
  const lines = block.lines.map((line, index) => legendKey(`line l${index % COLORS}`, line.name));
  const limit =
    block.threshold === undefined
      ? []
      : [legendKey('limit', `threshold ${formatQuantity(block.threshold, block.unit)}`)];
  return `<ul class="legend">${[...lines, ...limit].join('')}</ul>`;
}

/** A stroke as it is drawn, and what it stands for. */
export function legendKey(style: string, text: string): string {
  const stroke = `<svg viewBox="0 0 20 8" aria-hidden="true"><line class="${style}" x1="0" y1="4" x2="20" y2="4"/></svg>`;
  return `<li>${stroke}${esc(text)}</li>`;
}

function numbers(block: SeriesBlock): string {
  const quantity = (value: number | null | undefined) =>
    value === null || value === undefined ? NOT_MEASURED : formatQuantity(value, block.unit);
  const rows = block.lines.map((line) => {
    const stats = seriesStats(line.points);
    return [
      line.name,
      quantity(stats?.min),
      quantity(stats?.max),
      quantity(stats?.last),
      stats?.gaps ?? line.points.length,
    ];
  });
  const right = { align: 'right' as const };
  const columns = [
    { header: 'Series' },
    ...['Min', 'Max', 'Last', 'Gaps'].map((header) => ({ header, ...right })),
  ];
  return `<details><summary>Numbers</summary>${htmlTable({ kind: 'table', columns, rows })}</details>`;
}

export function horizontal(style: string, at: number): string {
  return `<line class="${style}" x1="0" y1="${at}" x2="${WIDTH}" y2="${at}"/>`;
}

/** The next 1, 2, 2.5, 4, 5 or 8 times a power of ten, so that the axis has round numbers. */
function niceCeiling(value: number, low: number): number {
  const span = value - Math.min(0, low);
  const power = 10 ** Math.floor(Math.log10(span));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((factor) => factor * power >= span * 0.999) ?? 10;
  return Number((Math.min(0, low) + step * power).toPrecision(12));
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
