import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/**
 * A temporary directory that another account can reach: the usual one, unless it lies in somebody's private home.
 */
export function publicTemporaryDirectory(): string {
  const usual = tmpdir();
  return process.getuid?.() !== 0 || canBeEntered(usual) ? usual : '/tmp';
}

/** Whether every account may pass through the directory and all above it. */
function canBeEntered(directory: string): boolean {
  const OTHERS_MAY_ENTER = 0o001;
  if ((statSync(directory).mode & OTHERS_MAY_ENTER) === 0) return false;
  return dirname(directory) === directory || canBeEntered(dirname(directory));
}
