import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

/** A duration as text (`30s`, `1h30m`), parsed once, here, to milliseconds. */
export function durationSchema(description: string, fallback: string) {
  return z.string().default(fallback).describe(description).transform(toMilliseconds);
}

/** The same, absent when it was not given. */
export function optionalDurationSchema(description: string) {
  return z.string().transform(toMilliseconds).optional().describe(description);
}

/** A size as text (`512B`, `1MB`, `1MiB`), parsed once, here, to bytes. */
export function sizeSchema(description: string, fallback: string) {
  return z.string().default(fallback).describe(description).transform(toBytes);
}

function toBytes(text: string, context: z.RefinementCtx): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `"${text}" is not a size; write it like 512B, 64kB or 1MB` });
  return z.NEVER;
}

function toMilliseconds(text: string, context: z.RefinementCtx): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a duration; write it like 250ms, 30s, 1h30m or 7d`,
  });
  return z.NEVER;
}
