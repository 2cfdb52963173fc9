import type { Block } from '../../core/block.ts';
import { counted } from '../../core/counted.ts';
import { displayWidth, fitWidth, oneLine, padEnd, wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';
import { resample, seriesStats, timeExtent } from '../series-stats.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { formatTime } from '../values.ts';

const LEVELS = '▁▂▃▄▅▆▇█';

/** One line of bars per series on a common scale; what is above the threshold stands out, a gap stays blank. */
export function drawSeries(block: Extract<Block, { kind: 'series' }>, width: number, paint: Paint): string[] {
  const extent = timeExtent(block.lines);
  const all = block.lines.flatMap((line) => seriesStats(line.points) ?? []);
  if (extent === undefined || all.length === 0) return [paint.dim(fitWidth('(no measurements)', width))];
  const low = Math.min(0, ...all.map((stats) => stats.min));
  const high = Math.max(block.threshold ?? low, ...all.map((stats) => stats.max));
  const nameWidth = Math.min(
    Math.max(...block.lines.map((line) => displayWidth(oneLine(line.name)))),
    Math.floor(width / 3),
  );
  // No more columns than points: a bar each reads better than bars with blanks between them.
  const most = Math.max(...block.lines.map((line) => line.points.length));
  const columns = Math.max(1, Math.min(60, most, width - nameWidth - 2));
  const lines = block.lines.flatMap((line) => {
    const stats = seriesStats(line.points);
    const name = padEnd(fitWidth(oneLine(line.name), nameWidth), nameWidth);
    if (stats === undefined) return [`${name}  ${paint.dim(fitWidth('not measured', columns))}`];
    const bars = resample(line.points, extent, columns).map((value) => {
      if (value === null) return ' ';
      const bar = barOf(value, low, high);
      return block.threshold !== undefined && value > block.threshold ? paint.tone('bad')(bar) : bar;
    });
    const quantity = (value: number) => formatQuantity(value, block.unit);
    const facts = [`min ${quantity(stats.min)}`, `max ${quantity(stats.max)}`];
    if (stats.last !== null) facts.push(`last ${quantity(stats.last)}`);
    if (stats.gaps > 0) facts.push(counted(stats.gaps, 'gap'));
    const indent = ' '.repeat(nameWidth + 2);
    return [
      `${name}  ${bars.join('')}`.trimEnd(),
      ...wrapText(indent + facts.join(', '), width, indent).map((text) => paint.dim(text)),
    ];
  });
  const span = extent[1] - extent[0];
  const limit =
    block.threshold === undefined ? '' : `, threshold ${formatQuantity(block.threshold, block.unit)}`;
  return [
    ...lines,
    ...wrapText(`${formatTime(extent[0], span)} to ${formatTime(extent[1], span)} UTC${limit}`, width).map(
      paint.dim,
    ),
  ];
}

function barOf(value: number, low: number, high: number): string {
  const share = high > low ? (value - low) / (high - low) : 0;
  return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length)))] ?? ' ';
}
