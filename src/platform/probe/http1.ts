import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { abortable } from './deadline.ts';
import { keepBody } from './body.ts';
import { type HttpChannel, headerMap } from './exchange.ts';
import { ProbeFailure } from './failure.ts';

/** HTTP/1.1 over a socket that is already connected (and, for https, already encrypted). */
export function openHttp1(socket: Socket): HttpChannel {
  /** Nothing of an exchange is left on the connection. */
  let isFree = true;
  let closedByPeer = false;
  socket.once('end', () => {
    closedByPeer = true;
  });

  return {
    isReusable: () => isFree && !closedByPeer && !socket.destroyed,
    destroy: () => void socket.destroy(),
    exchange(wire, { trace, maxBodyBytes, signal }) {
      isFree = false;
      trace.phases.enter('request');
      trace.httpVersion = '1.1';
      return abortable(signal, (resolve, reject) => {
        const request = httpRequest({
          // Without an agent: all that one would do for a single connection is to count it.
          createConnection: () => socket,
          method: wire.method,
          path: `${wire.url.pathname}${wire.url.search}`,
          headers: {
            host: wire.url.host,
            connection: 'keep-alive',
            ...wire.headers,
            ...(wire.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(wire.body)) }),
          },
        });
        const onFirstByte = (): void => {
          trace.phases.enter('ttfb');
          trace.phases.enter('transfer');
        };
        request.once('socket', () => socket.once('data', onFirstByte));
        request.once('finish', () => {
          if (trace.phases.current === 'request') trace.phases.enter('ttfb');
          trace.whenSent?.();
        });
        request.on('error', (error) => reject(closedEarly(error, trace.phases.current === 'transfer')));
        request.once('response', (response: IncomingMessage) => {
          const keeper = keepBody(maxBodyBytes);
          trace.status = response.statusCode ?? null;
          trace.httpVersion = response.httpVersion;
          response.on('data', (chunk: Buffer) => {
            trace.bytes += chunk.length;
            keeper.add(chunk);
          });
          response.once('error', (error) => {
            const length = response.headers['content-length'];
            const expected = length === undefined ? '' : ` of ${length}`;
            reject(
              new ProbeFailure(
                'reset',
                `the connection closed after ${trace.bytes}${expected} body bytes (${error.message})`,
              ),
            );
          });
          response.once('end', () => {
            trace.phases.finish();
            const answer = {
              status: response.statusCode ?? 0,
              headers: headerMap(response.headers),
              body: keeper.kept(),
              bodyTruncated: keeper.truncated,
            };
            // Node ends its side by now where the connection must not be used again.
            isFree = request.writableFinished && socket.writable;
            resolve(answer);
          });
        });
        request.end(wire.body);
        return () => {
          request.destroy();
          socket.destroy();
        };
      });
    },
  };
}

/** Node calls it "socket hang up"; say what it was. */
function closedEarly(error: Error, answerBegan: boolean): Error {
  if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET' || error.message !== 'socket hang up')
    return error;
  return new ProbeFailure(
    'reset',
    answerBegan
      ? 'the connection closed in the middle of the answer headers'
      : 'the connection was accepted and closed without a byte of an answer',
  );
}
