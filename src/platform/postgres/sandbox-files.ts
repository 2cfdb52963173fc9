import { chown, type FileHandle, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';

/**
 * Files of relations in a sandbox, named as pg_relation_filepath() does. The server keeps pages that it has read or written
 * in its cache and would not see them change: other contents need another file, to which pg_class then points.
 */
export interface SandboxFiles {
  /** Cuts or extends a relation to so many pages; what is new are holes, which take no space and read as empty pages. */
  resize(path: string, pages: number): Promise<void>;
  /** One page of its first segment. */
  readPage(path: string, page: number): Promise<Buffer>;
  /** Makes a file of these pages, which must not be there yet. */
  create(path: string, pages: Uint8Array): Promise<void>;
}

export const PAGE_BYTES = 8_192;
/** RELSEG_SIZE: a relation is split into files of 1 GB. */
const PAGES_PER_SEGMENT = 131_072;

export function sandboxFiles(dataDirectory: string): SandboxFiles {
  return {
    async resize(path, pages) {
      const first = join(dataDirectory, path);
      // The first segment that is not full ends the relation: what may lie behind it need not go.
      const segments = Math.floor(pages / PAGES_PER_SEGMENT);
      for (let segment = 0; segment <= segments; segment += 1) {
        const left = pages - segment * PAGES_PER_SEGMENT;
        if (left === 0 && segment > 0) return;
        const file = segment === 0 ? first : `${first}.${segment}`;
        await resizeFile(file, Math.min(left, PAGES_PER_SEGMENT) * PAGE_BYTES);
      }
    },
    async readPage(path, page) {
      const file = await open(join(dataDirectory, path), 'r');
      try {
        const { buffer } = await file.read(Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, page * PAGE_BYTES);
        return buffer;
      } finally {
        await file.close();
      }
    },
    create: (path, pages) => make(join(dataDirectory, path), (file) => file.writeFile(pages)),
  };
}

async function resizeFile(file: string, bytes: number): Promise<void> {
  try {
    await truncate(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await make(file, (made) => made.truncate(bytes));
  }
}

/** A file that the server's account owns. */
async function make(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await fill(file);
  } finally {
    await file.close();
  }
  const account = unprivilegedAccount();
  if (account) await chown(path, account.uid, account.gid);
}
