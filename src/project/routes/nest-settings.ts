import { environmentFiles } from '../environment.ts';
import type { Repository } from '../repository.ts';
import { callsOf, propertyOf, splitArguments, textOf } from '../scan/calls.ts';
import { constantsOf, isJavaScript, textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';

export interface Setting {
  value: string;
  /** false: what it is when nobody sets it otherwise. */
  isFixed: boolean;
}

/** Names that stand for names, and settings that are made of settings. */
const MAX_DEPTH = 6;

/**
 * What an expression of a Nest application stands for: a text, a constant, or a setting whose default stands in the code or in an example of
 * the environment (`config.get('app.prefix')`, `process.env.API_PREFIX || 'api'`). null where no file says it.
 */
export function nestSetting(
  repository: Repository,
  source: Source,
  expression: string,
  depth = 0,
): Setting | null {
  const text = expression.trim();
  const fixed = textValue(text, constantsOf(source));
  if (fixed !== null) return { value: fixed, isFixed: true };
  if (depth > MAX_DEPTH) return null;
  const again = (one: string, from = source): Setting | null => {
    const setting = nestSetting(repository, from, one, depth + 1);
    return setting === null ? null : { ...setting, isFixed: false };
  };
  const [, first, otherwise] = /^(.+?)\s*(?:\|\||\?\?)\s*([^|?]+)$/s.exec(text) ?? [];
  if (first !== undefined && otherwise !== undefined) return again(otherwise) ?? again(first);
  const variable = /^process\.env(?:\.(\w+)|\[["'](\w+)["']\])!?$/.exec(text);
  if (variable !== null) return exampleOf(repository, variable[1] ?? variable[2] ?? '');
  const [, key, fallback] =
    /^[\w$.]+\.(?:get|getOrThrow)(?:<[^()]*>)?\(\s*["'`]([\w.-]+)["'`]\s*(?:,\s*(["'`][^"'`]*["'`])[^)]*)?\)!?$/.exec(
      text,
    ) ?? [];
  if (key !== undefined) {
    if (fallback !== undefined) return again(fallback);
    return registered(repository, key, again) ?? exampleOf(repository, key);
  }
  if (!/^[\w$]+$/.test(text)) return null;
  const named = new RegExp(
    String.raw`\b(?:const|let)\s+${text.replaceAll('$', String.raw`\$`)}\s*(?::[^=\n]+)?=\s*([^;\n]+)`,
  );
  const written = named.exec(source.code)?.[1];
  return written === undefined ? null : again(written);
}

/** What `setGlobalPrefix` says; the empty text where nobody calls it, null where it cannot be told. */
export function nestPrefix(repository: Repository): Setting | null {
  for (const source of repository.sources(isJavaScript))
    for (const { open } of callsOf(source, /\.\s*setGlobalPrefix\s*\(/g)) {
      const [first] = splitArguments(source, open);
      return first === undefined ? null : nestSetting(repository, source, textOf(source, first));
    }
  return { value: '', isFixed: true };
}

/** `registerAs('app', () => ({ prefix: … }))`, asked for as `app.prefix`. */
function registered(
  repository: Repository,
  key: string,
  read: (expression: string, from: Source) => Setting | null,
): Setting | null {
  const [namespace, name] = key.split('.');
  if (namespace === undefined || name === undefined) return null;
  for (const source of repository.sources(isJavaScript)) {
    for (const { open } of callsOf(source, /\bregisterAs\s*(?:<[^()]*>)?\(/g)) {
      const [first, factory] = splitArguments(source, open);
      if (first === undefined || factory === undefined) continue;
      if (textValue(textOf(source, first), constantsOf(source)) !== namespace) continue;
      const brace = source.mask.indexOf('({', factory.from);
      const at = brace === -1 || brace > factory.to ? -1 : brace + 1;
      const value = at === -1 ? null : propertyOf(source, { from: at, to: factory.to }, name);
      const setting = value === null ? null : read(textOf(source, value), source);
      if (setting !== null) return setting;
    }
  }
  return null;
}

function exampleOf(repository: Repository, name: string): Setting | null {
  for (const { values } of environmentFiles(repository)) {
    const value = values.get(name);
    if (value !== undefined && value !== '') return { value, isFixed: false };
  }
  return null;
}
