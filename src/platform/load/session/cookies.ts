import {
  type Cookie,
  type CookieHost,
  cookieHostOf,
  domainMatches,
  parseSetCookie,
  pathMatches,
} from './set-cookie.ts';
import type { CookieStore } from './types.ts';

/** For a session; a server must not fill the memory of thousands of them. The oldest make room. */
const MAX_COOKIES = 50;
const MAX_BYTES = 16_384;

/** Makes the stores of a worker's sessions; they share what is known of the origins. */
export function cookieStores(now: () => number): () => CookieStore {
  const hosts = new Map<string, CookieHost>();
  const hostOf = (origin: string): CookieHost => {
    let host = hosts.get(origin);
    if (host === undefined) {
      host = cookieHostOf(origin);
      hosts.set(origin, host);
    }
    return host;
  };
  return () => createStore(now, hostOf);
}

interface Jar {
  /** In the order in which they were first set. */
  cookies: Cookie[];
  earliestExpiryMs: number;
  /** The last answer, for as long as nothing changes. */
  askedOrigin: string | null;
  askedPath: string;
  answer: string | null;
}

function createStore(now: () => number, hostOf: (origin: string) => CookieHost): CookieStore {
  const jar: Jar = {
    cookies: [],
    earliestExpiryMs: Infinity,
    askedOrigin: null,
    askedPath: '',
    answer: null,
  };
  return {
    store(origin, path, setCookie) {
      const nowMs = now();
      for (const field of setCookie) {
        const cookie = parseSetCookie(field, hostOf(origin), path, nowMs);
        if (cookie !== null) put(jar, cookie, nowMs);
      }
    },
    header(origin, path) {
      // Most sessions have no cookie, and most of the others ask for the same ones again.
      if (jar.cookies.length === 0) return null;
      if (jar.earliestExpiryMs !== Infinity && jar.earliestExpiryMs <= now()) dropExpired(jar, now());
      if (jar.askedOrigin === origin && jar.askedPath === path) return jar.answer;
      jar.askedOrigin = origin;
      jar.askedPath = path;
      jar.answer = cookieField(jar.cookies, hostOf(origin), path);
      return jar.answer;
    },
    value: (name) => jar.cookies.find((cookie) => cookie.name === name)?.value ?? null,
    clear() {
      if (jar.cookies.length > 0) replace(jar, []);
    },
  };
}

function put(jar: Jar, cookie: Cookie, nowMs: number): void {
  const known = jar.cookies.findIndex(
    ({ name, domain, path, hostOnly }) =>
      name === cookie.name &&
      domain === cookie.domain &&
      path === cookie.path &&
      hostOnly === cookie.hostOnly,
  );
  const before = jar.cookies[known];
  if (before !== undefined && before.value === cookie.value && before.expiresAtMs === cookie.expiresAtMs)
    return;
  const cookies = [...jar.cookies];
  if (known === -1) cookies.push(cookie);
  else cookies[known] = cookie;
  replace(
    jar,
    cookies.filter(({ expiresAtMs }) => expiresAtMs > nowMs),
  );
}

function replace(jar: Jar, cookies: Cookie[]): void {
  const sizeOf = ({ name, value }: Cookie): number => name.length + value.length;
  let bytes = cookies.reduce((sum, cookie) => sum + sizeOf(cookie), 0);
  while (cookies.length > MAX_COOKIES || bytes > MAX_BYTES) bytes -= sizeOf(cookies.shift()!);
  jar.cookies = cookies;
  jar.earliestExpiryMs = Math.min(Infinity, ...cookies.map(({ expiresAtMs }) => expiresAtMs));
  jar.askedOrigin = null;
}

function dropExpired(jar: Jar, nowMs: number): void {
  replace(
    jar,
    jar.cookies.filter(({ expiresAtMs }) => expiresAtMs > nowMs),
  );
}

/** RFC 6265, section 5.4: longer paths first, then as they were first set. */
function cookieField(cookies: readonly Cookie[], { host, secure }: CookieHost, path: string): string | null {
  const sent = cookies.filter(
    (cookie) =>
      (cookie.hostOnly ? cookie.domain === host : domainMatches(host, cookie.domain)) &&
      pathMatches(path, cookie.path) &&
      (secure || !cookie.secure),
  );
  if (sent.length === 0) return null;
  return sent
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

/** Value of a cookie that a response sets, as it stands there; null without one. */
export function setCookieValue(setCookie: readonly string[], name: string): string | null {
  for (const field of setCookie) {
    const [pair = ''] = field.split(';', 1);
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}
