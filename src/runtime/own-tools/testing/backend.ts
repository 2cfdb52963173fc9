import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a path answers. A text body is sent as it is, anything else as JSON. Default: 200 and `{}`. */
export interface Reply {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  /** Before anything is sent. */
  delayMs?: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A backend on loopback, on a free port. */
export interface Backend {
  /** Without a trailing slash. */
  url: string;
  /** By path, without the query; `*` is for all others, which answer 404 without it. May be changed at any time. */
  routes: Record<string, Reply | Handler>;
  /** `GET /api/users?page=2`, in the order of their arrival. */
  requests: string[];
  close(): Promise<void>;
}

export async function startBackend(routes: Readonly<Record<string, Reply | Handler>> = {}): Promise<Backend> {
  const ending = new AbortController();
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    backend.requests.push(`${method} ${url}`);
    const path = url.split('?', 1)[0] ?? '/';
    const route = backend.routes[path] ??
      backend.routes['*'] ?? { status: 404, body: { error: 'not found' } };
    answer(route, request, response, ending.signal).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const backend: Backend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes: { ...routes },
    requests: [],
    close() {
      ending.abort();
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return backend;
}

async function answer(
  route: Reply | Handler,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (typeof route === 'function') return route(request, response);
  const { status = 200, headers = {}, body = {}, delayMs = 0 } = route;
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}
