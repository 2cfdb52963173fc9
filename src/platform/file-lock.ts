import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RearguardError } from '../core/errors.ts';
import { isProcessRunning } from './is-process-running.ts';

const RETRY_MS = 25;
const DEFAULT_WAIT_MS = 10_000;
/** A lock without a readable owner is one whose process died while it wrote it, or that is being written this moment. */
const UNREADABLE_FOR_MS = 5_000;

interface Owner {
  pid: number;
  host: string;
  /** Tells this lock from a later one of the same process. */
  key: string;
}

/**
 * Runs `work` while no other process does so for the same path: a lock file beside it, `.<name>.lock`, made exclusively, with the process id inside. One whose
 * process is gone is taken over. Not re-entrant. Throws E_WORKSPACE_BUSY after `waitMs`, and what `work` throws.
 */
export async function withFileLock<Value>(
  path: string,
  work: () => Promise<Value>,
  options: { waitMs?: number; signal?: AbortSignal } = {},
): Promise<Value> {
  const { waitMs = DEFAULT_WAIT_MS, signal } = options;
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  await mkdir(dirname(path), { recursive: true });
  const owner: Owner = { pid: process.pid, host: hostname(), key: randomBytes(8).toString('hex') };
  const untilMs = performance.now() + waitMs;
  while (!(await take(lock, owner))) {
    const holder = await ownerOf(lock);
    if (await isAbandoned(lock, holder)) {
      await removeOf(lock, holder);
      continue;
    }
    if (performance.now() >= untilMs) {
      throw new RearguardError('E_WORKSPACE_BUSY', {
        pid: holder?.pid ?? 'unknown',
        folder: dirname(path),
        path: lock,
      });
    }
    await sleep(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }
  try {
    return await work();
  } finally {
    await removeOf(lock, owner);
  }
}

/** A whole file appears under the lock's name or none: linking is exclusive and never shows half of it. */
async function take(lock: string, owner: Owner): Promise<boolean> {
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
    return typeof owner.pid === 'number' && typeof owner.key === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

async function isAbandoned(lock: string, owner: Owner | undefined): Promise<boolean> {
  if (owner !== undefined) return owner.host === hostname() && !isProcessRunning(owner.pid);
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > UNREADABLE_FOR_MS;
}

/** Moved aside first: of two that find it abandoned only one moves the very lock that both saw. */
async function removeOf(lock: string, owner: Owner | undefined): Promise<void> {
  const aside = `${lock}.${randomBytes(8).toString('hex')}.old`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  const moved = await ownerOf(aside);
  if (moved?.key !== owner?.key) {
    // Another process took it in between: it gets its lock back, unless a third has one by now.
    await link(aside, lock).catch(() => undefined);
  }
  await rm(aside, { force: true });
}
