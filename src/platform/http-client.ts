import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { redactUrl } from '../core/redact.ts';
import { linkSignals } from './abort.ts';
import type { NetGuard } from './net-guard.ts';

/** Plain fetching of small documents (an OpenAPI file); for timing there is the prober. */
export interface HttpClient {
  /** Body of a 2xx answer as text. Refuses hosts outside the allow-list, redirects to them, and bodies over `maxBytes`. */
  getText(url: string, options: GetTextOptions): Promise<string>;
}

export interface GetTextOptions {
  timeoutMs: number;
  maxBytes: number;
  headers?: Readonly<Record<string, string>>;
  /** PEM of a certificate authority to trust beside the system's. */
  ca?: string;
  signal: AbortSignal;
}

const MAX_REDIRECTS = 5;

export function createHttpClient(guard: NetGuard): HttpClient {
  return {
    async getText(url, options) {
      let location = url;
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const answer = await getOnce(guard, location, options);
        if ('text' in answer) return answer.text;
        // Credentials stay with the origin they were meant for (RFC 9110, section 15.4).
        const next = new URL(answer.redirectTo, location);
        if (next.origin !== new URL(location).origin) options = { ...options, headers: {} };
        location = next.href;
      }
      throw unreachable(url, `more than ${MAX_REDIRECTS} redirects`);
    },
  };
}

type Answer = { text: string } | { redirectTo: string };

function getOnce(guard: NetGuard, url: string, options: GetTextOptions): Promise<Answer> {
  const parsed = new URL(url);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const get = parsed.protocol === 'https:' ? getHttps : getHttp;
  const { signal, dispose } = linkSignals([options.signal], options.timeoutMs);
  return new Promise<Answer>((resolve, reject) => {
    // A literal address never reaches the lookup hook, so it is judged here.
    if (isLiteralAddress(host)) guard.assertAllowed(host, host);
    const request = get(
      parsed,
      {
        headers: { accept: 'application/json, application/yaml, */*', ...options.headers },
        lookup: guardedLookup(guard),
        signal,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
      (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 300 && status < 400 && response.headers.location !== undefined) {
          response.resume();
          return resolve({ redirectTo: response.headers.location });
        }
        if (status < 200 || status >= 300) {
          response.resume();
          return reject(unreachable(url, `it answered ${status}`));
        }
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > options.maxBytes)
            request.destroy(unreachable(url, `its answer is larger than ${options.maxBytes} bytes`));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', (error) => reject(asUnreachable(url, error)));
      },
    );
    request.on('error', (error) => reject(asUnreachable(url, error)));
  }).finally(dispose);
}

/** Resolves as usual and asks the guard about every address before it may be used. */
function guardedLookup(guard: NetGuard): LookupFunction {
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
