import { statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './worker-entry.ts';

/** Another text for another place, version or installation of this program: what was worked out by one need not hold for another. */
export function installationStamp(): string {
  const root = packageRoot(import.meta.url);
  return `${root} ${statSync(join(root, 'package.json')).mtimeMs}`;
}
