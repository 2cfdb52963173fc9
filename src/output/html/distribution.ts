import type { Block } from '../../core/block.ts';
import { mergeBins } from '../blocks/distribution.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';
import { horizontal, legendKey, round } from './series.ts';

type DistributionBlock = Extract<Block, { kind: 'distribution' }>;
type Bin = DistributionBlock['bins'][number];

const WIDTH = 1_000;
const HEIGHT = 200;
const MAX_BARS = 80;

/** Bars of equal width, since bins often grow with their values; a mark stands where its value falls within its bin. */
export function htmlDistribution(block: DistributionBlock): string {
  const bins = mergeBins(block.bins, MAX_BARS);
  const caption = `<figcaption>${esc(block.title)}</figcaption>`;
  const most = Math.max(0, ...bins.map((bin) => bin.count));
  if (most === 0) return `<figure>${caption}<p class="soft">No measurements.</p></figure>`;
  const quantity = (value: number) => formatQuantity(value, block.unit);
  const size = WIDTH / bins.length;
  const bars = bins.map((bin, index) => {
    const height = round((bin.count / most) * HEIGHT);
    return (
      `<rect class="bar" x="${round(index * size + size * 0.06)}" y="${round(HEIGHT - height)}" width="${round(size * 0.88)}" height="${height}">` +
      `<title>up to ${esc(quantity(bin.upTo))}: ${formatNumber(bin.count)}</title></rect>`
    );
  });
  const marks = block.marks.map((mark, index) => {
    const at = round(positionOf(mark.value, bins) * size);
    return `<line class="${markStyle(index)}" x1="${at}" y1="0" x2="${at}" y2="${HEIGHT}"><title>${esc(mark.label)} ${esc(quantity(mark.value))}</title></line>`;
  });
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const markTexts = block.marks.map((mark) => `${mark.label} ${quantity(mark.value)}`);
  const label = `Histogram, ${block.title}: ${total} values up to ${quantity(bins.at(-1)?.upTo ?? 0)}. ${markTexts.join(', ')}`;
  const ends = [bins[0], bins[Math.floor(bins.length / 2)], bins.at(-1)].map(
    (bin) => `<span>≤ ${esc(quantity(bin?.upTo ?? 0))}</span>`,
  );
  return (
    `<figure>${caption}<div class="chart">` +
    `<div class="y" aria-hidden="true"><span>${formatNumber(most)}</span><span>0</span></div>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${esc(label)}">` +
    `${horizontal('grid', 0)}${horizontal('grid', HEIGHT)}${bars.join('')}${marks.join('')}</svg>` +
    `<div class="x" aria-hidden="true">${ends.join('')}</div></div>` +
    `<ul class="legend">${markTexts.map((text, index) => legendKey(markStyle(index), text)).join('')}</ul></figure>`
  );
}

/** Not the first colour, which is the bars' own. */
function markStyle(index: number): string {
  return `mark l${1 + (index % 5)}`;
}

/** In bins from the left: 2.5 is the middle of the third. */
function positionOf(value: number, bins: readonly Bin[]): number {
  const index = bins.findIndex((bin) => value <= bin.upTo);
  if (index < 0) return bins.length;
  const upper = bins[index]?.upTo ?? 0;
  const lower = index === 0 ? Math.min(0, upper) : (bins[index - 1]?.upTo ?? 0);
  const share = upper > lower ? (value - lower) / (upper - lower) : 1;
  return index + Math.max(0, Math.min(1, share));
}
