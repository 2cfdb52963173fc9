import { createCsvLogReader, readCsvRecord } from './csv-log.ts';
import { createJsonLogReader, readJsonRecord } from './json-log.ts';
import type { LogReader } from './record.ts';
import { createStderrLogReader, prefixPattern, USUAL_PREFIXES } from './stderr-log.ts';

export interface DetectedLog {
  /** For people: `jsonlog`, `csvlog`, `stderr with log_line_prefix '%m [%p] '`. */
  format: string;
  create(): LogReader;
}

/** Share of the sample's lines that must begin an entry; the others may be the following lines of long statements. */
const LEAST_SHARE = 0.05;

/**
 * The format that reads most lines of a sample. `prefix` is the server's own log_line_prefix where it is known. null: no
 * line could be read in any way, which is never the same as "nothing in it".
 */
export function detectLog(sample: readonly string[], prefix: string | null): DetectedLog | null {
  const lines = sample.filter((line) => line.trim() !== '');
  const prefixes = [...(prefix === null ? [] : [prefix]), ...USUAL_PREFIXES];
  const candidates = [
    {
      format: 'jsonlog',
      create: createJsonLogReader,
      matches: (line: string) => readJsonRecord(line) !== null,
    },
    { format: 'csvlog', create: createCsvLogReader, matches: beginsCsv },
    ...prefixes.flatMap((each) => {
      const pattern = prefixPattern(each);
      if (pattern === null) return [];
      const format = `stderr with log_line_prefix ${JSON.stringify(each)}`;
      return [
        {
          format,
          create: () => createStderrLogReader(pattern),
          matches: (line: string) => pattern.test(line),
        },
      ];
    }),
  ];
  const scored = candidates.map(({ format, create, matches }) => ({
    format,
    create,
    share: lines.filter(matches).length / Math.max(1, lines.length),
  }));
  // Of equals the first: the server's own prefix before guesses.
  const best = scored.reduce((a, b) => (b.share > a.share ? b : a));
  return best.share < LEAST_SHARE ? null : { format: best.format, create: best.create };
}

/** A row whose last field goes on in the next line is one, too. */
function beginsCsv(line: string): boolean {
  return readCsvRecord(line) !== null || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [\w+-]+,"/.test(line);
}
