import { Agent, type IncomingMessage, request as send, type ServerResponse } from 'node:http';

/** They belong to one connection (RFC 9110, section 7.6.1), and there are two here. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const agent = new Agent({ keepAlive: true });

/** Hands a request to another server on loopback, and its answer back: what a reverse proxy does. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: { port: number; path: string },
): void {
  const upstream = send(
    {
      host: '127.0.0.1',
      port: to.port,
      path: to.path,
      ...(request.method === undefined ? {} : { method: request.method }),
      headers: endToEnd(request.headers),
      agent,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      answer.pipe(response);
    },
  );
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'content-type': 'application/json' }).end('{"error":"bad gateway"}');
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
