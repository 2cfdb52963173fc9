import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'libsql';
import { pathToFileURL } from 'node:url';
import type { SqliteAnswer, SqliteMeasured, SqliteRequest } from './messages.ts';

/**
 * The process in which SQLite runs. The engine works on the thread that calls it and cannot be interrupted from there:
 * in a process of its own, a query that takes too long ends with the process.
 */

/** A query that sorts or hashes more than fits fails, and the machine goes on. */
const HEAP_LIMIT_BYTES = 512 * 1_024 * 1_024;
/** How long to wait for a writer's commit. */
const BUSY_TIMEOUT_MS = 1_000;
/** Others wrote while we read a file as if nobody did: read again, with their locks. */
const ATTEMPTS = 3;

type Handle = InstanceType<typeof Database>;
interface Opened {
  path: string;
  mode: 'read' | 'scratch';
  handle: Handle;
  /** Of the file that was opened without locks; null where locks protect us. */
  seen: string | null;
}

let opened: Opened | undefined;

process.on('message', (request: SqliteRequest) => {
  process.send?.(answered(request));
});
// Who asked is gone.
process.on('disconnect', () => process.exit(0));

function answered(request: SqliteRequest): SqliteAnswer {
  try {
    return answer(request);
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    return { kind: 'failed', code, message };
  }
}

function answer(request: SqliteRequest): SqliteAnswer {
  switch (request.kind) {
    case 'open': {
      opened = open(request.path, request.mode);
      const [row] = reading((handle) => all(handle, 'SELECT sqlite_version() AS version', []));
      // The file itself is read with the schema.
      reading((handle) => all(handle, 'SELECT COUNT(*) FROM sqlite_schema', []));
      return { kind: 'opened', version: String(row?.['version']) };
    }
    case 'query':
      return { kind: 'rows', rows: reading((handle) => all(handle, request.sql, request.parameters)) };
    case 'measure':
      return { kind: 'measured', measured: reading((handle) => measure(handle, request)) };
    case 'execute':
      current().handle.exec(request.sql);
      return { kind: 'done' };
    default:
      copy(current(), request.to);
      return { kind: 'done' };
  }
}

function current(): Opened {
  if (opened === undefined) throw new Error('no file is open');
  return opened;
}

/** Reads until nobody has written in between. */
function reading<T>(work: (handle: Handle) => T): T {
  for (let attempt = 1; ; attempt += 1) {
    const { handle, path, mode, seen } = current();
    let result: T | undefined;
    let failure: unknown;
    try {
      result = work(handle);
    } catch (error) {
      failure = error;
    }
    const isUntouched = seen === null || seen === stateOf(path);
    if (isUntouched && failure === undefined) return result as T;
    if (isUntouched) throw failure;
    if (attempt === ATTEMPTS) throw new Error('the file was changed again and again while it was read');
    handle.close();
    opened = open(path, mode);
  }
}

function open(path: string, mode: Opened['mode']): Opened {
  if (mode === 'scratch') return { path, mode, handle: new Database(path), seen: null };
  // As long as nobody has the file open, a write-ahead log can be neither read nor made without leaving files behind;
  // the file then holds everything, and `immutable` reads it alone. stateOf() tells when that ends.
  const isAlone = isWriteAhead(path) && sizeOf(`${path}-wal`) === 0;
  const seen = isAlone ? stateOf(path) : null;
  if (!isAlone && sizeOf(`${path}-wal`) > 0 && sizeOf(`${path}-shm`) < 0) {
    throw Object.assign(new Error('it has a log that no program has open, left behind by one that ended'), {
      code: 'REARGUARD_LEFTOVER_LOG',
    });
  }
  const uri = `${pathToFileURL(path).href}?mode=ro${isAlone ? '&immutable=1' : ''}`;
  const handle = new Database(uri, { timeout: BUSY_TIMEOUT_MS });
  for (const pragma of ['query_only = 1', 'trusted_schema = 0', `hard_heap_limit = ${HEAP_LIMIT_BYTES}`]) {
    handle.exec(`PRAGMA ${pragma}`);
  }
  return { path, mode, handle, seen };
}

/** Byte 18 of the header: 2 means that changes go to a write-ahead log (file format, section 1.3). */
function isWriteAhead(path: string): boolean {
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header.readUInt8(18) === 2;
}

function stateOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${ino} ${size} ${mtimeMs} ${Math.max(0, sizeOf(`${path}-wal`))}`;
}

/** 0 also for a log that is not there; -1 for any other file that is not. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? (path.endsWith('-wal') ? 0 : -1);
}

function all(handle: Handle, sql: string, parameters: readonly unknown[]): Record<string, unknown>[] {
  const statement = handle.prepare(sql).safeIntegers(true);
  if (!statement.reader) throw new Error('only a statement that returns rows is run in a read-only session');
  return (statement.all(bindable(parameters)) as Record<string, unknown>[]).map(plainRow);
}

/** libsql ends the whole process on a boolean or undefined. */
function bindable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) =>
    typeof value === 'boolean' ? Number(value) : value === undefined ? null : value,
  );
}

/** Without what the engine adds to a row; integers that a number cannot hold become text. */
function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== '_metadata')
      .map(([name, value]) => [name, typeof value === 'bigint' ? plainInteger(value) : value]),
  );
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function measure(
  handle: Handle,
  { sql, parameters }: { sql: string; parameters: readonly unknown[] },
): SqliteMeasured {
  const startedAt = performance.now();
  const statement = handle.prepare(sql).safeIntegers(true).raw(true);
  if (!statement.reader) throw new Error('only a statement that returns rows can be measured');
  const rows = statement.all(bindable(parameters)) as unknown[][];
  const milliseconds = performance.now() - startedAt;
  const digests = rows.map(digest);
  return {
    milliseconds,
    rows: rows.length,
    ordered: digest(digests),
    unordered: digest(digests.toSorted()),
  };
}

function digest(values: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) {
    if (value instanceof ArrayBuffer) hash.update(new Uint8Array(value));
    else hash.update(`${typeof value} ${String(value)}`);
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

/** VACUUM INTO reads the file in one transaction and writes a new one; the read-only session allows it for this alone. */
function copy({ handle }: Opened, to: string): void {
  handle.exec('PRAGMA query_only = 0');
  try {
    handle.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
  } finally {
    handle.exec('PRAGMA query_only = 1');
  }
}
