import { afterEach, describe, expect, it } from 'vitest';
import type { LoadModel, PlannedStep } from '../../../core/load/plan.ts';
import { arrivals, atOnce, stepFixture, users } from '../../../core/load/plan-fixture.ts';
import { planOf } from './test-support/plan.ts';
import { runWorkers, sumsOf, type WorkerRun } from './test-support/run-workers.ts';
import { type CountingServer, countingServer } from './test-support/servers.ts';

/** Nothing that was asked for is forgotten, and nothing is counted twice: what each should be, beside what it is. */
function accounts({ total }: WorkerRun): { should: object; is: object } {
  const { sent, succeeded, failed, cancelled, responses, censored } = sumsOf(total);
  const { asked, begun, dropped, ended } = total.sessions;
  const { inFlight, queued } = total;
  return {
    is: { samples: responses + censored, responses, censored, asked, ended, inFlight, queued },
    should: {
      samples: sent + dropped,
      responses: succeeded + failed,
      censored: cancelled + dropped,
      asked: begun + dropped,
      ended: begun,
      inFlight: 0,
      queued: 0,
    },
  };
}

const MODELS: [string, LoadModel][] = [
  ['users', users(6, 500)],
  [
    'ramping users',
    {
      kind: 'users',
      stages: [
        { from: 0, to: 8, durationMs: 400 },
        { from: 8, to: 1, durationMs: 300 },
      ],
    },
  ],
  ['even arrivals', arrivals(300, 500)],
  ['Poisson arrivals', arrivals(300, 500, 'poisson')],
  [
    'iterations of each user',
    { kind: 'iterations', users: 4, iterations: 20, perUser: true, maxDurationMs: 60_000 },
  ],
  [
    'shared iterations',
    { kind: 'iterations', users: 4, iterations: 90, perUser: false, maxDurationMs: 60_000 },
  ],
  [
    'replay',
    {
      kind: 'replay',
      atMs: Float64Array.from({ length: 100 }, (_, index) => index * 4),
      scenario: new Uint16Array(100),
      speed: 2,
    },
  ],
];

/** Good and bad of all kinds, by the number of the request. */
const TROUBLE: PlannedStep[] = [
  stepFixture('/good'),
  stepFixture('/error'),
  stepFixture('/reset', { method: 'POST', body: 'x' }),
  stepFixture('/hangs', { timeoutMs: 60 }),
  stepFixture('/cut'),
  stepFixture('/checked', { checks: [{ kind: 'body-contains', text: 'never there' }] }),
];

describe('samples = sent + dropped', () => {
  let server: CountingServer;
  afterEach(() => server.close());

  const troubled = (): Promise<CountingServer> =>
    countingServer((request, response) => {
      if (request.url === '/error') response.writeHead(500).end('no');
      else if (request.url === '/reset') request.socket.destroy();
      else if (request.url === '/hangs') return;
      else if (request.url === '/cut')
        response.writeHead(200, { 'content-length': 99 }).write('half', () => request.socket.destroy());
      else response.end('yes');
    });

  it.each(MODELS)('%s: with errors, resets, timeouts and broken bodies', async (_name, model) => {
    server = await troubled();
    const run = await runWorkers(planOf([server.port], { model, steps: TROUBLE }));
    expect(accounts(run).is).toEqual(accounts(run).should);
    expect(run.total.sessions.begun).toBeGreaterThan(0);
    const kinds = run.total.endpoints.map(({ name, failed }) => [name, ...Object.keys(failed)]);
    expect(Object.fromEntries(kinds.map(([name, ...rest]) => [name, rest]))).toEqual({
      'GET /good': [],
      'GET /error': ['status-5xx'],
      'POST /reset': ['reset'],
      'GET /hangs': ['timeout'],
      'GET /cut': ['reset'],
      'GET /checked': ['check'],
    });
  });

  it.each(MODELS)('%s: with a queue that is too short', async (_name, model) => {
    server = await countingServer((_request, response) => setTimeout(() => response.end('late'), 20));
    const run = await runWorkers(
      planOf([server.port], { model, limits: { maxConnections: 2, maxQueued: 3 } }),
    );
    expect(accounts(run).is).toEqual(accounts(run).should);
    expect(server.urls).toHaveLength(sumsOf(run.total).sent);
    expect(server.peak).toBeLessThanOrEqual(2);
  });

  it.each(MODELS)('%s: stopped in the middle, with requests that never end', async (_name, model) => {
    server = await countingServer((_request, response) => {
      if (server.urls.length % 3 !== 0) response.end('fine');
    });
    const run = await runWorkers(planOf([server.port], { model, limits: { maxConnections: 4 } }), {
      onTick: (_tick, send) => send({ kind: 'stop', drainMs: 50 }),
    });
    expect(accounts(run).is).toEqual(accounts(run).should);
  });

  it('drops who finds no place in the queue, and says that they waited', async () => {
    server = await countingServer((_request, response) => response.end());
    const run = await runWorkers(
      planOf([server.port], { model: atOnce(50), limits: { maxConnections: 1, maxQueued: 10 } }),
    );
    expect(accounts(run).is).toEqual(accounts(run).should);
    // No connection is open when they come, so ten wait and forty are dropped.
    expect(run.total.sessions).toEqual({ asked: 50, begun: 10, dropped: 40, ended: 10 });
    expect(sumsOf(run.total).censored).toBe(40);
  });

  it('counts each request of a refused connection as failed', async () => {
    server = await countingServer((_request, response) => response.end());
    const { port } = server;
    await server.close();
    const run = await runWorkers(planOf([port], { model: atOnce(20) }));
    expect(accounts(run).is).toEqual(accounts(run).should);
    expect(run.total.endpoints[0]?.failed).toEqual({ refused: 20 });
    server = await countingServer((_request, response) => response.end());
  });

  it('splits a plan over workers without a lost or a doubled session', async () => {
    server = await countingServer((_request, response) => response.end());
    const steps = [stepFixture('/{{$user}}', { name: 'one' })];
    const run = await runWorkers(planOf([server.port], { model: arrivals(400, 500), steps }), { workers: 3 });
    expect(accounts(run).is).toEqual(accounts(run).should);
    expect(run.total.sessions.begun).toBe(200);
    const numbers = server.urls.map((url) => Number(url.slice(1))).sort((left, right) => left - right);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it('does exactly the iterations that were asked for', async () => {
    server = await countingServer((_request, response) => response.end());
    const model = { kind: 'iterations', users: 5, iterations: 7, maxDurationMs: 60_000 } as const;
    const steps = [stepFixture('/a'), stepFixture('/b')];
    const each = await runWorkers(planOf([server.port], { model: { ...model, perUser: true }, steps }));
    expect(sumsOf(each.total).sent).toBe(5 * 7 * 2);
    const shared = await runWorkers(planOf([server.port], { model: { ...model, perUser: false }, steps }), {
      workers: 2,
    });
    expect(sumsOf(shared.total).sent).toBe(7 * 2);
    expect(accounts(shared).is).toEqual(accounts(shared).should);
  });
});

describe('times', () => {
  it('are parts of each other: response and our own lag hold the service', async () => {
    const server = await countingServer((_request, response) => setTimeout(() => response.end(), 5));
    const run = await runWorkers(
      planOf([server.port], { model: arrivals(200, 400), limits: { maxConnections: 1 } }),
    );
    await server.close();
    const [endpoint] = run.total.endpoints;
    const { service, response, lag, firstByte } = endpoint!;
    expect(response.sumUnits + lag.sumUnits).toBeGreaterThanOrEqual(service.sumUnits);
    expect(service.sumUnits).toBeGreaterThanOrEqual(firstByte.sumUnits);
    // One connection and more requests than it can take: most of the time is waiting for it.
    expect(response.sumUnits).toBeGreaterThan(2 * service.sumUnits);
    expect(accounts(run).is).toEqual(accounts(run).should);
  });
});
