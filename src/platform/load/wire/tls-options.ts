import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { LoadTls } from '../../../core/load/plan.ts';

/** What connections with the same settings share. */
interface SharedTls {
  /** Reading all root certificates takes milliseconds: once for each origin and thread, not once a connection. */
  readonly context: SecureContext;
  /** The newest session by place, to be resumed by the next connection to it, as browsers do. */
  readonly sessions: Map<string, Buffer>;
}

/** By identity: what is given the same object shares. */
const shared = new WeakMap<LoadTls, SharedTls>();

export interface TlsPlace {
  address: string;
  port: number;
  authority: string;
}

export function tlsOptions(tls: LoadTls, place: TlsPlace, alpn: readonly string[]): ConnectionOptions {
  const name = tls.serverName ?? hostOf(place.authority);
  const { context, sessions } = sharedTls(tls);
  const session = sessions.get(keyOf(place));
  return {
    secureContext: context,
    rejectUnauthorized: tls.verify ?? true,
    ALPNProtocols: [...alpn],
    // RFC 6066, section 3: no SNI for literal addresses.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(session === undefined ? {} : { session }),
  };
}

export function rememberSession(tls: LoadTls, place: TlsPlace, session: Buffer): void {
  sharedTls(tls).sessions.set(keyOf(place), session);
}

function sharedTls(tls: LoadTls): SharedTls {
  const known = shared.get(tls);
  if (known !== undefined) return known;
  const made = { context: createContext(tls), sessions: new Map<string, Buffer>() };
  shared.set(tls, made);
  return made;
}

function createContext({ ca, cert, key }: LoadTls): SecureContext {
  return createSecureContext({
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

function keyOf({ address, port, authority }: TlsPlace): string {
  return `${address} ${port} ${authority}`;
}

function hostOf(authority: string): string {
  return new URL(`https://${authority}`).hostname.replace(/^\[|\]$/g, '');
}
