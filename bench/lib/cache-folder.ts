import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder for what a benchmark fetches, kept from one run to the next; outside of the project, whose own packages would be found from within. */
export function cacheFolder(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'rearguard-bench', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
