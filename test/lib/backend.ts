import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Backend {
  url: string;
  /** Turns /switched from failing to answering and back. */
  setHealthy(healthy: boolean): void;
  /** Headers of every request so far. */
  seen: IncomingMessage['headers'][];
  close(): Promise<void>;
}

/** A real backend on a free port: /ok answers, /broken fails, /switched does what it is told, /slow takes half a second. */
export async function startBackend(
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<Backend> {
  let healthy = false;
  const seen: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (answer?.(request, response) === true) return;
    const url = request.url ?? '/';
    const fails = url.startsWith('/broken') || (url.startsWith('/switched') && !healthy);
    setTimeout(
      () => {
        response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ status: fails ? 'broken' : 'fine' }));
      },
      url.startsWith('/slow') ? 500 : 1,
    );
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setHealthy(value) {
      healthy = value;
    },
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port where nobody listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

/** A config for these endpoints that measures little, so that a test takes a second or two. */
export function configFor(
  baseUrl: string,
  endpoints: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    targets: { shop: { baseUrl } },
    tools: {
      'api-health-monitor': {
        endpoints,
        interval: '1s',
        timeout: '2s',
        // Enough that some stay usable on a busy machine.
        round: { samples: 40, maxRatePerSecond: 200, maxRatePerEndpoint: 40 },
      },
    },
    ...more,
  });
}
