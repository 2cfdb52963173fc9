import type { LogFormat } from '../format.ts';
import { JSON_FORMATS } from './json-formats.ts';
import { text } from './text.ts';
import { TEXT_FORMATS } from './text-formats.ts';

/** Every format there is. Where two score alike, the first one is taken. */
export const LOG_FORMATS: readonly LogFormat[] = [...JSON_FORMATS, ...TEXT_FORMATS];

/** What a record is read as when its format's decoder says no. */
export const FALLBACK_FORMAT: LogFormat = text;

/** The format of that name, or null. */
export function formatNamed(name: string): LogFormat | null {
  return LOG_FORMATS.find((format) => format.name === name) ?? null;
}
