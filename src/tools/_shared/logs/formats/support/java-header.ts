import type { LogFormat } from '../../format.ts';
import { beginsWithTime, decodeTimedText } from './text-header.ts';

/** Pieces of the patterns that tell the layouts of Java's loggers apart. */
export const LEVELS = '(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL|SEVERE|WARNING|CONFIG|FINE|FINER|FINEST)';
export const ISO = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d`;
export const ZONE = String.raw`(?:Z|[+-]\d\d:?\d\d)?`;

/** What the three have in common: a header of the usual parts, then the sentence. */
export const TIMED: Pick<LogFormat, 'startsRecord' | 'decode'> = {
  startsRecord: (bytes, start, end) => beginsWithTime(bytes, start, end),
  decode: decodeTimedText,
};
