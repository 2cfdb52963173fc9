import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { redactUrl } from '../core/redact.ts';
import { linkSignals } from './abort.ts';
import type { NetGuard } from './net-guard.ts';
import { type CallMoments, phasesOfCall } from './call-phases.ts';
import type { Phases } from './probe/types.ts';

/** Plain calls with small documents (an OpenAPI file, a step of a login). Latency that has to be exact is the prober's: phases here include the delays of our own thread. */
export interface HttpClient {
  /** Body of a 2xx answer as text. Refuses hosts outside the allow-list, redirects to them, and bodies over `maxBytes`. */
  getText(url: string, options: GetTextOptions): Promise<string>;
  /**
   * One request and whatever the server answers, also 4xx and 5xx; redirects are answers too. Throws E_TARGET_REFUSED for hosts
   * outside the allow-list, and E_UNREACHABLE without an answer in time or for a body over `maxBytes`.
   */
  request(url: string, options: RequestOptions): Promise<HttpAnswer>;
}

export interface GetTextOptions {
  timeoutMs: number;
  maxBytes: number;
  headers?: Readonly<Record<string, string>>;
  /** PEM of a certificate authority to trust beside the system's. */
  ca?: string;
  signal: AbortSignal;
}

export interface RequestOptions extends GetTextOptions {
  /** Default: GET. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: string;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; several of one name are joined with commas. */
  headers: Readonly<Record<string, string>>;
  /** Each `Set-Cookie` by itself: a comma may stand inside of one. */
  setCookies: readonly string[];
  text: string;
  /** Of a connection of its own, made for this request. */
  phases: Phases;
}

const MAX_REDIRECTS = 5;

export function createHttpClient(guard: NetGuard): HttpClient {
  return {
    async getText(url, options) {
      const accept = 'application/json, application/yaml, */*';
      let hopOptions: RequestOptions = { ...options, headers: { accept, ...options.headers } };
      let location = url;
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const { status, headers, text } = await requestOnce(guard, location, hopOptions);
        if (status >= 200 && status < 300) return text;
        const redirectTo = status >= 300 && status < 400 ? headers['location'] : undefined;
        if (redirectTo === undefined) throw unreachable(location, `it answered ${status}`);
        // Credentials stay with the origin they were meant for (RFC 9110, section 15.4).
        const next = new URL(redirectTo, location);
        if (next.origin !== new URL(location).origin) hopOptions = { ...hopOptions, headers: { accept } };
        location = next.href;
      }
      throw unreachable(url, `more than ${MAX_REDIRECTS} redirects`);
    },
    request: (url, options) => requestOnce(guard, url, options),
  };
}

function requestOnce(guard: NetGuard, url: string, options: RequestOptions): Promise<HttpAnswer> {
  const { method = 'GET', headers, body, ca, maxBytes } = options;
  const parsed = new URL(url);
  const open = parsed.protocol === 'https:' ? requestHttps : requestHttp;
  const { signal, dispose } = linkSignals([options.signal], options.timeoutMs);
  return new Promise<HttpAnswer>((resolve, reject) => {
    assertLiteralAllowed(guard, parsed);
    const moments: CallMoments = { startMs: performance.now() };
    const request = open(parsed, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      lookup: guardedLookup(guard),
      // A pooled connection may be closed already, and what was lost with it cannot be told from what arrived.
      agent: false,
      signal,
      ...(ca === undefined ? {} : { ca }),
    });
    // Once it is aborted, the socket's own error only says that it was closed.
    const fail = (error: Error): void =>
      reject(asUnreachable(url, signal.aborted ? (signal.reason as Error) : error));
    request.on('error', fail);
    request.on('socket', (socket) => {
      socket.once('lookup', () => (moments.lookupMs = performance.now()));
      socket.once('connect', () => (moments.connectMs = performance.now()));
      socket.once('secureConnect', () => (moments.secureMs = performance.now()));
    });
    request.on('finish', () => (moments.sentMs = performance.now()));
    request.on('response', (response) => {
      moments.firstByteMs = performance.now();
      readText(response, maxBytes).then((text) => {
        if (text === undefined) fail(unreachable(url, `its answer is larger than ${maxBytes} bytes`));
        else {
          resolve({
            status: response.statusCode ?? 0,
            headers: plainHeaders(response),
            setCookies: response.headers['set-cookie'] ?? [],
            text,
            phases: phasesOfCall(moments, performance.now()),
          });
        }
        request.destroy();
      }, fail);
    });
    request.end(body);
  }).finally(dispose);
}

/** undefined when it has more than `maxBytes`. */
async function readText(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** A literal address never reaches the lookup hook, so it is judged before. Throws E_TARGET_REFUSED. */
export function assertLiteralAllowed(guard: NetGuard, url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isLiteralAddress(host)) guard.assertAllowed(host, host);
}

/** Resolves as usual and asks the guard about every address before it may be used. */
export function guardedLookup(guard: NetGuard): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      try {
        for (const { address } of addresses) guard.assertAllowed(hostname, address);
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, '', 0);
      }
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

function isLiteralAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

function asUnreachable(url: string, error: Error): RearguardError {
  if (error instanceof RearguardError) return error;
  return unreachable(
    url,
    error.name === 'TimeoutError' || error.name === 'AbortError' ? 'no answer in time' : reasonOf(error),
  );
}

function unreachable(url: string, reason: string): RearguardError {
  return new RearguardError('E_UNREACHABLE', {
    what: redactUrl(url),
    reason,
    hint: 'Check the address, and that the server is up.',
  });
}
