import type { LogFormat } from '../format.ts';
import { syslogRfc3164 } from './syslog-rfc3164.ts';
import { text } from './text.ts';
import { textTimestamp } from './text-timestamp.ts';

/** Formats whose records are lines of text; the two that take what is nothing else come last. */
export const TEXT_FORMATS: readonly LogFormat[] = [syslogRfc3164, textTimestamp, text];
