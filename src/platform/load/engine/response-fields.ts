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

export interface RedirectTarget {
  /** Index into the plan's origins. */
  origin: number;
  path: string;
}

/** Statuses that send a client elsewhere; 304 and 300 do not. */
export function isRedirect(status: number): boolean {
  return status === 302 || status === 301 || status === 303 || status === 307 || status === 308;
}

/** Where a Location leads, if that is one of the plan's origins; null for anywhere else, and for what is no address. */
export function redirectTarget(
  location: string,
  from: { originUrl: string; path: string },
  origins: readonly { url: string }[],
): RedirectTarget | null {
  let url: URL;
  try {
    url = new URL(location, new URL(from.path, from.originUrl));
  } catch {
    return null;
  }
  const origin = origins.findIndex((known) => new URL(known.url).origin === url.origin);
  return origin === -1 ? null : { origin, path: url.pathname + url.search };
}
