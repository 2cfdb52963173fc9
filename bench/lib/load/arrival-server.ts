/** The process of a server that writes down when each request came, and for what. */
import { createServer } from 'node:http';

export interface ArrivalAccount {
  /** performance.now() of this process. */
  atMs: number[];
  paths: string[];
}

let account: ArrivalAccount = { atMs: [], paths: [] };

const server = createServer((request, response) => {
  account.atMs.push(performance.now());
  account.paths.push(request.url ?? '');
  response.setHeader('content-type', 'application/json').end('{}');
});

process.on('message', () => {
  process.send?.(account);
  account = { atMs: [], paths: [] };
});
process.on('disconnect', () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
