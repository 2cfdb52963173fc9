import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface CountingServer {
  port: number;
  server: Server;
  /** Of each request, as it came. */
  urls: string[];
  connections: number;
  /** Open at once, at most. */
  peak: number;
  close(): Promise<void>;
}

/** A real server on a free port of loopback that counts what reaches it. */
export async function countingServer(answer: RequestListener): Promise<CountingServer> {
  const server = createServer((request, response) => {
    counting.urls.push(request.url ?? '');
    answer(request, response);
  });
  server.keepAliveTimeout = 60_000;
  const open = new Set<Socket>();
  const counting: CountingServer = {
    port: 0,
    server,
    urls: [],
    connections: 0,
    peak: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('connection', (socket) => {
    counting.connections += 1;
    open.add(socket);
    counting.peak = Math.max(counting.peak, open.size);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  counting.port = (server.address() as AddressInfo).port;
  return counting;
}
