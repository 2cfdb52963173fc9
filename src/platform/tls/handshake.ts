import { isIP, type Socket } from 'node:net';
import { connect, DEFAULT_CIPHERS, type TLSSocket } from 'node:tls';
import { abortable } from '../probe/deadline.ts';
import type { StopSignal } from '../probe/stop-signal.ts';
import type { TlsOptions } from '../probe/types.ts';

/** The name a certificate must carry: SNI too, unless it is an address. */
export function tlsNameOf(host: string, options: TlsOptions | undefined): string {
  return options?.serverName ?? host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** OpenSSL's level 1, whatever level this Node starts with: a weak key is to be described, not to end the handshake. */
const CIPHERS = `${DEFAULT_CIPHERS}:@SECLEVEL=1`;

/**
 * TLS over a connected socket, always a full handshake. Completes with an untrusted certificate too, so that it can be
 * described; whoever calls decides, and sends nothing before. Rejects with what the wire did, or the signal's reason.
 */
export function handshake(
  socket: Socket,
  name: string,
  options: { tls: TlsOptions | undefined; alpn?: readonly string[]; signal: StopSignal },
): Promise<TLSSocket> {
  const { ca, cert, key } = options.tls ?? {};
  return abortable(options.signal, (resolve, reject) => {
    const secure = connect({
      socket,
      host: name,
      rejectUnauthorized: false,
      ciphers: CIPHERS,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
    });
    secure.once('secureConnect', () => resolve(secure));
    secure.on('error', reject);
    return () => {
      secure.destroy();
      socket.destroy();
    };
  });
}
