import type { Block, Cell, Column, Tone } from '../core/block.ts';
import { oneLine } from '../core/text.ts';
import { decimalsFor, formatNumber, NOT_MEASURED } from '../core/quantity.ts';
import { toneOf } from './values.ts';

type TableBlock = Extract<Block, { kind: 'table' }>;

export interface CellText {
  text: string;
  tone: Tone | undefined;
}

export interface TableText {
  headers: string[];
  /** Right-aligned where the column says so, or where it holds numbers. */
  right: boolean[];
  rows: CellText[][];
}

/** Every cell as text; the numbers of a column share their decimals, so that they can be compared at a glance. */
export function tableText(block: TableBlock): TableText {
  const columns = block.columns.map((column, index) => {
    const cells = block.rows.map((row) => row[index] ?? null);
    const numbers = cells.filter((cell) => typeof cell === 'number');
    const decimals = Math.min(3, Math.max(0, ...numbers.map((value) => decimalsFor(value, column.unit))));
    return {
      header: headerText(column),
      right: column.align === undefined ? numbers.length > 0 : column.align === 'right',
      cells: cells.map((cell) => ({ text: cellText(cell, column, decimals), tone: toneOf(cell) })),
    };
  });
  return {
    headers: columns.map((column) => column.header),
    right: columns.map((column) => column.right),
    rows: block.rows.map((_, row) =>
      columns.map((column) => column.cells[row] ?? { text: NOT_MEASURED, tone: undefined }),
    ),
  };
}

function headerText(column: Column): string {
  const unit = column.unit === undefined || column.unit === '1' ? '' : ` (${column.unit})`;
  return oneLine(column.header + unit);
}

function cellText(cell: Cell, column: Column, decimals: number): string {
  if (cell === null) return NOT_MEASURED;
  if (typeof cell === 'number') return formatNumber(cell, column.unit, decimals);
  return oneLine(typeof cell === 'string' ? cell : cell.text);
}
