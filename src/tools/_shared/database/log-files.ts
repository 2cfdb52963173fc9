import { basename, dirname, join } from 'node:path';
import type { Files } from '../../../platform/files.ts';

/** The files a list of paths means: in the last part `*` stands for anything. In the order of their names. */
export async function expandPaths(files: Pick<Files, 'list'>, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const name = basename(path);
      if (!name.includes('*')) return [path];
      const parts = name.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
      const pattern = new RegExp(`^${parts.join('.*')}$`);
      const entries = await files.list(dirname(path));
      return entries
        .filter((entry) => entry.kind === 'file' && pattern.test(entry.name))
        .map((entry) => join(dirname(path), entry.name));
    }),
  );
  return [...new Set(found.flat())];
}
