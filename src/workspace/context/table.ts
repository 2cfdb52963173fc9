import { codeIn } from './words.ts';

/** A row of a table that we wrote into the file earlier. */
export interface WrittenRow {
  cells: readonly string[];
  /** Line within the body, from 0. */
  line: number;
}

/** Rows of the tables of a region, by the code or text in the cell `keyCell`; headers are rows nobody asks for. */
export function writtenRows(body: string, keyCell: number): ReadonlyMap<string, WrittenRow> {
  const rows = new Map<string, WrittenRow>();
  for (const [line, text] of body.split('\n').entries()) {
    if (!text.startsWith('| ') || !text.endsWith(' |')) continue;
    const cells = text.slice(2, -2).split(' | ');
    const key = cells[keyCell];
    if (key !== undefined) rows.set(codeIn(key) ?? key, { cells, line });
  }
  return rows;
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function tableHead(headers: readonly string[]): string[] {
  return [tableRow(headers), tableRow(headers.map(() => '---'))];
}
