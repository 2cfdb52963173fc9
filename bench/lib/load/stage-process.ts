/** The process of a stage server: HTTP/1.1 over bare sockets, so that it is quick after it was frozen, and costs little beside a generator. */
import { createServer, type Socket } from 'node:net';

export type StageOrder =
  /** Everything stands still for `forMs` in every `everyMs`, the first time after `afterMs`; until the next order. */
  | { kind: 'freeze'; afterMs: number; forMs: number; everyMs: number }
  /** From now on every answer has this status and sends on to this place. */
  | { kind: 'answer'; status: number; location?: string }
  /** From now on every answer takes so long. */
  | { kind: 'delay'; ms: number }
  /** After `afterMs`: every answer is 500. */
  | { kind: 'storm'; afterMs: number }
  | { kind: 'account' };

export interface StageAccount {
  connections: number;
  requests: number;
  /** Requests in each 100 ms, with the beginning of it in epoch milliseconds; those without are left out. */
  bins: readonly { atMs: number; requests: number }[];
  /** Epoch milliseconds; null: no request came, there was no storm. */
  lastAtMs: number | null;
  stormAtMs: number | null;
}

const BIN_MS = 100;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

let answer = answerOf(200);
let delayMs = 0;
let connections = 0;
let lastAtMs: number | null = null;
let stormAtMs: number | null = null;
let bins = new Map<number, number>();
let timers: NodeJS.Timeout[] = [];

function answerOf(status: number, location?: string): Buffer {
  const fields = location === undefined ? '' : `location: ${location}\r\n`;
  return Buffer.from(`HTTP/1.1 ${status} Stage\r\n${fields}content-length: 2\r\n\r\n{}`);
}

const server = createServer({ noDelay: true }, (socket) => {
  connections += 1;
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    let requests = 0;
    for (let end = data.indexOf(END_OF_HEAD); end >= 0; end = data.indexOf(END_OF_HEAD, end + 4))
      requests += 1;
    lastAtMs = Date.now();
    const bin = Math.floor(lastAtMs / BIN_MS);
    bins.set(bin, (bins.get(bin) ?? 0) + requests);
    for (let sent = 0; sent < requests; sent += 1) reply(socket);
  });
});

function reply(socket: Socket): void {
  if (delayMs === 0) socket.write(answer);
  else setTimeout(() => socket.writable && socket.write(answer), delayMs);
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

process.on('message', (order: StageOrder) => {
  switch (order.kind) {
    case 'freeze': {
      const { afterMs, forMs, everyMs } = order;
      for (const timer of timers) clearTimeout(timer);
      timers = [
        setTimeout(() => {
          // Before the first standstill, so that the next one does not begin late.
          timers.push(setInterval(() => standStill(forMs), everyMs));
          standStill(forMs);
        }, afterMs),
      ];
      break;
    }
    case 'answer':
      answer = answerOf(order.status, order.location);
      break;
    case 'delay':
      delayMs = order.ms;
      break;
    case 'storm':
      setTimeout(() => {
        stormAtMs = Date.now();
        answer = answerOf(500);
      }, order.afterMs);
      break;
    case 'account':
    default: {
      const account: StageAccount = {
        connections,
        requests: [...bins.values()].reduce((sum, requests) => sum + requests, 0),
        bins: [...bins].map(([bin, requests]) => ({ atMs: bin * BIN_MS, requests })),
        lastAtMs,
        stormAtMs,
      };
      connections = 0;
      lastAtMs = null;
      bins = new Map();
      process.send?.(account);
    }
  }
});
process.on('disconnect', () => process.exit());

server.listen({ port: 0, host: process.argv[2], backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
