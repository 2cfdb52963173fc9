import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { RearguardError, reasonOf } from '../core/errors.ts';

/** How long a writer waits for another process before it gives up. */
export const BUSY_TIMEOUT_MS = 10_000;

/** Primary result codes of SQLite (sqlite.org/rescode.html); the low byte of an extended code. */
const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** Below this much free space an I/O error is taken for a full disk: SQLite cannot always tell the two apart. */
const FULL_DISK_BYTES = 64 * 1_024;

/** What the engine threw, as a coded error where a user can act on it; anything else comes back as it was. */
export function toStoreError(thrown: unknown, path: string): unknown {
  if (thrown instanceof RearguardError) return thrown;
  const code = resultCode(thrown);
  if (code === undefined) return thrown;
  const reason = reasonOf(thrown);
  const cause = { cause: thrown };
  switch (code) {
    case SQLITE_FULL:
      return new RearguardError('E_STORE_FULL', { path }, cause);
    case SQLITE_IOERR:
      return isDiskFull(path)
        ? new RearguardError('E_STORE_FULL', { path }, cause)
        : new RearguardError('E_STORE_IO', { path, reason }, cause);
    case SQLITE_CANTOPEN:
      return isDiskFull(path) ? new RearguardError('E_STORE_FULL', { path }, cause) : readOnly(path, cause);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return readOnly(path, cause);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new RearguardError('E_STORE_CORRUPT', { path, reason }, cause);
    case SQLITE_BUSY:
      return new RearguardError('E_STORE_BUSY', { path, seconds: BUSY_TIMEOUT_MS / 1_000 }, cause);
    default:
      return thrown;
  }
}

function readOnly(path: string, cause: ErrorOptions): RearguardError {
  return new RearguardError('E_STORE_READONLY', { path, reason: 'it cannot be opened for writing' }, cause);
}

/** The same for what the file system threw while the store's folder was made ready. */
export function toFolderError(thrown: unknown, path: string): unknown {
  const code = errorCode(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RearguardError('E_STORE_FULL', { path }, { cause: thrown });
  if (code === undefined) return thrown;
  return new RearguardError('E_STORE_READONLY', { path, reason: reasonOf(thrown) }, { cause: thrown });
}

export function isBusy(thrown: unknown): boolean {
  return resultCode(thrown) === SQLITE_BUSY;
}

function resultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('rawCode' in thrown && typeof thrown.rawCode === 'number') return thrown.rawCode & 0xff;
  // libsql's constructor reports the code in its message only: ConnectionFailed("Unable to open …: 14")
  const match = /^ConnectionFailed\(.*: (\d+)"\)/s.exec(thrown.message);
  return match?.[1] === undefined ? undefined : Number(match[1]) & 0xff;
}

function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < FULL_DISK_BYTES;
  } catch {
    return false;
  }
}
