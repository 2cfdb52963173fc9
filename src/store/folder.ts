import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeOwnFolder } from '../platform/own-folder.ts';
import { toFolderError } from './sql-errors.ts';

/** Makes the store's folder and file, for this user alone. */
export function prepareFolder(path: string): void {
  try {
    makeOwnFolder(dirname(path));
    createFile(path);
  } catch (thrown) {
    throw toFolderError(thrown, path);
  }
}

/**
 * Only ever created here, never opened: closing a file drops every lock this process has on it (fcntl(2)). The log and its index take their
 * mode from this file.
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
}
