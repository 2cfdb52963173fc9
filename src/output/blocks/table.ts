import type { Block } from '../../core/block.ts';
import { displayWidth, fitWidth, padEnd, padStart, wrapText } from '../../core/text.ts';
import type { Paint } from '../paint.ts';
import { type TableText, tableText } from '../table-cells.ts';

const GAP = 2;
/** Narrower than this a column says nothing; the rows are then written one under the other. */
const MIN_COLUMN = 4;
/** The first column mostly says what its row is called, which is what people type or copy: so much of it gives way last (an id of a run has 24). */
const NAME_COLUMN = 28;

export function drawTable(block: Extract<Block, { kind: 'table' }>, width: number, paint: Paint): string[] {
  const table = tableText(block);
  const headers = headerLines(table, width);
  const widths = columnWidths(table, headers, width);
  const lines =
    widths === undefined ? drawRecords(table, width, paint) : drawGrid(table, headers, widths, paint);
  if (table.rows.length === 0) lines.push(paint.dim(fitWidth('(no rows)', width)));
  const omitted = block.omitted ?? 0;
  if (omitted > 0) lines.push(paint.dim(fitWidth(`… and ${omitted} more rows`, width)));
  return lines;
}

/** Headers over numbers take a line a word where the table would be too wide, so that names keep their room. */
function headerLines(table: TableText, width: number): string[][] {
  const onOneLine = table.headers.map((header) => [header]);
  const natural = naturalWidths(table, onOneLine).reduce((sum, size) => sum + size + GAP, -GAP);
  return natural <= width
    ? onOneLine
    : table.headers.map((header, column) => (table.right[column] ? header.split(' ') : [header]));
}

function naturalWidths(table: TableText, headers: readonly string[][]): number[] {
  return headers.map((lines, column) =>
    Math.max(...lines.map(displayWidth), ...table.rows.map((row) => displayWidth(row[column]?.text ?? ''))),
  );
}

function drawGrid(
  table: TableText,
  headers: readonly string[][],
  widths: readonly number[],
  paint: Paint,
): string[] {
  const align = (text: string, column: number) => {
    const size = widths[column] ?? 0;
    const fitted = fitWidth(text, size);
    if (table.right[column]) return padStart(fitted, size);
    // No blanks at the end of a line.
    return column === widths.length - 1 ? fitted : padEnd(fitted, size);
  };
  const gap = ' '.repeat(GAP);
  const height = Math.max(1, ...headers.map((lines) => lines.length));
  const header = Array.from({ length: height }, (_, line) =>
    headers
      .map((lines, column) => align(lines[line - height + lines.length] ?? '', column))
      .join(gap)
      .trimEnd(),
  );
  const rows = table.rows.map((row) =>
    row.map((cell, column) => paint.tone(cell.tone)(align(cell.text, column))).join(gap),
  );
  return [...header.map(paint.dim), ...rows];
}

function drawRecords(table: TableText, width: number, paint: Paint): string[] {
  return table.rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.flatMap((cell, column) =>
      wrapText(`${table.headers[column] ?? ''}: ${cell.text}`, width, '  ').map((line) =>
        paint.tone(cell.tone)(line),
      ),
    ),
  ]);
}

/** Natural widths when they fit; else the widest give way, one column at a time. undefined when even that is too much. */
function columnWidths(table: TableText, headers: readonly string[][], width: number): number[] | undefined {
  const widths = naturalWidths(table, headers);
  const available = width - GAP * Math.max(0, widths.length - 1);
  let excess = widths.reduce((sum, size) => sum + size, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    // Text gives way before numbers: half a number is worse than none.
    const candidates = [...widths.keys()].filter((column) => (widths[column] ?? 0) > MIN_COLUMN);
    const texts = candidates.filter((column) => !table.right[column]);
    const wide = texts.filter((column) => (widths[column] ?? 0) > 12);
    const others = wide.filter((column) => column > 0 || (widths[column] ?? 0) > NAME_COLUMN);
    const pool = [others, wide, texts].find(({ length }) => length > 0) ?? [];
    if (widest <= MIN_COLUMN || pool.length === 0) return undefined;
    const column = pool.reduce((best, next) => ((widths[next] ?? 0) > (widths[best] ?? 0) ? next : best));
    widths[column] = (widths[column] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
