import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { redactText } from '../core/redact.ts';
import { COMPILED_FOLDER, OWN_FOLDER } from '../platform/own-folder.ts';
import { importModule } from './read-module.ts';
import { reasonWithPlace } from './reason-with-place.ts';
import type { ConfigSource } from './source.ts';

/** Reads a config of any supported kind; the path must be absolute. */
export async function readConfig(path: string): Promise<ConfigSource> {
  const extension = extname(path).toLowerCase();
  if (['.yaml', '.yml', '.json'].includes(extension)) {
    const text = await readText(path);
    if (extension === '.json') return (await import('./read-json.ts')).readJson(path, text);
    return (await import('./read-yaml.ts')).readYaml(path, text);
  }
  if (/^\.[cm]?[jt]s$/.test(extension)) return readCode(path);
  throw new RearguardError('E_CONFIG_UNREADABLE', {
    path,
    reason: 'a config is a .ts, .mts, .js, .mjs, .json, .yaml or .yml file',
  });
}

async function readCode(path: string): Promise<ConfigSource> {
  await readText(path);
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await importModule(path, { compiledFolder: compiledFolderOf(path) });
  } catch (error) {
    throw new RearguardError(
      'E_CONFIG_UNREADABLE',
      { path, reason: redactText(reasonWithPlace(error, path)) },
      { cause: error },
    );
  }
  if (exports['default'] === undefined) {
    throw new RearguardError('E_CONFIG_INVALID', { path, problems: 'it has no default export' });
  }
  return { path, value: exports['default'], locate: () => undefined };
}

/** Where this machine has kept something of the repository before: reading a config makes no folder. */
function compiledFolderOf(path: string): string | null {
  const own = join(dirname(path), OWN_FOLDER);
  return existsSync(own) ? join(own, COMPILED_FOLDER) : null;
}

async function readText(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a folder',
    };
    throw new RearguardError('E_CONFIG_UNREADABLE', { path, reason: reasons[code ?? ''] ?? reasonOf(error) });
  }
}
