import { parse } from 'yaml';
import { mapping } from './packages/package.ts';
import type { Repository } from './repository.ts';

/** What one `application.properties` or `.yml` sets, under names with dots. */
export interface SpringSettings {
  path: string;
  /** Folder of the module whose settings these are; empty for the root, else with a slash at its end. */
  module: string;
  values: ReadonlyMap<string, string>;
}

const FILE = /(?:^|\/)(?:application|bootstrap)\.(?:properties|ya?ml)$/;

/** Of no profile: what holds for one of them only is not what holds in development. */
export function springSettings(repository: Repository): SpringSettings[] {
  return repository.own
    .filter(({ path }) => FILE.test(path))
    .map(({ path, text }) => ({
      path,
      module: /^(?:.*\/)?(?=src\/main\/)/.exec(path)?.[0] ?? path.replace(/[^/]*$/, ''),
      values: path.endsWith('.properties') ? fromProperties(text) : fromYaml(text),
    }));
}

function fromProperties(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^[ \t]*([\w.[\]-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*\r?$/gm)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    ),
  );
}

function fromYaml(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const add = (front: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') values.set(front, String(value));
    else
      for (const [name, inner] of Object.entries(mapping(value)))
        add(front === '' ? name : `${front}.${name}`, inner);
  };
  try {
    // Documents behind the first are those of profiles.
    add(
      '',
      parse(text.split(/^---\s*$/m).find((part) => part.trim() !== '') ?? '', {
        maxAliasCount: 100,
        logLevel: 'error',
      }),
    );
  } catch {
    // A file that cannot be read sets nothing.
  }
  return values;
}

/**
 * What the settings around a module make of `${api.prefix:/api}` in an annotation: the setting, else what stands behind the colon; null
 * where neither is there. A colon in a default would be taken for the one before it, so the first counts.
 */
export function withSettings(text: string, settings: readonly SpringSettings[]): string | null {
  let isKnown = true;
  const plain = text.replace(/\$\{([\w.-]+)(?::([^${}]*))?\}/g, (_, name: string, otherwise?: string) => {
    const values = new Set(
      settings.map((one) => settingOf(one, name)).filter((value) => value !== undefined),
    );
    const [value = otherwise ?? null] = values;
    if (value === null || values.size > 1) isKnown = false;
    return value ?? '';
  });
  return isKnown && !plain.includes('$') ? plain : null;
}

/** A setting as it holds when no variable says otherwise: of `${PORT:8080}` 8080; null where only a variable could say. */
export function settingOf({ values }: SpringSettings, name: string): string | null | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  const plain = value.replace(/\$\{[\w.-]+:([^${}]*)\}/g, '$1');
  return plain.includes('${') ? null : plain;
}
