import { emptyHistogram, type Histogram, record } from '../../../../core/histogram.ts';
import { tokenize } from '../../../../core/sql-tokens.ts';
import type { TimeRange } from '../../../../store/store.ts';
import type { SlowLogEntry } from './slow-log.ts';

/** What a span of a slow query log says, in bounded memory. */
export interface SlowLogSummary {
  /** Of the first and the last entry; null when there was none with a time. */
  fromMs: number | null;
  toMs: number | null;
  entries: number;
  totalMs: number;
  statements: readonly SlowStatement[];
  /** Entries of statements that came when there was no more room. */
  others: number;
}

export interface SlowStatement {
  database: string | null;
  /** Without values, as digests are: `?`, and `(...)` for lists of them. */
  text: string;
  user: string | null;
  /** Milliseconds, of the calls that were slow enough to be logged. */
  durations: Histogram;
  lockMs: number;
  rowsExamined: number;
  /** Returned or changed. */
  rows: number;
}

const MAX_STATEMENTS = 2_000;

export interface SlowLogSummariser {
  add(entry: SlowLogEntry): void;
  summary(): SlowLogSummary;
}

/** Entries without a time count: they are in the part of the log that was read. */
export function createSlowLogSummariser({ fromMs, toMs }: TimeRange): SlowLogSummariser {
  const statements = new Map<string, SlowStatement>();
  let [first, last]: [number | null, number | null] = [null, null];
  let entries = 0;
  let others = 0;
  let totalMs = 0;

  return {
    add(entry) {
      const { atMs, database, user } = entry;
      if (atMs !== null && (atMs < fromMs || atMs >= toMs)) return;
      entries += 1;
      totalMs += entry.durationMs;
      first = atMs === null ? first : Math.min(first ?? atMs, atMs);
      last = atMs === null ? last : Math.max(last ?? atMs, atMs);
      const text = withoutValues(entry.statement) + (entry.isCut ? ' ...' : '');
      const key = `${database ?? ''}\0${text}`;
      const known = statements.get(key);
      if (known === undefined && statements.size >= MAX_STATEMENTS) {
        others += 1;
        return;
      }
      const statement = known ?? {
        database,
        text,
        user,
        durations: emptyHistogram(),
        lockMs: 0,
        rowsExamined: 0,
        rows: 0,
      };
      statements.set(key, statement);
      record(statement.durations, entry.durationMs);
      statement.lockMs += entry.lockMs;
      statement.rowsExamined += entry.rowsExamined;
      statement.rows += entry.rowsSent + (entry.rowsAffected ?? 0);
    },
    summary: () => ({
      fromMs: first,
      toMs: last,
      entries,
      totalMs,
      statements: [...statements.values()].toSorted((a, b) => b.durations.sum - a.durations.sum),
      others,
    }),
  };
}

/** Statements that differ in their values alone have the same text; lists of values of any length are one. */
export function withoutValues(statement: string): string {
  const words = tokenize(statement, 'mysql').map(({ kind, text, start, end }) => {
    if (kind === 'string' || kind === 'number') return '?';
    // A text that was cut may end within a value.
    if (kind === 'broken') return '...';
    return kind === 'name' ? statement.slice(start, end) : text;
  });
  return words
    .join(' ')
    .replace(/(?<=[(,=<>] )- (?=\?)/g, '')
    .replace(/\( \?(?: , \?)+ \)/g, '(...)')
    .replace(/\( \? \)(?= ,| ;|$)/g, '(...)')
    .replace(/\(\.\.\.\)(?: , \(\.\.\.\))+/g, '(...)')
    .replaceAll(' . ', '.')
    .replace(/\bIN \( \? \)/gi, 'IN (...)');
}
