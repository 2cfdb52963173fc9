import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { EndpointMeasure } from '../../../core/load/measure.ts';
import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import { systemClock } from '../../clock.ts';
import { createNetGuard } from '../../net-guard.ts';
import { createSameThreadBus } from '../bus/same-thread.ts';
import { createLoadGenerator } from '../generator.ts';
import { packFeeder } from './feeder-file.ts';
import { loadPlan, plannedScenario, plannedStep } from './session-fixture.ts';

const USERS = 6;
const ROUNDS = 5;

/**
 * A shop that forgives nothing: a log-in that redirects and sets a cookie, a page with a token for one use, an order that must carry
 * cookie and token, with a key that never comes twice.
 */
async function openShop(): Promise<{ url: string; ordered: string[]; close: () => Promise<void> }> {
  const tokens = new Map<string, string>();
  const keys = new Set<string>();
  const ordered: string[] = [];
  let visitors = 0;
  const answer = (response: ServerResponse, status: number, body = '', fields = {}): void => {
    response.writeHead(status, fields).end(body);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const session = /(?:^|; )sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const body = await text(request);
    switch (`${request.method} ${request.url?.split('?')[0]}`) {
      case 'POST /login': {
        visitors += 1;
        const cookie = `sid=s${visitors}; Path=/; HttpOnly; Secure`;
        const known = /^user=u%40\d+&password=p%26q$/.test(body);
        return known
          ? answer(response, 303, '', { location: '/home', 'set-cookie': [cookie, 'theme=dark; Path=/none'] })
          : answer(response, 401);
      }
      case 'GET /home':
        return answer(response, session === '' || request.headers.cookie !== `sid=${session}` ? 403 : 200);
      case 'GET /form': {
        const token = `${session}-"${tokens.size}\\`;
        tokens.set(session, token);
        return answer(response, 200, JSON.stringify({ form: { csrf: token } }));
      }
      case 'POST /orders': {
        const order = JSON.parse(body) as { csrf: string; item: string; quantity: number };
        const key = String(request.headers['idempotency-key']);
        const isFine = tokens.get(session) === order.csrf && !keys.has(key) && order.quantity >= 1;
        keys.add(key);
        tokens.delete(session);
        ordered.push(order.item);
        return answer(response, isFine ? 201 : 409, '', { location: `/orders/${keys.size} new` });
      }
      default:
        return answer(response, /^\/orders\/\d+%20new$/.test(request.url ?? '') ? 200 : 404, 'ok');
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ordered,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const status = (expected: number) => [
  { kind: 'status' as const, ranges: [{ from: expected, to: expected }] },
];
const json: readonly [string, string] = ['content-type', 'application/json'];

it('sessions log in, correlate and order as people do, over several workers', async () => {
  const shop = await openShop();
  const items = Array.from({ length: USERS * ROUNDS }, (_, row) => [`"tea" no. ${row}`]);
  const plan = loadPlan(
    {
      origins: [{ url: shop.url, protocol: 'http/1.1' }],
      model: { kind: 'iterations', users: USERS, iterations: ROUNDS, perUser: true, maxDurationMs: 60_000 },
      variables: { password: 'p&q' },
      feeders: [await packFeeder('items', ['item'], items, 'shuffled')],
      scenarios: [
        plannedScenario({
          begin: [
            plannedStep({
              name: 'login',
              method: 'POST',
              path: '/login',
              headers: [['content-type', 'application/x-www-form-urlencoded']],
              body: 'user=u%40{{$user}}&password={{password}}',
              maxRedirects: 1,
              timeoutMs: 30_000,
              checks: status(200),
            }),
          ],
          steps: [
            plannedStep({
              name: 'form',
              path: '/form',
              timeoutMs: 30_000,
              extract: [{ variable: 'csrf', from: 'json', path: '$.form.csrf', pick: 'first' }],
            }),
            plannedStep({
              name: 'order',
              method: 'POST',
              path: '/orders?by={{item}}',
              headers: [json, ['idempotency-key', '{{$uuid}}']],
              body: '{"csrf":"{{csrf}}","item":"{{item}}","quantity":{{$int 1 9}}}',
              timeoutMs: 30_000,
              checks: status(201),
              extract: [{ variable: 'made', from: 'header', name: 'location' }],
            }),
            plannedStep({
              name: 'look',
              path: '{{made | raw}}',
              timeoutMs: 30_000,
              checks: [{ kind: 'body-contains', text: 'ok' }],
            }),
          ],
        }),
      ],
    },
    true,
  );
  const guard = createNetGuard({ allowHosts: [] });
  const generator = createLoadGenerator({ guard, clock: systemClock, bus: createSameThreadBus() });
  const run = await generator.start(plan, {
    signal: new AbortController().signal,
    workers: 3,
    confirmed: [],
  });
  const ticks = [];
  for await (const tick of run.ticks) ticks.push(tick);
  await run.outcome;
  await shop.close();

  const counts = ({ name, succeeded, failed }: EndpointMeasure): unknown => [name, succeeded, failed];
  const rounds = USERS * ROUNDS;
  expect(mergeInTime(ticks).endpoints.map(counts)).toEqual([
    ['login', USERS, {}],
    ['form', rounds, {}],
    ['order', rounds, {}],
    ['look', rounds, {}],
  ]);
  expect(shop.ordered.sort()).toEqual(items.flat().sort());
});
