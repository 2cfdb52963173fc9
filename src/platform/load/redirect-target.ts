export interface RedirectTarget {
  /** Index into the plan's origins. */
  origin: number;
  /** With its query. */
  path: string;
  /** 307 and 308 repeat the request as it was (RFC 9110, sections 15.4.8 and 15.4.9). */
  keepMethod: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Where a response sends its reader: null when it is no redirect, 'refused' when it leads out of the origins of the plan. Only the
 * origin counts, as a URL parser writes it, so that another name, port or way of writing an address leads nowhere new.
 * `originUrls` are in the plan's order, each as URL.origin; `sentPath` is what the answered request asked for.
 */
export function redirectTarget(
  status: number,
  location: string | null,
  sent: { origin: number; path: string },
  originUrls: readonly string[],
): RedirectTarget | 'refused' | null {
  if (!REDIRECTS.has(status) || location === null) return null;
  const target = parse(location, `${originUrls[sent.origin] ?? ''}${sent.path}`);
  if (target === null || target.username !== '' || target.password !== '') return 'refused';
  const origin = originUrls.indexOf(target.origin);
  if (origin < 0) return 'refused';
  return {
    origin,
    path: `${target.pathname}${target.search}`,
    keepMethod: status === 307 || status === 308,
  };
}

function parse(location: string, base: string): URL | null {
  return URL.canParse(location, base) ? new URL(location, base) : null;
}
