import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { AddressResolver, Resolution } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { connectAny } from '../tcp/happy-eyeballs.ts';
import { describeTls } from '../tls/describe.ts';
import { handshake, tlsNameOf } from '../tls/handshake.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import type { HttpChannel } from './exchange.ts';
import { ProbeFailure } from './failure.ts';
import type { HopTrace } from './hop-trace.ts';
import { openHttp1 } from './http1.ts';
import { openHttp2 } from './http2.ts';
import type { HttpProbePlan, TlsOptions } from './types.ts';

export interface ConnectOptions {
  plan: Pick<HttpProbePlan, 'httpVersion' | 'addressFamily' | 'resolver'>;
  tls: TlsOptions | undefined;
  clock: Clock;
  guard: NetGuard;
  resolver: AddressResolver;
  deadline: Deadline;
  /** Longest the lookup and the connection may take, each; what is left of the deadline stays for another attempt. */
  phaseLimitMs: number;
}

/** Lookup, guard, TCP, TLS: a fresh connection that speaks the HTTP version asked for. The phases go into `trace`. */
export async function openConnection(trace: HopTrace, options: ConnectOptions): Promise<HttpChannel> {
  const { url } = trace;
  const resolution = await lookUp(trace, options);
  for (const { address } of resolution.addresses) options.guard.assertAllowed(url.hostname, address);

  trace.phases.enter('connect');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const { socket, address } = await withLimit(options, (signal) =>
    connectAny(resolution.addresses, port, { clock: options.clock, signal }),
  );
  trace.address = address;
  if (url.protocol !== 'https:') {
    return options.plan.httpVersion === '2' ? openHttp2(socket, url) : openHttp1(socket);
  }
  return openSecurely(socket, trace, options);
}

async function lookUp(trace: HopTrace, options: ConnectOptions): Promise<Resolution> {
  const host = trace.url.hostname.replace(/^\[|\]$/g, '');
  // A literal address needs no lookup, and so has no such phase.
  if (isIP(host) === 0) trace.phases.enter('dns');
  const { addressFamily: family, resolver: mode } = options.plan;
  return withLimit(options, (signal) =>
    options.resolver(host, {
      clock: options.clock,
      signal,
      mode,
      ...(family === undefined ? {} : { family }),
    }),
  );
}

async function openSecurely(socket: Socket, trace: HopTrace, options: ConnectOptions): Promise<HttpChannel> {
  const isHttp2 = options.plan.httpVersion === '2';
  trace.phases.enter('tls');
  const name = tlsNameOf(trace.url.hostname, options.tls);
  const secure = await handshake(socket, name, {
    tls: options.tls,
    alpn: isHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    signal: options.deadline.signal,
  });
  // The handshake is over here: looking at the certificate is our own time, not the server's.
  trace.phases.enter('request');
  refuseUntrusted(secure, name, trace, options);
  if (!isHttp2) return openHttp1(secure);
  if (secure.alpnProtocol === 'h2') return openHttp2(secure, trace.url);
  secure.destroy();
  throw new ProbeFailure('protocol-error', 'the server does not offer HTTP/2 (ALPN)');
}

/** Nothing, credentials least of all, goes to a server that cannot prove who it is. */
function refuseUntrusted(secure: TLSSocket, name: string, trace: HopTrace, options: ConnectOptions): void {
  const described = describeTls(secure, name, { nowMs: options.clock.wallMs(), ca: options.tls?.ca });
  trace.tls = described.summary;
  if (described.trusted) return;
  secure.destroy();
  const leaf = described.summary.chain[0];
  const until = leaf === undefined ? '' : `, valid until ${new Date(leaf.notAfterMs).toISOString()}`;
  throw new ProbeFailure(
    'tls-failed',
    `the certificate of ${name} is not trusted: ${described.summary.problems.join(', ')} (${leaf?.subject ?? 'none served'}${until})`,
  );
}

async function withLimit<T>(options: ConnectOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = startDeadline(
    options.clock,
    options.clock.monotonicMs() + options.phaseLimitMs,
    options.deadline.signal,
  );
  try {
    return await work(limit.signal);
  } finally {
    limit.stop();
  }
}
