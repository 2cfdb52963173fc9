import { linkSignals } from '../../platform/abort.ts';
import { systemFiles } from '../../platform/files.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import { readProject } from '../../project/read-project.ts';
import { keepLocalCache, readLocalCache } from '../../workspace/local-cache.ts';

/** Code changes with every commit, and reading all of it after every run would be felt. */
const FRESH_FOR_MS = 24 * 3_600_000;
/** Raised whenever the facts mean something else. */
const VERSION = 1;
const MAX_READ_MS = 20_000;

interface Cached {
  version: number;
  readAtMs: number;
  /** Null: reading them took too long. */
  facts: ProjectFacts | null;
}

/**
 * The facts as they were read within the last day on this machine, else read now; null when that takes too long, which is tried once a day
 * and not by each run.
 */
export async function recentProject(
  root: string,
  nowMs: number,
  maxReadMs: number = MAX_READ_MS,
): Promise<ProjectFacts | null> {
  const cached = await readCache(root);
  if (cached !== null && cached.readAtMs <= nowMs && nowMs - cached.readAtMs < FRESH_FOR_MS)
    return cached.facts;
  const limit = linkSignals([], maxReadMs);
  try {
    return await currentProject(root, nowMs, limit.signal);
  } catch (thrown) {
    if (!limit.signal.aborted) throw thrown;
    await keep(root, nowMs, null);
    return null;
  } finally {
    limit.dispose();
  }
}

/** Reads the repository now, and keeps what it says for the runs of the next day. Throws what readProject throws. */
export async function currentProject(
  root: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<ProjectFacts> {
  const facts = await readProject(root, systemFiles, signal);
  await keep(root, nowMs, facts);
  return facts;
}

async function keep(root: string, nowMs: number, facts: ProjectFacts | null): Promise<void> {
  const cached: Cached = { version: VERSION, readAtMs: nowMs, facts };
  await keepLocalCache(root, 'project', cached);
}

async function readCache(root: string): Promise<Cached | null> {
  const cached = (await readLocalCache(root, 'project')) as Partial<Cached> | null;
  return cached?.version === VERSION && typeof cached.readAtMs === 'number' && cached.facts !== undefined
    ? (cached as Cached)
    : null;
}
