import type { Block } from '../../core/block.ts';
import { displayWidth, fitWidth, oneLine, padStart, wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';
import { formatNumber, formatQuantity } from '../../core/quantity.ts';

const MAX_ROWS = 14;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar per bin, then the marks. */
export function drawDistribution(
  block: Extract<Block, { kind: 'distribution' }>,
  width: number,
  paint: Paint,
): string[] {
  const bins = mergeBins(block.bins, MAX_ROWS);
  const most = Math.max(0, ...bins.map((bin) => bin.count));
  if (most === 0) return [paint.dim(fitWidth('(no measurements)', width))];
  const labels = bins.map((bin) => `≤ ${formatQuantity(bin.upTo, block.unit)}`);
  const counts = bins.map((bin) => formatNumber(bin.count));
  const labelWidth = Math.max(...labels.map(displayWidth));
  const countWidth = Math.max(...counts.map(displayWidth));
  const room = Math.max(1, Math.min(50, width - labelWidth - countWidth - 4));
  const rows = bins.map((bin, index) => {
    const line = `${padStart(labels[index] ?? '', labelWidth)}  ${padStart(counts[index] ?? '', countWidth)}  ${bar((bin.count / most) * room)}`;
    return fitWidth(line.trimEnd(), width);
  });
  const marks = block.marks.map((mark) => `${oneLine(mark.label)} ${formatQuantity(mark.value, block.unit)}`);
  return marks.length === 0 ? rows : [...rows, ...wrapText(marks.join(', '), width).map(paint.bold)];
}

/** Adjacent bins are summed until they fit; empty ones at both ends are left out. */
export function mergeBins(
  bins: readonly { upTo: number; count: number }[],
  most: number,
): { upTo: number; count: number }[] {
  const first = bins.findIndex((bin) => bin.count > 0);
  if (first < 0) return [];
  const used = bins.slice(first, bins.findLastIndex((bin) => bin.count > 0) + 1);
  const group = Math.ceil(used.length / most);
  const merged: { upTo: number; count: number }[] = [];
  for (let start = 0; start < used.length; start += group) {
    const part = used.slice(start, start + group);
    merged.push({ upTo: part.at(-1)?.upTo ?? 0, count: part.reduce((sum, bin) => sum + bin.count, 0) });
  }
  return merged;
}

function bar(length: number): string {
  const eighths = Math.round(length * 8);
  // A bin that holds anything must not look empty.
  if (eighths === 0) return length > 0 ? '▏' : '';
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
