import { chown, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { unprivilegedAccount } from './account.ts';

/** Files of relations in a sandbox, named as pg_relation_filepath() does. The server must not hold their pages in its cache. */
export interface SandboxFiles {
  /** Cuts or extends a relation to so many pages; what is new are holes, which take no space and read as empty pages. */
  resize(path: string, pages: number): Promise<void>;
  /** One page of its first segment. */
  readPage(path: string, page: number): Promise<Buffer>;
  /** Overwrites pages from the given one on, within the first segment. */
  writePages(path: string, firstPage: number, pages: Uint8Array): Promise<void>;
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
    async writePages(path, firstPage, pages) {
      const file = await open(join(dataDirectory, path), 'r+');
      try {
        await file.write(pages, 0, pages.length, firstPage * PAGE_BYTES);
      } finally {
        await file.close();
      }
    },
  };
}

async function resizeFile(file: string, bytes: number): Promise<void> {
  try {
    await truncate(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const made = await open(file, 'wx', 0o600);
    try {
      await made.truncate(bytes);
    } finally {
      await made.close();
    }
    const account = unprivilegedAccount();
    if (account) await chown(file, account.uid, account.gid);
  }
}
