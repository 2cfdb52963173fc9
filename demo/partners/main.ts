import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../control.ts';
import type { FaultName } from '../faults.ts';
import { answerTimes } from './answer-times.ts';

let faults: ReadonlySet<FaultName> = new Set();

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});

/** What the shop buys from others: payments, the ranking of search results, and delivery. */
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request);
  switch (`${request.method} ${request.url}`) {
    case 'POST /v1/charges':
      await wait(answerTimes.chargeMs(Math.random()));
      return answer(response, 201, { reference: randomUUID(), status: 'captured' });
    case 'POST /v1/delivery-times': {
      await wait(answerTimes.deliveryMs);
      const days = (body['ids'] as number[]).map((id) => [id, 1 + (id % 5)]);
      return answer(response, 200, { days: Object.fromEntries(days) as unknown });
    }
    case 'POST /v1/ranking': {
      await wait(answerTimes.rankMs(Math.random(), faults.has('slow-tail')));
      return answer(response, 200, { ids: body['ids'] });
    }
    default:
      return answer(response, 404, { error: 'not found' });
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

serve<null, { port: number }>({
  async start() {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port };
  },
  setFaults: (names) => void (faults = names),
  async stop() {
    server.close();
    server.closeAllConnections();
  },
});
