import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folder that is Rearguard's by name, whoever made it: what belongs to one machine and is never committed. */
export const OWN_FOLDER = '.rearguard';
/** In it: what TypeScript of the user's was compiled to. */
export const COMPILED_FOLDER = 'compiled';

/**
 * Makes a folder, for this user alone. One that is ours ignores itself in git; one that was there before is left as it is, for it may be the
 * root of a repository.
 */
export function makeOwnFolder(folder: string): void {
  const created = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
  if (!created && basename(folder) !== OWN_FOLDER) return;
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
}
