import { join } from 'node:path';
import type { Files } from '../platform/files.ts';

/** What others wrote, what is generated, and what belongs to a machine. */
const SKIPPED_FOLDERS = new Set(
  'node_modules bower_components dist build out target vendor venv __pycache__ coverage tmp'.split(' '),
);

/** A tree deeper or wider than this is looked at in part. */
const MAX_FOLDERS = 5_000;

export interface FoundFile {
  /** From the root, with slashes. */
  path: string;
  name: string;
}

export interface FoundFiles {
  files: FoundFile[];
  /** Whether a limit kept something out. */
  truncated: boolean;
}

/** Files below a root by their name, breadth first and in order, so that a limit cuts off what lies deepest. Links are not followed. */
export async function findFiles(
  files: Pick<Files, 'list'>,
  root: string,
  options: { wanted: (name: string) => boolean; maxFiles: number; signal: AbortSignal },
): Promise<FoundFiles> {
  const found: FoundFile[] = [];
  const folders = [''];
  for (const [visited, folder] of folders.entries()) {
    options.signal.throwIfAborted();
    if (visited >= MAX_FOLDERS) return { files: found, truncated: true };
    // A folder that may not be read is no reason to stop; the root is.
    const entries = await files.list(join(root, folder)).catch((thrown: unknown) => {
      if (folder === '') throw thrown;
      return [];
    });
    // A virtual environment of Python, whatever it is called.
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
    for (const { name, kind } of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'folder' && !name.startsWith('.') && !SKIPPED_FOLDERS.has(name)) folders.push(path);
      if (kind !== 'file' || !options.wanted(name)) continue;
      if (found.length === options.maxFiles) return { files: found, truncated: true };
      found.push({ path, name });
    }
  }
  return { files: found, truncated: false };
}
