import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RearguardError } from '../core/errors.ts';
import { isPlainObject, isPublicPlace, isReference, secretsInUrl } from './secret-places.ts';
import { formatPath, type SettingPath } from './source.ts';
import type { SecretReference } from './types.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretSources {
  env: Environment;
  /** Files are relative to it. */
  directory: string;
  /** Where in the config the value stands, for error messages. */
  at?: SettingPath;
}

/**
 * A copy of the value with every reference in it replaced, and all values that must never be shown:
 * what stood behind a reference, and the password part of every URL. Public places (a base URL, a
 * user name) are resolved too but are no secret beyond such a part.
 * Throws E_SECRET_MISSING with the name of the reference and of the setting.
 */
export async function resolveSecrets<Value>(
  value: Value,
  sources: SecretSources,
): Promise<{ value: unknown; secrets: string[] }> {
  const secrets = new Set<string>();
  const resolved = await walk(value, sources.at ?? []);
  return { value: resolved, secrets: [...secrets] };

  async function walk(node: unknown, path: SettingPath): Promise<unknown> {
    if (isReference(node)) return dereference(node, path);
    if (Array.isArray(node)) return Promise.all(node.map((item, index) => walk(item, [...path, index])));
    if (!isPlainObject(node)) return node;
    const entries = Object.entries(node).map(async ([key, child]) => [
      key,
      await walk(child, [...path, key]),
    ]);
    return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
  }

  async function dereference(reference: SecretReference, path: SettingPath): Promise<string> {
    const text = await read(reference, sources);
    if (text === undefined || text === '') {
      throw new RearguardError('E_SECRET_MISSING', {
        reference: formatReference(reference),
        setting: formatPath(path),
      });
    }
    if (!isPublicPlace(path)) secrets.add(text);
    for (const part of secretsInUrl(text)) secrets.add(part);
    return text;
  }
}

async function read(reference: SecretReference, sources: SecretSources): Promise<string | undefined> {
  if ('$env' in reference) return sources.env[reference.$env];
  try {
    const text = await readFile(resolve(sources.directory, reference.$file), 'utf8');
    return text.replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

/** `env API_TOKEN`, `file /run/secrets/token` */
export function formatReference(reference: SecretReference): string {
  return '$env' in reference ? `env ${reference.$env}` : `file ${reference.$file}`;
}
