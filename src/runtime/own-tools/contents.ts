import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

/** A tool of one's own has some ten files; what many more import is not followed to its end. */
const MAX_FILES = 300;
const MAX_FILE_BYTES = 2 * 1_024 * 1_024;
/** `from './a'`, `import './a'`, `import('./a')`, `require('./a')`. One inside a comment costs a look at a file that may not be there. */
const RELATIVE_IMPORT = /\b(?:from|import|require)\s*\(?\s*(['"`])(\.{1,2}(?:\/[^'"`\n]*)?)\1/g;
/** How loaders find the file behind a name without an extension, and TypeScript behind that of what is compiled from it. */
const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx', '.json', '/index.ts', '/index.js'];

/**
 * Hash of what a module is made of: itself and all that it imports by relative paths; equal as long as none of these files changes. A module of an
 * installed package stands for itself and its package.json, for a version that was published never changes. What is imported from packages
 * or under a name that is worked out while running, and data that is read, is not part of it. Synchronous: it is asked for with each command, and a dozen
 * small files are read sooner than they are waited for.
 */
export function contentsOf(module: string): string {
  const hash = createHash('sha256');
  const isInstalled = module.includes(`${sep}node_modules${sep}`);
  const queue = isInstalled ? [module, manifestOf(module)] : [module];
  // Grows while it is walked through.
  for (const path of queue) {
    const text = textOf(path);
    hash.update(`${path}\0${text?.length ?? 'none'}\0${text ?? ''}`);
    if (text === null || isInstalled) continue;
    for (const [, , name = ''] of text.matchAll(RELATIVE_IMPORT)) {
      const found = fileBehind(resolve(dirname(path), name));
      if (found !== null && !queue.includes(found) && queue.length < MAX_FILES) queue.push(found);
    }
  }
  return hash.digest('hex');
}

function fileBehind(path: string): string | null {
  const source = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [...ENDINGS.map((ending) => path + ending), source].find(isFile) ?? null;
}

function textOf(path: string): string | null {
  return isFile(path) ? readFileSync(path, 'utf8') : null;
}

/** Nothing that could be waited for, as a pipe is. */
function isFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= MAX_FILE_BYTES;
}

function manifestOf(module: string): string {
  for (let folder = dirname(module); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (isFile(manifest)) return manifest;
  }
  return module;
}
