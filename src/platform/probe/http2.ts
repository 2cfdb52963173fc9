import { type ClientHttp2Session, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { keepBody } from './body.ts';
import { abortable } from './deadline.ts';
import { type HttpChannel, headerMap } from './exchange.ts';
import { ProbeFailure } from './failure.ts';

/** Fields that HTTP/2 forbids (RFC 9113, section 8.2.2); `host` becomes `:authority`. */
const CONNECTION_FIELDS = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** HTTP/2 over a connected socket: by ALPN after TLS, or with prior knowledge in clear text. */
export function openHttp2(socket: Socket, origin: URL): HttpChannel {
  const session: ClientHttp2Session = connect(origin.origin, { createConnection: () => socket });
  let goneAway = false;
  let sessionError: Error | undefined;
  session.on('goaway', () => {
    goneAway = true;
  });
  session.on('error', (error) => {
    sessionError = error;
  });

  return {
    isReusable: () => !goneAway && !session.closed && !session.destroyed,
    destroy() {
      session.destroy();
      socket.destroy();
    },
    exchange(wire, { trace, maxBodyBytes, signal }) {
      trace.phases.enter('request');
      trace.httpVersion = '2';
      return abortable(signal, (resolve, reject) => {
        const fields = Object.entries(wire.headers).filter(([name]) => !CONNECTION_FIELDS.has(name));
        const stream = session.request(
          {
            ...Object.fromEntries(fields),
            ':method': wire.method,
            ':path': `${wire.url.pathname}${wire.url.search}`,
            ':scheme': wire.url.protocol.slice(0, -1),
            ':authority': wire.headers['host'] ?? wire.url.host,
            ...(wire.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(wire.body)) }),
          },
          { endStream: wire.body === undefined },
        );
        const keeper = keepBody(maxBodyBytes);
        let headers: ReadonlyMap<string, string> | undefined;
        const written = (): void => {
          if (trace.phases.current === 'request') trace.phases.enter('ttfb');
          trace.whenSent?.();
        };
        // Without a body the request ends with its header frame, which goes out once the stream has an id.
        if (wire.body === undefined) stream.once('ready', () => setImmediate(written));
        else stream.once('finish', written);
        stream.once('response', (received) => {
          trace.phases.enter('ttfb');
          trace.phases.enter('transfer');
          trace.status = Number(received[constants.HTTP2_HEADER_STATUS]);
          headers = headerMap(received);
        });
        stream.on('data', (chunk: Buffer) => {
          trace.bytes += chunk.length;
          keeper.add(chunk);
        });
        stream.once('error', (error) => reject(explain(sessionError ?? error)));
        stream.once('end', () => {
          if (stream.rstCode === constants.NGHTTP2_NO_ERROR) trace.phases.finish();
        });
        stream.once('close', () => {
          if (headers === undefined || !stream.readableEnded) {
            reject(
              explain(
                sessionError ?? new ProbeFailure('reset', 'the server closed the stream without an answer'),
              ),
            );
            return;
          }
          trace.phases.finish();
          resolve({
            status: trace.status ?? 0,
            headers,
            body: keeper.kept(),
            bodyTruncated: keeper.truncated,
          });
        });
        if (wire.body !== undefined) stream.end(wire.body);
        return () => {
          session.destroy();
          socket.destroy();
        };
      });
    },
  };
}

/** A stream that the server gave up is a reset; a frame that breaks the rules is a protocol error. */
function explain(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_HTTP2_STREAM_ERROR' && !error.message.includes('PROTOCOL_ERROR')) {
    return new ProbeFailure('reset', error.message);
  }
  if (code === 'ERR_HTTP2_STREAM_CANCEL' || code === 'ERR_HTTP2_SESSION_ERROR') {
    return new ProbeFailure('reset', 'the connection closed before the answer was complete');
  }
  return error;
}
