/**
 * The truth about a schedule: a process of its own that answers after a fixed delay and notes, on the machine's monotonic
 * clock, when each request came and when its answer left. Paths under /hang/ are accepted and never answered.
 * Started by startTruthServer() of truth.ts; GET /log gives the notes.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Arrival } from './truth.ts';

const delayMs = Number(process.argv[2] ?? 50);
const arrivals: Arrival[] = [];
const connections = new WeakMap<Socket, number>();
let lastConnection = 0;

/** CLOCK_MONOTONIC on Linux, so that other processes' times can be compared. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const server = createServer({ keepAliveTimeout: 5_000 }, (request, response) => {
  const path = request.url ?? '/';
  if (path === '/log') {
    response.end(JSON.stringify(arrivals));
    return;
  }
  const arrival: Arrival = {
    path,
    connection: connections.get(request.socket) ?? 0,
    atMs: monotonicMs(),
    answeredAtMs: null,
  };
  arrivals.push(arrival);
  if (path.startsWith('/hang/')) return;
  setTimeout(() => {
    arrival.answeredAtMs = monotonicMs();
    response.end('{"ok":true}');
  }, delayMs);
});
server.on('connection', (socket) => connections.set(socket, (lastConnection += 1)));
// A hung request must end by the prober's deadline and not by ours.
server.requestTimeout = 0;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
