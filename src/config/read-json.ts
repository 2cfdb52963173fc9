import { LineCounter, parseDocument } from 'yaml';
import { RearguardError } from '../core/errors.ts';
import { locator } from './read-yaml.ts';
import type { ConfigSource } from './source.ts';

export function readJson(path: string, source: string): ConfigSource {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    // The engine's own message quotes the file, and what stands there may be a secret.
    const offset = firstInvalidOffset(source);
    const before = source.slice(0, offset).split('\n');
    throw new RearguardError('E_CONFIG_SYNTAX', {
      path,
      position: `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`,
      reason:
        offset >= source.trimEnd().length ? 'the file ends too early' : 'something that does not belong here',
      format: 'JSON',
    });
  }
  // JSON is a subset of YAML 1.2, whose parser knows where everything stands.
  const lines = new LineCounter();
  const document = parseDocument(source, { prettyErrors: false, lineCounter: lines, schema: 'json' });
  return { path, value, locate: locator(document, lines) };
}

const SCALAR =
  // oxlint-disable-next-line no-control-regex -- RFC 8259 forbids control characters inside a string.
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/y;
const SPACE = /[ \t\r\n]*/y;

/** Offset of the first character with which a text can no longer be JSON (RFC 8259); its length when more is missing. */
export function firstInvalidOffset(source: string): number {
  let at = 0;
  const skipSpace = (): void => {
    SPACE.lastIndex = at;
    at += SPACE.exec(source)?.[0].length ?? 0;
  };
  const take = (character: string): boolean => {
    skipSpace();
    if (source[at] !== character) return false;
    at += 1;
    return true;
  };
  const scalar = (onlyText: boolean): boolean => {
    skipSpace();
    if (onlyText && source[at] !== '"') return false;
    SCALAR.lastIndex = at;
    const match = SCALAR.exec(source);
    at += match?.[0].length ?? 0;
    return match !== null;
  };
  const members = (close: string, member: () => boolean): boolean => {
    if (take(close)) return true;
    do if (!member()) return false;
    while (take(','));
    return take(close);
  };
  const value = (): boolean => {
    if (take('{')) return members('}', () => scalar(true) && take(':') && value());
    if (take('[')) return members(']', value);
    return scalar(false);
  };
  if (value()) skipSpace();
  return at;
}
