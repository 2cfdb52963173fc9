import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { isProcessRunning } from './is-process-running.ts';
import { makeOwnFolder } from './own-folder.ts';

const RETRY_MS = 25;
const DEFAULT_WAIT_MS = 10_000;
/** A lock without a readable owner is one whose process died while it wrote it, or that is being written this moment. */
const UNREADABLE_FOR_MS = 5_000;
/** Of the file's name, for people. */
const MAX_NAME = 60;

interface Owner {
  pid: number;
  host: string;
  /** Tells this lock from a later one of the same process. */
  key: string;
}

interface LockOptions {
  /** Where the lock stands: a folder of this machine (`.rearguard`), for a lock that got committed would never be given back. */
  folder: string;
  waitMs?: number;
  signal?: AbortSignal;
}

/**
 * Runs `work` while no other process does so for the same path: a lock file, made exclusively, with the process id inside. One whose
 * process is gone is taken over. Not re-entrant. Throws E_WORKSPACE_BUSY after `waitMs`, E_OUTPUT_WRITE, and what `work` throws.
 */
export async function withFileLock<Value>(
  path: string,
  work: () => Promise<Value>,
  options: LockOptions,
): Promise<Value> {
  const lock = lockOf(path, options.folder);
  const owner = newOwner();
  await acquire(path, lock, owner, options);
  try {
    return await work();
  } finally {
    // Nobody else removes the lock of a process that is there.
    if ((await ownerOf(lock))?.key === owner.key) await rm(lock, { force: true });
  }
}

/** The same for whoever has the repository under another path. */
export function lockOf(path: string, folder: string): string {
  const id = fingerprintOf([relative(folder, path).split(sep).join('/')]).slice(0, 8);
  return join(folder, `${basename(path).slice(0, MAX_NAME)}-${id}.lock`);
}

async function acquire(path: string, lock: string, owner: Owner, options: LockOptions): Promise<void> {
  const { folder, waitMs = DEFAULT_WAIT_MS, signal } = options;
  const untilMs = performance.now() + waitMs;
  while (!(await writable(lock, () => take(folder, lock, owner)))) {
    const holder = await ownerOf(lock);
    if (
      (await isAbandoned(lock, holder)) &&
      (await writable(lock, () => removeAbandoned(folder, lock, holder)))
    )
      continue;
    if (performance.now() >= untilMs) {
      throw new RearguardError('E_WORKSPACE_BUSY', {
        pid: holder?.pid ?? 'unknown',
        folder: dirname(path),
        path: lock,
      });
    }
    await sleep(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }
}

async function writable<Value>(path: string, write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (thrown) {
    throw new RearguardError('E_OUTPUT_WRITE', { path, reason: reasonOf(thrown) }, { cause: thrown });
  }
}

function newOwner(): Owner {
  return { pid: process.pid, host: hostname(), key: randomBytes(8).toString('hex') };
}

/** A whole file appears under the lock's name or none: linking is exclusive and never shows half of it. */
async function take(folder: string, lock: string, owner: Owner): Promise<boolean> {
  makeOwnFolder(folder);
  const own = `${lock}.${owner.key}`;
  const file = await open(own, 'wx');
  try {
    await file.writeFile(JSON.stringify(owner));
  } finally {
    await file.close();
  }
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // File systems without links: exclusive creation is the next best.
    return createExclusively(lock, owner);
  } finally {
    await rm(own, { force: true });
  }
}

async function createExclusively(lock: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    try {
      await file.writeFile(JSON.stringify(owner));
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function ownerOf(lock: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(lock, 'utf8')) as Partial<Owner>;
    // The key becomes part of a file's name.
    return typeof owner.pid === 'number' && /^[0-9a-z]{1,32}$/.test(owner.key ?? '')
      ? (owner as Owner)
      : undefined;
  } catch {
    return undefined;
  }
}

async function isAbandoned(lock: string, owner: Owner | undefined): Promise<boolean> {
  if (owner !== undefined) return owner.host === hostname() && !isProcessRunning(owner.pid);
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > UNREADABLE_FOR_MS;
}

/**
 * Removes the very lock that was found abandoned, and no later one: of several that found it only the one that holds the guard of that lock may
 * remove it, and looks once more before. False where another one is about to.
 */
async function removeAbandoned(folder: string, lock: string, holder: Owner | undefined): Promise<boolean> {
  const guard = `${lock}.${holder?.key ?? 'unreadable'}.gone`;
  if (!(await take(folder, guard, newOwner()))) {
    // Who was about to remove it may be gone as well.
    const remover = await ownerOf(guard);
    return (await isAbandoned(guard, remover)) && removeAbandoned(folder, guard, remover);
  }
  try {
    const now = await ownerOf(lock);
    if (now?.key === holder?.key && (await isAbandoned(lock, now))) await rm(lock, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}
