import { createHash, timingSafeEqual } from 'node:crypto';

/** Whom the server lets in; a reload may change it while it listens. */
export interface Gate {
  token: string;
  /** `http` or `https`, as it listens. */
  scheme: 'http' | 'https';
  /** Address it listens on. */
  host: string;
  /** Names beside loopback and `host`. */
  allowedHosts: readonly string[];
}

/** What of a request decides. */
export interface Knock {
  method: string | undefined;
  authorization: string | undefined;
  host: string | undefined;
  origin: string | undefined;
}

export type Refusal = 401 | 403 | 405 | 421;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const METHODS: readonly (string | undefined)[] = ['GET', 'POST'];

/**
 * Why a request is turned away; undefined for one that may come in. The token comes first, so that who has none learns
 * nothing. Host keeps out a page whose name was made to resolve to us (DNS rebinding), Origin any page but our own.
 */
export function refusalOf(knock: Knock, gate: Gate): Refusal | undefined {
  if (!hasToken(knock.authorization, gate.token)) return 401;
  const asked = urlOf(`${gate.scheme}://${knock.host ?? ''}`);
  if (asked === undefined || !isOurName(asked.hostname, gate)) return 421;
  if (knock.origin !== undefined && urlOf(knock.origin)?.origin !== asked.origin) return 403;
  return METHODS.includes(knock.method) ? undefined : 405;
}

/** Digests have one length, and comparing them takes one time, whatever was sent. */
function hasToken(authorization: string | undefined, token: string): boolean {
  const sent = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(sent), digest(token)) && sent !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isOurName(hostname: string, { host, allowedHosts }: Gate): boolean {
  if (LOOPBACK.test(hostname)) return true;
  return [host, ...allowedHosts].some((name) => {
    const plain = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
    return plain.toLowerCase() === hostname;
  });
}

/** undefined also for what is more than a host and a port. */
function urlOf(text: string): URL | undefined {
  if (!/^https?:\/\/[^/?#@\\\s]+$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text);
}
