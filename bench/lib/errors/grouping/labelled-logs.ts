import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

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

const LABELS = '.log_structured.csv';
/** Beside the project, where there is such data: its licences keep it out. */
const USUAL_FOLDER = join('..', 'shared', 'data');

/** The folder that was named, or those in the usual one. */
export function foldersOfLabelledLogs(named: string | undefined): string[] {
  if (named !== undefined) return [named];
  if (!existsSync(USUAL_FOLDER)) return [];
  return readdirSync(USUAL_FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(USUAL_FOLDER, entry.name))
    .toSorted();
}

/** Every `X.log` of the folder with an `X.log_structured.csv` beside it that has the columns Content and EventId. */
export function readLabelledLogs(folder: string): LabelledLog[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(LABELS))
    .toSorted()
    .flatMap((file) => {
      const name = file.slice(0, -LABELS.length);
      const log = join(folder, `${name}.log`);
      if (!existsSync(log)) return [];
      const rows: Record<string, string>[] = parse(readFileSync(join(folder, file), 'utf8'), {
        columns: true,
      });
      const [first] = rows;
      if (first?.Content === undefined || first.EventId === undefined) return [];
      const lines = readFileSync(log, 'latin1').split(/\r?\n/);
      if (lines.at(-1) === '') lines.pop();
      return [
        {
          name,
          raw: lines.map((line) => Buffer.from(line, 'latin1')),
          content: rows.map((cells) => Buffer.from(cells.Content ?? '')),
          labels: rows.map((cells) => cells.EventId ?? ''),
        },
      ];
    });
}
