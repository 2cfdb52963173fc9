import { parseDuration } from '../core/duration.ts';
import { RearguardError } from '../core/errors.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * `now`, `-30m`, `+2h`, or a time of ISO 8601 (without an offset, that of this machine) as epoch milliseconds; `flag` is for the
 * message. Throws E_USAGE.
 */
export function parseMoment(text: string, flag: string, nowMs: number): number {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowMs;
  const sign = trimmed.startsWith('-') ? -1 : 1;
  const distanceMs = parseDuration(trimmed.replace(/^[+-]/, ''));
  if (distanceMs !== undefined) return nowMs + sign * distanceMs;
  // A date alone would be read as midnight in London.
  const written = DATE.test(trimmed) ? `${trimmed}T00:00` : trimmed;
  const atMs = DATE_AND_TIME.test(written) ? Date.parse(written.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new RearguardError('E_USAGE', {
    message: `${flag} does not take ${JSON.stringify(text)}.`,
    hint: 'Write now, a distance like -30m or +2h, or a time like 2026-11-22T14:00Z.',
  });
}

/** `2026-11-22 14:00 UTC` */
export function formatMoment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
