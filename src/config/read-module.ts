import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reasonOf } from '../core/errors.ts';

/** `rearguard` inside a config or a plugin means this very program, installed beside it or not. */
const OWN_ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url)
  .href;

/** What a cache on a disk that is full or read-only fails with; the module itself may be blameless. */
const UNWRITABLE: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO'];

interface ImportOptions {
  /** Other modules that the file may import by these names. */
  more?: Readonly<Record<string, unknown>>;
  /**
   * Where what TypeScript was compiled to is kept (null: nowhere), one file for each of its files, known by a hash of the source: compiling is most
   * of what loading costs.
   */
  compiledFolder?: string | null;
}

/**
 * Imports a module of the user's, TypeScript included, and returns its exports. Node itself does it
 * where it can (TypeScript from 22.18, in packages of modules); jiti does it otherwise, and where
 * `rearguard` cannot be resolved from the file. Neither is loaded before it is needed.
 */
export async function importModule(
  path: string,
  { more = {}, compiledFolder = null }: ImportOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  if (!/\.[cm]?tsx?$/.test(path) || (runsTypeScript() && (await isModule(path)))) {
    try {
      return (await import(await currentUrl(path))) as Record<string, unknown>;
    } catch (error) {
      if (!needsOtherLoader(error)) throw error;
    }
  }
  try {
    return await compileModule(path, more, compiledFolder);
  } catch (error) {
    if (compiledFolder === null || !UNWRITABLE.includes((error as { code?: unknown } | null)?.code))
      throw error;
    return compileModule(path, more, null);
  }
}

async function compileModule(
  path: string,
  more: Readonly<Record<string, unknown>>,
  compiledFolder: string | null,
): Promise<Readonly<Record<string, unknown>>> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    fsCache: compiledFolder ?? false,
    // Otherwise a module without a default export would get itself as one.
    interopDefault: false,
    moduleCache: false,
    tryNative: false,
    // This very instance, and not a second one through the loader.
    virtualModules: { rearguard: await import(OWN_ENTRY), ...more },
  });
  return jiti.import<Record<string, unknown>>(path);
}

/** Elsewhere Node takes `.ts` for CommonJS: it warns on stderr, or refuses `import` where package.json says so. */
async function isModule(path: string): Promise<boolean> {
  if (!/\.tsx?$/.test(path)) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
    if (manifest !== null) return /"type"\s*:\s*"module"/.test(manifest);
    if (dirname(folder) === folder) return false;
  }
}

/** When each file was imported first, by path. */
const importedAtMs = new Map<string, number>();

/** Node keeps a module for good under its URL: a file that was changed since then is another module. */
async function currentUrl(path: string): Promise<string> {
  const { href } = pathToFileURL(path);
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  const first = importedAtMs.get(path) ?? mtimeMs;
  importedAtMs.set(path, first);
  return first === mtimeMs ? href : `${href}?changed=${mtimeMs}`;
}

/** `rearguard` is not installed there, or the file uses TypeScript or syntax that Node does not run as it stands. */
function needsOtherLoader(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ERR_MODULE_NOT_FOUND') return /'rearguard'|\.ts'/.test(reasonOf(error));
  // A version is installed there that lacks what this one has.
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return /rearguard/.test(reasonOf(error));
  return code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || code === 'ERR_UNKNOWN_FILE_EXTENSION';
}

/** `process.features.typescript` is newer than the oldest Node we run on, and than its types. */
function runsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: false | 'strip' | 'transform' }).typescript);
}
