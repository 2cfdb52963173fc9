import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RearguardError } from '../core/errors.ts';

/**
 * The file to start a worker thread from: the compiled `<name>.js` beside the caller. A caller that runs from
 * TypeScript source (tests) gets its counterpart in `dist`, because Node 20 starts no thread from a .ts file.
 * `from` is the caller's `import.meta.url`, `name` is relative to it and without extension.
 */
export function workerEntry(from: string, name: string): URL {
  const beside = new URL(`${name}.js`, from);
  const entry = from.endsWith('.ts') ? inBuild(beside) : beside;
  if (!existsSync(entry)) {
    throw new RearguardError('E_BUILD_MISSING', { path: fileURLToPath(entry) });
  }
  return entry;
}

function inBuild(source: URL): URL {
  const root = packageRoot(source);
  return pathToFileURL(join(root, 'dist', relative(root, fileURLToPath(source))));
}

/** The nearest directory above that holds a package.json. */
export function packageRoot(from: string | URL): string {
  let directory = dirname(fileURLToPath(from));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new RearguardError('E_INTERNAL', { message: 'no package.json above' });
    directory = parent;
  }
  return directory;
}
