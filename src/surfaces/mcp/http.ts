import { randomBytes } from 'node:crypto';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { type Gate, refusalOf } from '../../runtime/http-gate.ts';
import { createServer, type ServerParts } from './server.ts';

const HOST = '127.0.0.1';
const PATH = '/mcp';
const MAX_BODY_BYTES = 1_000_000;
const MAX_CONNECTIONS = 50;
const REFUSED: Readonly<Record<number, string>> = {
  401: 'A token is needed: Authorization: Bearer …',
  403: 'This origin may not come in.',
  405: 'Only GET and POST.',
  421: 'This server answers on loopback names only.',
};

export interface HttpServer {
  url: string;
  token: string;
  close(): Promise<void>;
}

/**
 * Streamable HTTP on loopback, for clients of both eras. A page in a browser has neither the token nor our origin, and a name that was made to
 * resolve to us is not ours. Throws E_LISTEN.
 */
export async function serveOverHttp(
  parts: ServerParts,
  options: { port: number; token: string | undefined; onError: (error: Error) => void },
): Promise<HttpServer> {
  const token = options.token ?? randomBytes(32).toString('base64url');
  const gate: Gate = { token, scheme: 'http', host: HOST, allowedHosts: [] };
  const handler = createMcpHandler(() => createServer(parts), {
    onerror: options.onError,
    maxRequestBodySize: MAX_BODY_BYTES,
  });
  const fetch = (request: Request): Response | Promise<Response> => {
    const { method, headers } = request;
    const header = (name: string): string | undefined => headers.get(name) ?? undefined;
    const knock = {
      method,
      authorization: header('authorization'),
      host: header('host'),
      origin: header('origin'),
    };
    const refusal = refusalOf(knock, gate);
    if (refusal !== undefined) return refused(refusal);
    return new URL(request.url).pathname === PATH ? handler.fetch(request) : refused(404);
  };
  const server = createAdaptorServer({ fetch, hostname: HOST, createServer: createHttpServer }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options.port);
  return {
    url: `http://${HOST}:${port}${PATH}`,
    token,
    async close() {
      await handler.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function refused(status: number): Response {
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return Response.json({ error: REFUSED[status] ?? `Only ${PATH} is served.` }, { status, headers });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is taken' : reasonOf(error);
      const details = {
        address: `${HOST}:${port}`,
        reason,
        hint: 'Choose another with --port; 0 takes a free one.',
      };
      reject(new RearguardError('E_LISTEN', details, { cause: error }));
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
