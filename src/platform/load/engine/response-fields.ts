/**
 * What a server says it took, in milliseconds: the metric `total` of Server-Timing (W3C), else the sum of its parts; null when it
 * says nothing, or nothing that is a duration.
 */
export function serverTimingMs(field: string | null): number | null {
  if (field === null) return null;
  let sum: number | null = null;
  for (const metric of field.split(',')) {
    const duration = /;\s*dur\s*=\s*"?(\d{1,9}(?:\.\d{1,9})?)"?/i.exec(metric)?.[1];
    if (duration === undefined) continue;
    if (/^\s*total\s*;/i.test(metric)) return Number(duration);
    sum = (sum ?? 0) + Number(duration);
  }
  return sum;
}

/** Nobody pauses for longer, whatever a server asks for; the run's own end comes first in most cases. */
const MAX_PAUSE_MS = 3_600_000;

/** How long Retry-After asks to wait, in seconds or until an HTTP date (RFC 9110, section 10.2.3); null when it says nothing. */
export function retryAfterMs(field: string | null, wallMs: number): number | null {
  const text = field?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, MAX_PAUSE_MS);
  // A date has letters; Date.parse would take other numbers for years.
  const untilMs = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(untilMs) ? null : Math.min(Math.max(0, untilMs - wallMs), MAX_PAUSE_MS);
}
