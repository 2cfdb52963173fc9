import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { abortable } from './deadline.ts';
import { keepBody } from './body.ts';
import { type HttpChannel, headerMap } from './exchange.ts';
import { ProbeFailure } from './failure.ts';

/** HTTP/1.1 over a socket that is already connected (and, for https, already encrypted). */
export function openHttp1(socket: Socket): HttpChannel {
  // An agent with exactly one connection: it knows when an answer left the socket fit for another request.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
  (agent as Agent & { createConnection: () => Socket }).createConnection = () => socket;
  let used = false;
  let closedByPeer = false;
  socket.once('end', () => {
    closedByPeer = true;
  });

  return {
    isReusable: () =>
      !closedByPeer &&
      !socket.destroyed &&
      (!used || Object.values(agent.freeSockets).some((free) => free?.includes(socket))),
    destroy() {
      agent.destroy();
      socket.destroy();
    },
    exchange(wire, { trace, maxBodyBytes, signal }) {
      used = true;
      trace.phases.enter('request');
      trace.httpVersion = '1.1';
      return abortable(signal, (resolve, reject) => {
        const request = httpRequest({
          agent,
          method: wire.method,
          path: `${wire.url.pathname}${wire.url.search}`,
          headers: {
            host: wire.url.host,
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
            // The socket is given back to the agent in the next tick; ours comes after it.
            process.nextTick(() => resolve(answer));
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
