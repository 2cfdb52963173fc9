import { isSecretName, redactUrl } from '../core/redact.ts';
import type { SettingPath } from './source.ts';
import type { SecretReference } from './types.ts';

/** Keys under which text from the environment is no secret by itself: addresses, names and paths. */
const PUBLIC_KEYS: ReadonlySet<string> = new Set([
  'baseUrl',
  'openapi',
  'tokenUrl',
  'url',
  'statusPage',
  'rdap',
  'apiUrl',
  'scope',
  'username',
  'clientId',
  'caFile',
  'certFile',
  'keyFile',
  'serverName',
]);

/** Settings that hold a secret as plain text, as paths; the values themselves are left where they are. */
export function findLiteralSecrets(value: unknown, path: SettingPath = []): SettingPath[] {
  if (typeof value === 'string') {
    return value !== '' && (isSecretPlace(path) || holdsSecret(value)) ? [path] : [];
  }
  if (typeof value === 'number' || typeof value === 'bigint') return isSecretPlace(path) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => findLiteralSecrets(item, [...path, index]));
  if (!isPlainObject(value) || isReference(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => findLiteralSecrets(child, [...path, key]));
}

/** Whether a value at this path is a secret by its name; the items of a list have the name of the list. */
function isSecretPlace(path: SettingPath): boolean {
  const name = path.findLast((key) => typeof key === 'string');
  return typeof name === 'string' && isSecretName(name);
}

function holdsSecret(text: string): boolean {
  if (!isUrl(text)) return false;
  // The user of a database is no secret; a webhook address is one as a whole, and shows by its form.
  const withoutUser = text.replace(/^([^:]+:\/\/)[^/:@]*@/, '$1');
  return secretsInUrl(text).length > 0 || redactUrl(withoutUser) !== withoutUser;
}

/** Whether text that came by reference at this path may be shown. */
export function isPublicPlace(path: SettingPath): boolean {
  return PUBLIC_KEYS.has(String(path.at(-1) ?? ''));
}

/** The secret parts of a URL, as written and decoded: its password (all of its user info for HTTP) and secret parameters. */
export function secretsInUrl(text: string): string[] {
  if (!isUrl(text)) return [];
  const found = new Set<string>();
  const isWeb = /^https?:/i.test(text);
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !isWeb) {
    // By hand and greedily too: behind a raw `/`, `#` or `@` in a password the URL parser sees something else.
    addForms(found, /^[^:]+:\/\/[^/:@]*:(.+)@/.exec(text)?.[1] ?? '');
  }
  if (parsed) {
    addForms(found, parsed.password);
    if (isWeb) addForms(found, parsed.username);
    for (const [name, value] of parsed.searchParams) {
      if (isSecretName(name) || /^(?:key|auth|sig)$/i.test(name)) addForms(found, value);
    }
  }
  return [...found];
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function addForms(found: Set<string>, raw: string): void {
  if (raw === '') return;
  found.add(raw);
  try {
    found.add(decodeURIComponent(raw));
  } catch {
    // A stray percent sign: the raw form is all there is.
  }
}

export function isReference(value: unknown): value is SecretReference {
  if (!isPlainObject(value)) return false;
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && (key === '$env' || key === '$file') && typeof value[key] === 'string';
}

/** A mapping as a config file has it; not an array, nor an instance such as a schema inside a plugin. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  // A config that is code may come from another realm, whose Object.prototype is another one.
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}
