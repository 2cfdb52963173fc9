import type { CookieFlags } from '../trace.ts';

export interface Cookie extends CookieFlags {
  name: string;
  value: string;
  path: string;
  /** Epoch milliseconds; null: until the browser closes. */
  expiresAtMs: number | null;
}

/** One `Set-Cookie` (RFC 6265, section 5.2): `Max-Age` wins over `Expires`; what cannot be read is as if it were not there. Null without a name. */
export function parseSetCookie(line: string, nowMs: number): Cookie | null {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === '') return null;
  const given = new Map(
    attributes.map((attribute) => {
      const [key = '', ...rest] = attribute.split('=');
      return [key.trim().toLowerCase(), rest.join('=').trim()];
    }),
  );
  const path = given.get('path');
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    path: path?.startsWith('/') === true ? path : '/',
    expiresAtMs: expiryOf(given, nowMs),
    secure: given.has('secure'),
    httpOnly: given.has('httponly'),
    sameSite: given.get('samesite') || null,
  };
}

function expiryOf(attributes: ReadonlyMap<string, string>, nowMs: number): number | null {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return nowMs + Number(maxAge) * 1_000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? null : expires;
}

/** The cookies of one visitor of one origin, as a browser would keep them. */
export interface CookieJar {
  /** Keeps what an answer set, and forgets what it ended. */
  store(lines: readonly string[], nowMs: number): void;
  /** The `Cookie` header for a path; undefined where nothing belongs there. */
  header(path: string): string | undefined;
  all(): Cookie[];
  copy(): CookieJar;
}

export function createCookieJar(initial: readonly Cookie[] = []): CookieJar {
  const cookies = new Map(initial.map((cookie) => [cookie.name, cookie]));
  return {
    store(lines, nowMs) {
      for (const line of lines) {
        const cookie = parseSetCookie(line, nowMs);
        if (cookie === null) continue;
        const isOver = cookie.value === '' || (cookie.expiresAtMs !== null && cookie.expiresAtMs <= nowMs);
        if (isOver) cookies.delete(cookie.name);
        else cookies.set(cookie.name, cookie);
      }
    },
    header(path) {
      const pathname = path.split('?')[0] ?? '/';
      const fitting = [...cookies.values()].filter((cookie) => matchesPath(pathname, cookie.path));
      return fitting.length === 0
        ? undefined
        : fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    all: () => [...cookies.values()],
    copy: () => createCookieJar([...cookies.values()]),
  };
}

/** RFC 6265, section 5.1.4. */
function matchesPath(path: string, of: string): boolean {
  return path === of || (path.startsWith(of) && (of.endsWith('/') || path[of.length] === '/'));
}
