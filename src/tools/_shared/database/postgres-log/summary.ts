import { emptyHistogram, type Histogram, record as recordValue } from '../../../../core/histogram.ts';
import { OWN_APPLICATION_NAME } from '../../../../platform/sql/marker.ts';
import type { TimeRange } from '../../../../store/store.ts';
import { isOwnText } from '../own.ts';
import { type LogEvent, type Participant, readEvent, type ServerEvent } from './events.ts';
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
  /** Most often first; one for each SQLSTATE (or beginning of the message, where the log has no codes) and application. */
  errors: readonly LoggedError[];
  /** The newest ones, in time order. */
  deadlocks: readonly LoggedDeadlock[];
  deadlockCount: number;
  /** Statements that waited longer than deadlock_timeout for a lock. */
  lockWaits: { count: number; longestMs: number };
  temporaryFiles: { count: number; bytes: number };
  /** The newest ones, in time order. */
  server: readonly { what: ServerEvent; atMs: number | null; message: string }[];
}

export interface LoggedStatement {
  /** A text as it was sent. */
  sample: string;
  application: string | null;
  /** Milliseconds, of calls that log_min_duration_statement let through. */
  durations: Histogram;
  /** The same of calls whose plan auto_explain wrote: a call can be in both. */
  explained: Histogram;
  temporaryBytes: number;
  /** The newest plan that auto_explain wrote, as JSON. */
  plan: string | null;
}

export interface LoggedError {
  code: string | null;
  /** ERROR, FATAL or PANIC. */
  severity: string;
  application: string | null;
  count: number;
  /** Of the newest one. */
  message: string;
  statement: string | null;
  firstAtMs: number | null;
  lastAtMs: number | null;
}

export interface LoggedDeadlock {
  atMs: number | null;
  participants: readonly (Participant & { application: string | null })[];
}

const MAX_STATEMENTS = 2_000;
const MAX_ERRORS = 200;
const MAX_DEADLOCKS = 20;
const MAX_SERVER_EVENTS = 50;
const MAX_PROCESSES = 20_000;

/** What ails the server ails each of its databases: no memory, no connection left, a panic. */
const OF_THE_SERVER = new Set(['53200', '53300']);

export interface LogSummariser {
  add(record: LogRecord): void;
  summary(): LogSummary;
}

/**
 * @param normalise gives statements that differ in constants alone the same text; it must not throw
 * @param database only what was done there; records that name none count too, and what ails the whole server
 */
export function createLogSummariser(options: {
  range: TimeRange;
  database: string | null;
  normalise: (statement: string) => string;
}): LogSummariser {
  const { range, database, normalise } = options;
  const statements = new Map<string, LoggedStatement>();
  const errors = new Map<string, LoggedError>();
  const deadlocks: LoggedDeadlock[] = [];
  const server: LogSummary['server'][number][] = [];
  const applications = new Map<number, string>();
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
    const made: LoggedStatement = {
      sample: text,
      application,
      durations: emptyHistogram(),
      explained: emptyHistogram(),
      temporaryBytes: 0,
      plan: null,
    };
    statements.set(key, made);
    return made;
  }

  function addError(event: Extract<LogEvent, { kind: 'error' }>, record: LogRecord): void {
    const { message, statement, code } = event;
    const { application, severity, atMs } = record;
    const key = `${code ?? message.slice(0, 60)}\n${application ?? ''}`;
    const known = errors.get(key);
    if (!known && errors.size >= MAX_ERRORS) return;
    errors.set(key, {
      code,
      severity,
      application,
      count: (known?.count ?? 0) + 1,
      message,
      statement,
      firstAtMs: known?.firstAtMs ?? atMs,
      lastAtMs: atMs ?? known?.lastAtMs ?? null,
    });
  }

  /** DETAIL names processes only: who they are, other records of theirs say. */
  function addDeadlock(participants: readonly Participant[], atMs: number | null): void {
    deadlockCount += 1;
    deadlocks.push({
      atMs,
      participants: participants.map((each) => ({
        ...each,
        application: applications.get(each.processId) ?? null,
      })),
    });
    if (deadlocks.length > MAX_DEADLOCKS) deadlocks.shift();
  }

  function addEvent(event: LogEvent, record: LogRecord): void {
    switch (event.kind) {
      case 'duration': {
        const statement = statementOf(event.statement, record.application);
        if (statement === null) return;
        recordValue(event.plan === null ? statement.durations : statement.explained, event.milliseconds);
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
        addDeadlock(event.participants, record.atMs);
        return;
      case 'server':
        server.push({ what: event.what, atMs: record.atMs, message: event.message });
        if (server.length > MAX_SERVER_EVENTS) server.shift();
        return;
      case 'error':
        addError(event, record);
    }
  }

  function remember({ processId, application }: LogRecord): void {
    if (processId === null || application === null) return;
    if (applications.size >= MAX_PROCESSES) applications.clear();
    applications.set(processId, application);
  }

  return {
    add(record) {
      remember(record);
      if (record.atMs !== null && (record.atMs < range.fromMs || record.atMs >= range.toMs)) return;
      if (database !== null && record.database !== null && record.database !== database) {
        if (record.severity !== 'PANIC' && !OF_THE_SERVER.has(record.code ?? '')) return;
      }
      records += 1;
      fromMs ??= record.atMs;
      toMs = record.atMs ?? toMs;
      const event = readEvent(record);
      if (event !== null && !isOurs(event, record)) addEvent(event, record);
    },
    summary: () => ({
      fromMs,
      toMs,
      records,
      statements,
      others,
      errors: [...errors.values()].toSorted((a, b) => b.count - a.count),
      deadlocks: deadlocks.map(({ atMs, participants }) => ({
        atMs,
        participants: participants.map((each) => ({
          ...each,
          application: each.application ?? applications.get(each.processId) ?? null,
        })),
      })),
      deadlockCount,
      lockWaits,
      temporaryFiles,
      server,
    }),
  };
}

function isOurs(event: LogEvent, { application }: LogRecord): boolean {
  return application === OWN_APPLICATION_NAME || ('statement' in event && isOwnText(event.statement));
}
