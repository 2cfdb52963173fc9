import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { openSocket, type OpenOptions } from '../tcp/open-socket.ts';
import { describeTls } from '../tls/describe.ts';
import { handshake, tlsNameOf } from '../tls/handshake.ts';
import { untrustedMessage } from '../tls/untrusted.ts';
import type { HttpChannel } from './exchange.ts';
import { ProbeFailure } from './failure.ts';
import type { HopTrace } from './hop-trace.ts';
import { openHttp1 } from './http1.ts';
import { openHttp2 } from './http2.ts';
import type { HttpProbePlan, TlsOptions } from './types.ts';

export interface ConnectOptions extends Omit<OpenOptions, 'phases'> {
  plan: Pick<HttpProbePlan, 'httpVersion' | 'addressFamily' | 'resolver'>;
  tls: TlsOptions | undefined;
}

/** A fresh connection that speaks the HTTP version asked for. What it meets on the way goes into `trace`. */
export async function openConnection(trace: HopTrace, options: ConnectOptions): Promise<HttpChannel> {
  const { url, phases } = trace;
  const { plan } = options;
  const isSecure = url.protocol === 'https:';
  const destination = {
    host: url.hostname,
    port: Number(url.port) || (isSecure ? 443 : 80),
    resolver: plan.resolver,
    ...(plan.addressFamily === undefined ? {} : { addressFamily: plan.addressFamily }),
  };
  const { socket, address } = await openSocket(destination, { ...options, phases });
  trace.address = address;
  if (isSecure) return openSecurely(socket, trace, options);
  return plan.httpVersion === '2' ? openHttp2(socket, url) : openHttp1(socket);
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
  trace.phases.enter('request');
  inspectCertificate(secure, name, trace, options);
  if (!isHttp2) return openHttp1(secure);
  if (secure.alpnProtocol === 'h2') return openHttp2(secure, trace.url);
  secure.destroy();
  throw new ProbeFailure('protocol-error', 'the server does not offer HTTP/2 (ALPN)');
}

/**
 * Nothing, credentials least of all, goes to a server that cannot prove who it is. Describing a certificate that is
 * fine takes a millisecond and waits until the server is busy with the request.
 */
function inspectCertificate(secure: TLSSocket, name: string, trace: HopTrace, options: ConnectOptions): void {
  const describe = (): void => {
    if (secure.destroyed) return;
    trace.tls = describeTls(secure, name, { nowMs: options.clock.wallMs(), ca: options.tls?.ca }).summary;
  };
  if (secure.authorized) {
    trace.whenSent = describe;
    return;
  }
  describe();
  secure.destroy();
  throw new ProbeFailure(
    'tls-failed',
    trace.tls === null ? 'the certificate is not trusted' : untrustedMessage(trace.tls, name),
  );
}
