import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What a service does with a request: status and body of its answer; undefined where it has nothing. */
export type JsonHandler = (
  body: Readonly<Record<string, unknown>>,
) => Promise<JsonAnswer | undefined> | JsonAnswer | undefined;

export interface JsonAnswer {
  status: number;
  body: unknown;
}

/** A small JSON service from handlers by `METHOD /path`; what throws cuts the connection. */
export function jsonService(handlers: Readonly<Record<string, JsonHandler>>): RequestListener {
  return (request, response) => {
    respond(handlers, request, response).catch(() => response.destroy());
  };
}

async function respond(
  handlers: Readonly<Record<string, JsonHandler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
  const found = await handlers[`${request.method} ${request.url}`]?.(body);
  const { status, body: answer } = found ?? { status: 404, body: { error: 'not found' } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
