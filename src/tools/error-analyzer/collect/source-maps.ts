import { join } from 'node:path';
import type { Files } from '../../../platform/files.ts';
import type { LocalSourceMap } from '../analyze/exception/apply-source-maps.ts';
import { parseSourceMap } from '../analyze/exception/source-map.ts';

const MAX_MAPS = 200;
const MAX_FOLDERS = 2_000;
/** Of one map; larger ones hold the sources themselves as well. */
const MAX_MAP_BYTES = 64 * 1_024 * 1_024;

export interface FoundSourceMaps {
  maps: readonly LocalSourceMap[];
  /** What was not read, and why: a file that is no map, a limit. */
  notes: readonly string[];
}

/** All `*.map` files of folders, breadth first; a folder that cannot be read is an error of the user's (E_FILE_UNREADABLE). */
export async function readSourceMaps(
  files: Pick<Files, 'list' | 'readText'>,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<FoundSourceMaps> {
  const maps: LocalSourceMap[] = [];
  const notes: string[] = [];
  const queue = folders.map((root) => ({ root, path: '' }));
  for (const [visited, { root, path }] of queue.entries()) {
    signal.throwIfAborted();
    if (visited === MAX_FOLDERS) {
      notes.push(`More than ${MAX_FOLDERS} folders with source maps: the deepest ones were not looked at.`);
      break;
    }
    for (const { name, kind } of await files.list(join(root, path))) {
      const below = path === '' ? name : `${path}/${name}`;
      if (kind === 'folder' && name !== 'node_modules') queue.push({ root, path: below });
      if (kind !== 'file' || !name.endsWith('.map')) continue;
      if (maps.length === MAX_MAPS) {
        notes.push(`More than ${MAX_MAPS} source maps: ${below} and what follows it was not read.`);
        return { maps, notes };
      }
      const map = parseSourceMap(await files.readText(join(root, below), MAX_MAP_BYTES));
      if (map === null) notes.push(`${join(root, below)} is not a source map of version 3.`);
      else maps.push({ file: below.slice(0, -'.map'.length), map });
    }
  }
  return { maps, notes };
}
