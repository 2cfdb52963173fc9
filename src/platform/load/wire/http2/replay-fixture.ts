import { Writable } from 'node:stream';
import type { Socket } from 'node:net';
import type { Exchange, LoadConnection } from '../types.ts';
import { encodeRequest } from './encode-request.ts';
import { readFrames } from './frame-reader.ts';
import { settings } from './frames-fixture.ts';
import { createFrameHandlers } from './incoming.ts';
import { sendRequest } from './outgoing.ts';
import { createState } from './state.ts';

export interface Replay {
  /** What the engine was told, in order. */
  told: string[];
  /** Reads these bytes as one callback of the socket would. Their buffer may be overwritten afterwards. */
  feed(bytes: Buffer): void;
  /** Places that are taken, buffers that are held: what must stay bounded whatever a server sends. */
  heldBytes(): number;
}

/** A connection whose reads are cut by the test, with requests under way: what it writes goes nowhere. */
export function replay(requests: number, wants: Partial<Exchange> = {}): Replay {
  const told: string[] = [];
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const socket = Object.assign(nowhere, { destroySoon: () => undefined }) as unknown as Socket;
  const connection = {} as LoadConnection;
  const names = new Map<Exchange, number>();
  const state = createState({
    connection,
    socket,
    options: {
      address: '127.0.0.1',
      port: 80,
      authority: 'shop.test',
      tls: null,
      connectTimeoutMs: 1_000,
      keepAlive: true,
      maxBodyBytes: 100_000,
    },
    events: {
      onOpen: () => undefined,
      onResponse(_, exchange, response) {
        const { status, bodyBytes } = response;
        const cookies = response.headers('set-cookie').join();
        told.push(
          `${names.get(exchange)} ${status} ${bodyBytes} ${response.body()?.toString('latin1')} ${cookies}`,
        );
      },
      onFailure: (_, exchange, kind, detail) => told.push(`${names.get(exchange)} ${kind} ${detail}`),
      onRetry: (_, exchange) => told.push(`${names.get(exchange)} retry`),
      onClose: () => undefined,
    },
  });
  const handlers = createFrameHandlers(state);
  state.stage = 'greeting';
  const greeting = settings();
  readFrames(state.reader, greeting, greeting.length, handlers);
  const encoded = encodeRequest({ method: 'GET', path: '/', headers: [], body: null }, 'shop.test', {
    tls: false,
  });
  for (let index = 0; index < requests; index += 1) {
    const exchange = { headOnly: false, wantsHead: true, wantsBody: true, onEvent: null, ...wants };
    names.set(exchange, index);
    sendRequest(state, encoded, exchange);
  }
  return {
    told,
    feed: (bytes) => readFrames(state.reader, bytes, bytes.length, handlers),
    heldBytes: () => state.reader.carry.length + state.block.bytes.length,
  };
}
