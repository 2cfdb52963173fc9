import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { toFolderError } from './sql-errors.ts';

/** The folder that is Rearguard's by name, whoever made it. */
const OWN_FOLDER = '.rearguard';

/**
 * Makes the store's folder and file, for this user alone. A folder that is ours ignores itself in git;
 * one that was there before is left as it is, for it may be the root of a repository.
 */
export function prepareFolder(path: string): void {
  const folder = dirname(path);
  try {
    const created = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
    if (created || basename(folder) === OWN_FOLDER) {
      unlessThere(() => writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' }));
    }
    // Only ever created here, never opened: closing a file drops every lock this process has on it (fcntl(2)).
    // The log and its index take their mode from this file.
    unlessThere(() => closeSync(openSync(path, 'wx', 0o600)));
  } catch (thrown) {
    throw toFolderError(thrown, path);
  }
}

function unlessThere(create: () => void): void {
  try {
    create();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}
