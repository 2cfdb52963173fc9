import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A log whose lines somebody has sorted into templates by hand. */
export interface LabelledLog {
  name: string;
  /** Whole lines, as written. */
  raw: readonly Buffer[];
  /** The same lines without their headers. */
  content: readonly Buffer[];
  /** Label of each line. */
  labels: readonly string[];
}

const LABELS = '_2k.log_structured.csv';

/** Every `X_2k.log` of the folder with an `X_2k.log_structured.csv` beside it that has the columns Content and EventId. */
export function readLabelledLogs(folder: string): LabelledLog[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(LABELS))
    .toSorted()
    .flatMap((file) => {
      const name = file.slice(0, -LABELS.length);
      const log = join(folder, `${name}_2k.log`);
      if (!existsSync(log)) return [];
      const [header = [], ...rows] = parseCsv(readFileSync(join(folder, file), 'utf8'));
      const contentAt = header.indexOf('Content');
      const labelAt = header.indexOf('EventId');
      if (contentAt === -1 || labelAt === -1) return [];
      const lines = readFileSync(log, 'latin1').split(/\r?\n/);
      if (lines.at(-1) === '') lines.pop();
      return [
        {
          name,
          raw: lines.map((line) => Buffer.from(line, 'latin1')),
          content: rows.map((cells) => Buffer.from(cells[contentAt] ?? '')),
          labels: rows.map((cells) => cells[labelAt] ?? ''),
        },
      ];
    });
}

/** RFC 4180: quoted cells may hold commas, line ends and doubled quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        const end = quote === -1 ? text.length : quote;
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    } else {
      const rest = /[,\r\n]/.exec(text.slice(at, at + 65_536));
      const end = rest === null ? text.length : at + rest.index;
      cell = text.slice(at, end);
      at = end;
    }
    cells.push(cell);
    if (text[at] === ',') {
      at += 1;
      if (at === text.length) cells.push('');
      continue;
    }
    if (text[at] === '\r') at += 1;
    at += 1;
    rows.push(cells);
    cells = [];
  }
  if (cells.length > 0) rows.push(cells);
  return rows;
}
