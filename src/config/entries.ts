import { redactText } from '../core/redact.ts';
import { isPlainObject, isReference } from './secret-places.ts';
import { formatPath, type ConfigSource, type SettingPath } from './source.ts';
import type { SettingEntry } from './types.ts';

/** Every setting a file gives, one entry a leaf; lists of plain values are one leaf. */
export function entriesOf(source: ConfigSource, value: unknown, path: SettingPath): SettingEntry[] {
  if (Array.isArray(value) && value.some((item) => isPlainObject(item) && !isReference(item))) {
    return value.flatMap((item, index) => entriesOf(source, item, [...path, index]));
  }
  if (isPlainObject(value) && !isReference(value) && Object.keys(value).length > 0) {
    if (path.length > 0 && typeof value['name'] === 'string' && isPlainObject(value['commands'])) {
      return [entry(source, `tool ${value['name']}`, path)];
    }
    return Object.entries(value).flatMap(([key, child]) => entriesOf(source, child, [...path, key]));
  }
  return [entry(source, printable(value), path)];
}

function entry(source: ConfigSource, value: unknown, path: SettingPath): SettingEntry {
  const line = source.locate(path)?.line;
  return {
    path: formatPath(path),
    value,
    origin: { kind: 'file', path: source.path, ...(line === undefined ? {} : { line }) },
  };
}

function printable(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value === 'function') return 'code';
  if (typeof value === 'object' && value !== null && !isPlainObject(value)) return value.constructor.name;
  return value;
}
