import type { LogRecord } from './record.ts';

/** What one record of the log tells about the work of the database. */
export type LogEvent =
  /** A statement that ended; `statement` as sent, with its parameters apart. */
  | { kind: 'duration'; milliseconds: number; statement: string; plan: string | null }
  | { kind: 'temporary-file'; bytes: number; statement: string | null }
  /** `over`: the lock was had in the end; the same wait was told before. */
  | {
      kind: 'lock-wait';
      waitedMs: number;
      mode: string;
      on: string;
      over: boolean;
      statement: string | null;
    }
  | { kind: 'deadlock'; participants: readonly Participant[] }
  | { kind: 'error'; code: string | null; message: string; statement: string | null }
  /** Of the server itself, not of one session. */
  | { kind: 'server'; what: ServerEvent; message: string };

export type ServerEvent = 'crash' | 'start' | 'archiving';

export interface Participant {
  processId: number;
  /** `ShareLock on transaction 745` */
  waitsFor: string;
  blockedBy: number;
  statement: string | null;
}

const DURATION = /^duration: ([\d.]+) ms(?:\s+(.*))?$/s;
/** The extended protocol logs parse, bind and execute, each with its own time: one call is one execute. */
const STATEMENT = /^(?:statement|execute [^:]*): (.*)$/s;
const TEMPORARY_FILE = /^temporary file: path .*, size (\d+)$/s;
const LOCK_WAIT =
  /^process \d+ (still waiting for|detected deadlock while waiting for|acquired) (\w+) on (.*) after ([\d.]+) ms$/s;
/** A process that died takes all sessions with it; the server then recovers and starts again. */
const SERVER_EVENTS: readonly [ServerEvent, RegExp][] = [
  ['crash', /^server process \(PID \d+\) (?:was terminated by|exited with) /],
  ['start', /^database system is ready to accept (?:read-only )?connections$/],
  ['archiving', /^(?:archive command failed|archiving write-ahead log file .* failed too many times)/],
];
const DEADLOCK_WAIT = /^Process (\d+) waits for (.+); blocked by process (\d+)\.$/;
const DEADLOCK_STATEMENT = /^Process (\d+): (.*)$/;

/** null: nothing that concerns us. */
export function readEvent(record: LogRecord): LogEvent | null {
  const { message, severity, statement, code } = record;
  if (severity === 'ERROR' || severity === 'FATAL' || severity === 'PANIC') {
    if (code === '40P01' || message === 'deadlock detected') return readDeadlock(record);
    return { kind: 'error', code, message, statement };
  }
  const [serverEvent] = SERVER_EVENTS.find(([, pattern]) => pattern.test(message)) ?? [];
  if (serverEvent !== undefined) return { kind: 'server', what: serverEvent, message };
  if (severity !== 'LOG') return null;
  const [, milliseconds, rest = ''] = DURATION.exec(message) ?? [];
  if (milliseconds !== undefined) return readDuration(Number(milliseconds), rest);
  const [, bytes] = TEMPORARY_FILE.exec(message) ?? [];
  if (bytes !== undefined) return { kind: 'temporary-file', bytes: Number(bytes), statement };
  const [, what, mode, on, waited] = LOCK_WAIT.exec(message) ?? [];
  if (mode === undefined || on === undefined || waited === undefined) return null;
  return { kind: 'lock-wait', waitedMs: Number(waited), mode, on, over: what === 'acquired', statement };
}

/** With log_min_duration_statement the statement stands behind; auto_explain writes the plan there, with its query. */
function readDuration(milliseconds: number, rest: string): LogEvent | null {
  if (rest.startsWith('plan:')) return readPlan(milliseconds, rest.slice('plan:'.length).trim());
  const [, statement] = STATEMENT.exec(rest) ?? [];
  return statement === undefined ? null : { kind: 'duration', milliseconds, statement, plan: null };
}

/** auto_explain.log_format = json: an object with `Query Text` and `Plan`. The text format keeps its query in the first line. */
function readPlan(milliseconds: number, text: string): LogEvent | null {
  if (text.startsWith('{')) {
    try {
      const { 'Query Text': statement } = JSON.parse(text) as { 'Query Text'?: unknown };
      return typeof statement === 'string' ? { kind: 'duration', milliseconds, statement, plan: text } : null;
    } catch {
      return null;
    }
  }
  const [, statement] = /^Query Text: (.*?)\n(?=\S.*\(cost=)/s.exec(text) ?? [];
  return statement === undefined ? null : { kind: 'duration', milliseconds, statement, plan: null };
}

/** DETAIL has who waits for whom, then what each was doing; it is the only place where both sides stand. */
function readDeadlock({ detail, statement }: LogRecord): LogEvent {
  const participants: Participant[] = [];
  const statements = new Map<number, string>();
  let speaking: number | null = null;
  for (const line of (detail ?? '').split('\n')) {
    const [, process, waitsFor, blockedBy] = DEADLOCK_WAIT.exec(line) ?? [];
    if (process !== undefined && waitsFor !== undefined) {
      participants.push({
        processId: Number(process),
        waitsFor,
        blockedBy: Number(blockedBy),
        statement: null,
      });
      continue;
    }
    const [, speaker, text] = DEADLOCK_STATEMENT.exec(line) ?? [];
    if (speaker !== undefined && text !== undefined) {
      speaking = Number(speaker);
      statements.set(speaking, text);
    } else if (speaking !== null) {
      statements.set(speaking, `${statements.get(speaking) ?? ''}\n${line}`);
    }
  }
  return {
    kind: 'deadlock',
    participants: participants.map((each) => ({
      ...each,
      statement: statements.get(each.processId) ?? (participants.length === 1 ? statement : null),
    })),
  };
}
