import type { Processes } from '../../platform/processes.ts';

const TIMEOUT_MS = 10_000;

export interface ChangedFile {
  path: string;
  /** Not yet known to git. */
  isNew: boolean;
  /** Lines; null for what is new or has none. */
  added: number | null;
  removed: number | null;
}

/** The commit that is checked out; null outside a repository, before the first commit, or without git. */
export async function currentCommit(processes: Processes, cwd: string): Promise<string | null> {
  const head = await git(processes, cwd, ['rev-parse', '--verify', '--quiet', 'HEAD']);
  return head?.trim() ?? null;
}

/**
 * What differs between a commit and the working tree under `cwd`, committed since or not, new files included. Null outside a
 * repository. Paths are relative to `cwd`.
 */
export async function changedSince(
  processes: Processes,
  cwd: string,
  commit: string | null,
): Promise<ChangedFile[] | null> {
  // Of an empty tree everything is new.
  const base = commit ?? (await git(processes, cwd, ['hash-object', '-t', 'tree', '/dev/null']))?.trim();
  if (base === undefined) return null;
  const tracked = await git(processes, cwd, ['diff', '--numstat', '-z', '--no-renames', '--relative', base]);
  const untracked = await git(processes, cwd, ['ls-files', '-z', '--others', '--exclude-standard']);
  if (tracked === null || untracked === null) return null;
  return [
    ...tracked.split('\0').flatMap(numstatEntry),
    ...untracked
      .split('\0')
      .filter((path) => path !== '')
      .map((path) => ({ path, isNew: true, added: null, removed: null })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function numstatEntry(entry: string): ChangedFile[] {
  const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(entry) ?? [];
  if (path === undefined) return [];
  return [{ path, isNew: false, added: numberOrNull(added), removed: numberOrNull(removed) }];
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text);
}

async function git(processes: Processes, cwd: string, argv: readonly string[]): Promise<string | null> {
  try {
    const { exitCode, stdout, truncated } = await processes.run(['git', ...argv], {
      cwd,
      timeoutMs: TIMEOUT_MS,
    });
    return exitCode === 0 && !truncated ? stdout : null;
  } catch {
    return null;
  }
}
