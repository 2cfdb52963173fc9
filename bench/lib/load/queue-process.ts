/**
 * The process of a server of known capacity: so many places, each busy for one service time, first come first served. Ends are reckoned
 * from when a place became free, not from when a timer was noticed, so that a late timer makes one answer late and no capacity lost.
 */
import { createServer, type Socket } from 'node:net';

const [places = 1, serviceMs = 10] = process.argv.slice(2).map(Number);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
);

const freeAtMs = new Float64Array(places);

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    for (let end = data.indexOf(END_OF_HEAD); end >= 0; end = data.indexOf(END_OF_HEAD, end + 4))
      serve(socket);
  });
});

function serve(socket: Socket): void {
  const nowMs = performance.now();
  let first = 0;
  for (let place = 1; place < places; place += 1) {
    if (freeAtMs[place]! < freeAtMs[first]!) first = place;
  }
  const endMs = Math.max(nowMs, freeAtMs[first]!) + serviceMs;
  freeAtMs[first] = endMs;
  setTimeout(() => socket.writable && socket.write(ANSWER), endMs - nowMs);
}

process.on('disconnect', () => process.exit());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
