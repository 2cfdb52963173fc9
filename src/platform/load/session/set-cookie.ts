import { isIP } from 'node:net';
import { parseCookieDate } from './cookie-date.ts';
import { endsField } from './escape.ts';

/** One cookie as it is kept (RFC 6265, section 5.3). */
export interface Cookie {
  name: string;
  value: string;
  domain: string;
  /** Only to `domain` itself, not to names below it. */
  hostOnly: boolean;
  path: string;
  secure: boolean;
  /** Epoch milliseconds; Infinity for one of the session. One in the past removes. */
  expiresAtMs: number;
}

/** Who sends or is asked: port and the rest of the URL are no part of a cookie's matters. */
export interface CookieHost {
  host: string;
  /** Also loopback without TLS: browsers trust it as much, and a backend's Secure cookies then work on a developer's machine. */
  secure: boolean;
}

/** Browsers' limit for a name and its value. */
const MAX_COOKIE_BYTES = 4096;

export function cookieHostOf(origin: string): CookieHost {
  const { protocol, hostname } = new URL(origin);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.|\.localhost$/.test(hostname);
  return { host: hostname, secure: protocol === 'https:' || loopback };
}

/** null where the field is no cookie, or one that this host may not set. */
export function parseSetCookie(
  field: string,
  from: CookieHost,
  requestPath: string,
  nowMs: number,
): Cookie | null {
  const [pair = '', ...attributes] = field.split(';');
  const { name, value } = splitPair(pair);
  if (name === '' || !pair.includes('=') || name.length + value.length > MAX_COOKIE_BYTES) return null;
  if (endsField(name) || endsField(value)) return null;
  const cookie: Cookie = {
    name,
    value,
    domain: from.host,
    hostOnly: true,
    path: defaultPath(requestPath),
    secure: false,
    expiresAtMs: Infinity,
  };
  let maxAge: number | null = null;
  for (const attribute of attributes) {
    const { name: key, value: word } = splitPair(attribute);
    switch (key.toLowerCase()) {
      case 'expires':
        cookie.expiresAtMs = parseCookieDate(word) ?? cookie.expiresAtMs;
        break;
      case 'max-age':
        if (/^-?\d+$/.test(word)) maxAge = Number(word);
        break;
      case 'domain': {
        const domain = word.replace(/^\./, '').toLowerCase();
        if (domain === '') break;
        if (!domainMatches(from.host, domain)) return null;
        cookie.domain = domain;
        cookie.hostOnly = false;
        break;
      }
      case 'path':
        cookie.path = word.startsWith('/') ? word : defaultPath(requestPath);
        break;
      case 'secure':
        cookie.secure = true;
        break;
      default:
    }
  }
  // Max-Age counts before Expires.
  if (maxAge !== null) cookie.expiresAtMs = maxAge <= 0 ? -Infinity : nowMs + maxAge * 1000;
  return isAllowed(cookie, from) ? cookie : null;
}

/** RFC 6265bis, sections 4.1.3 and 5.7: who may not make a secure cookie may not make one by its prefix either. */
function isAllowed(cookie: Cookie, from: CookieHost): boolean {
  if (cookie.secure && !from.secure) return false;
  const name = cookie.name.toLowerCase();
  if (name.startsWith('__secure-')) return cookie.secure;
  if (name.startsWith('__host-')) return cookie.secure && cookie.hostOnly && cookie.path === '/';
  return true;
}

export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.endsWith(`.${domain}`) && isIP(host) === 0;
}

export function pathMatches(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  const next = path[cookiePath.length];
  return cookiePath.endsWith('/') || next === undefined || next === '/' || next === '?';
}

/** The folder of the path that was asked for. */
function defaultPath(requestPath: string): string {
  const end = requestPath.search(/[?#]/);
  const path = end === -1 ? requestPath : requestPath.slice(0, end);
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

function splitPair(text: string): { name: string; value: string } {
  const equals = text.indexOf('=');
  if (equals === -1) return { name: text.trim(), value: '' };
  return { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() };
}
