import { emptyHistogram, type Histogram, record as recordValue } from '../../../../core/histogram.ts';
import type { TimeRange } from '../../../../store/store.ts';
import { type LogEvent, type Participant, readEvent } from './events.ts';
import type { LogRecord } from './record.ts';

/** What a span of a server's log says, in bounded memory. */
export interface LogSummary {
  /** Of the first and last record that counted; null when there was none. */
  fromMs: number | null;
  toMs: number | null;
  records: number;
  /** By normalised statement, up to MAX_STATEMENTS; `others` counts what came when there was no more room. */
  statements: ReadonlyMap<string, LoggedStatement>;
  others: number;
  /** By SQLSTATE, or by the beginning of the message where the log has no codes. */
  errors: ReadonlyMap<string, LoggedError>;
  deadlocks: readonly { atMs: number | null; participants: readonly Participant[] }[];
  deadlockCount: number;
  /** Statements that waited longer than deadlock_timeout for a lock. */
  lockWaits: { count: number; longestMs: number };
  temporaryFiles: { count: number; bytes: number };
}

export interface LoggedStatement {
  /** A text as it was sent, without comments. */
  sample: string;
  application: string | null;
  /** Milliseconds, of calls that were logged. */
  durations: Histogram;
  temporaryBytes: number;
  /** The newest plan that auto_explain wrote, as JSON. */
  plan: string | null;
}

export interface LoggedError {
  count: number;
  message: string;
  statement: string | null;
  lastAtMs: number | null;
}

const MAX_STATEMENTS = 2_000;
const MAX_ERRORS = 200;
const MAX_DEADLOCKS = 20;

export interface LogSummariser {
  add(record: LogRecord): void;
  summary(): LogSummary;
}

/**
 * @param normalise gives statements that differ in constants alone the same text; it must not throw
 * @param database only what was done there; records that name none count too
 */
export function createLogSummariser(options: {
  range: TimeRange;
  database: string | null;
  normalise: (statement: string) => string;
}): LogSummariser {
  const { range, database, normalise } = options;
  const statements = new Map<string, LoggedStatement>();
  const errors = new Map<string, LoggedError>();
  const deadlocks: { atMs: number | null; participants: readonly Participant[] }[] = [];
  const lockWaits = { count: 0, longestMs: 0 };
  const temporaryFiles = { count: 0, bytes: 0 };
  let records = 0;
  let others = 0;
  let deadlockCount = 0;
  let fromMs: number | null = null;
  let toMs: number | null = null;

  function statementOf(text: string, application: string | null): LoggedStatement | null {
    const key = normalise(text);
    const known = statements.get(key);
    if (known) return known;
    if (statements.size >= MAX_STATEMENTS) {
      others += 1;
      return null;
    }
    const made = { sample: text, application, durations: emptyHistogram(), temporaryBytes: 0, plan: null };
    statements.set(key, made);
    return made;
  }

  function addError(event: Extract<LogEvent, { kind: 'error' }>, atMs: number | null): void {
    const key = event.code ?? event.message.slice(0, 60);
    const known = errors.get(key);
    if (!known && errors.size >= MAX_ERRORS) return;
    const { message, statement } = event;
    errors.set(key, { count: (known?.count ?? 0) + 1, message, statement, lastAtMs: atMs });
  }

  function addEvent(event: LogEvent, record: LogRecord): void {
    switch (event.kind) {
      case 'duration': {
        const statement = statementOf(event.statement, record.application);
        if (statement === null) return;
        recordValue(statement.durations, event.milliseconds);
        statement.plan = event.plan ?? statement.plan;
        return;
      }
      case 'temporary-file': {
        temporaryFiles.count += 1;
        temporaryFiles.bytes += event.bytes;
        const statement = event.statement === null ? null : statementOf(event.statement, record.application);
        if (statement !== null) statement.temporaryBytes += event.bytes;
        return;
      }
      case 'lock-wait':
        if (!event.over) lockWaits.count += 1;
        lockWaits.longestMs = Math.max(lockWaits.longestMs, event.waitedMs);
        return;
      case 'deadlock':
        deadlockCount += 1;
        deadlocks.push({ atMs: record.atMs, participants: event.participants });
        if (deadlocks.length > MAX_DEADLOCKS) deadlocks.shift();
        return;
      case 'error':
        addError(event, record.atMs);
    }
  }

  return {
    add(record) {
      if (record.atMs !== null && (record.atMs < range.fromMs || record.atMs >= range.toMs)) return;
      if (database !== null && record.database !== null && record.database !== database) return;
      records += 1;
      fromMs ??= record.atMs;
      toMs = record.atMs ?? toMs;
      const event = readEvent(record);
      if (event !== null) addEvent(event, record);
    },
    summary: () => ({
      fromMs,
      toMs,
      records,
      statements,
      others,
      errors,
      deadlocks,
      deadlockCount,
      lockWaits,
      temporaryFiles,
    }),
  };
}
