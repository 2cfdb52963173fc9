/** Nobody is silenced for longer, whatever a page asks for. */
const MAX_WAIT_MS = 24 * 3_600_000;

/** How long `Retry-After` asks to wait, in seconds or until an HTTP date (RFC 9110, section 10.2.3); null when it says nothing. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, MAX_WAIT_MS);
  // A date has letters; Date.parse would take other numbers for years.
  const untilMs = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(untilMs) ? null : Math.min(Math.max(0, untilMs - nowMs), MAX_WAIT_MS);
}
