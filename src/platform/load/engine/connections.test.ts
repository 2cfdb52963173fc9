import { afterEach, describe, expect, it } from 'vitest';
import { arrivals, atOnce, stepFixture, users } from '../../../core/load/plan-fixture.ts';
import { planOf } from './test-support/plan.ts';
import { runWorkers, sumsOf } from './test-support/run-workers.ts';
import { type CountingServer, countingServer } from './test-support/servers.ts';

const servers: CountingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(...[answer]: Parameters<typeof countingServer>): Promise<CountingServer> {
  const server = await countingServer(answer);
  servers.push(server);
  return server;
}

describe('connections', () => {
  it('are as many as users of a closed model, each used again and again', async () => {
    const server = await serve((_request, response) => response.end());
    const { total } = await runWorkers(planOf([server.port], { model: users(9, 600) }));
    expect(server.connections).toBe(9);
    expect(total.opened).toBe(9);
    expect(server.urls.length).toBeGreaterThan(9);
  });

  it('stay below the cap, which all workers share', async () => {
    const server = await serve((_request, response) => setTimeout(() => response.end(), 30));
    await runWorkers(planOf([server.port], { model: atOnce(60), limits: { maxConnections: 5 } }), {
      workers: 2,
    });
    expect(server.urls).toHaveLength(60);
    expect(server.peak).toBeLessThanOrEqual(5);
  });

  it('serve who waits in the order of the intended times', async () => {
    const server = await serve((_request, response) => response.end());
    const steps = [stepFixture('/{{$user}}', { name: 'one' })];
    await runWorkers(planOf([server.port], { model: atOnce(40), steps, limits: { maxConnections: 1 } }));
    expect(server.urls).toEqual(Array.from({ length: 40 }, (_, number) => `/${number}`));
  });

  it('are one for each request without keep-alive', async () => {
    const server = await serve((_request, response) => response.end());
    const model = {
      kind: 'iterations',
      users: 3,
      iterations: 5,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    const { total } = await runWorkers(planOf([server.port], { model, limits: { keepAlive: false } }));
    expect(sumsOf(total)).toMatchObject({ sent: 15, succeeded: 15 });
    expect(server.connections).toBe(15);
    expect(total.closedByServer).toBe(0);
  });

  it('are opened again when the server closes them, and that is no error', async () => {
    const server = await serve((_request, response) => response.setHeader('connection', 'close').end());
    const model = {
      kind: 'iterations',
      users: 3,
      iterations: 5,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    const { total } = await runWorkers(planOf([server.port], { model }));
    expect(sumsOf(total)).toMatchObject({ sent: 15, succeeded: 15, failed: 0 });
    expect(total.closedByServer).toBeGreaterThanOrEqual(12);
  });

  it('broken before an answer: what may be sent again is, the rest has failed', async () => {
    const seen = new WeakMap<object, number>();
    const server = await serve((request, response) => {
      const count = (seen.get(request.socket) ?? 0) + 1;
      seen.set(request.socket, count);
      // The second request of each connection meets its end.
      if (count === 2) request.socket.destroy();
      else response.end();
    });
    const model = {
      kind: 'iterations',
      users: 1,
      iterations: 10,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    const safe = await runWorkers(planOf([server.port], { model }));
    expect(sumsOf(safe.total)).toMatchObject({ sent: 10, succeeded: 10 });
    const unsafe = await runWorkers(
      planOf([server.port], { model, steps: [stepFixture('/', { method: 'POST', body: 'x' })] }),
    );
    expect(sumsOf(unsafe.total)).toMatchObject({ sent: 10, succeeded: 5, failed: 5 });
    expect(unsafe.total.endpoints[0]?.failed).toEqual({ reset: 5 });
  });

  it('of an origin that nobody waits for make room for another one', async () => {
    const first = await serve((_request, response) => response.end());
    const second = await serve((_request, response) => response.end());
    const model = {
      kind: 'iterations',
      users: 2,
      iterations: 3,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    const steps = [stepFixture('/one'), stepFixture('/two', { origin: 1 })];
    const { total } = await runWorkers(
      planOf([first.port, second.port], { model, steps, limits: { maxConnections: 1 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 12, succeeded: 12 });
    expect(first.urls).toHaveLength(6);
    expect(second.urls).toHaveLength(6);
  });

  it('are handed from origin to origin where all users together may hold fewer than they would', async () => {
    const first = await serve((_request, response) => response.end());
    const second = await serve((_request, response) => response.end());
    const third = await serve((_request, response) => response.end());
    const model = {
      kind: 'iterations',
      users: 8,
      iterations: 4,
      perUser: true,
      maxDurationMs: 600_000,
    } as const;
    const steps = [
      stepFixture('/one'),
      stepFixture('/two', { origin: 1 }),
      stepFixture('/three', { origin: 2 }),
    ];
    const { total } = await runWorkers(
      planOf([first.port, second.port, third.port], { model, steps, limits: { maxConnections: 4 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 96, succeeded: 96 });
    expect(first.peak + second.peak + third.peak).toBeLessThanOrEqual(12);
  });

  it('are opened for hundreds of users without flooding the listen queue', async () => {
    const server = await serve((_request, response) => response.end());
    const think = { kind: 'fixed', ms: 50 } as const;
    const model = {
      kind: 'iterations',
      users: 400,
      iterations: 3,
      perUser: true,
      maxDurationMs: 600_000,
    } as const;
    const { total } = await runWorkers(
      planOf([server.port], { model, steps: [stepFixture('/', { think })], limits: { maxConnections: 400 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 1_200, succeeded: 1_200 });
    expect(server.connections).toBe(400);
  });

  it('go with the users who leave', async () => {
    const server = await serve((_request, response) => response.end());
    const seen: number[] = [];
    await runWorkers(planOf([server.port], { model: users(8, 600_000) }), {
      onTick({ connections, toMs }, send) {
        if (connections === 8 && seen.length === 0) {
          seen.push(8);
          send({ kind: 'change', fromMs: toMs, stages: [{ from: 2, to: 2, durationMs: 600_000 }] });
        }
        if (connections === 2 && seen.length === 1) {
          seen.push(2);
          send({ kind: 'stop', drainMs: 30_000 });
        }
      },
    });
    expect(seen).toEqual([8, 2]);
  });
});

describe('redirects', () => {
  it('are followed within the origins of the plan, as one request', async () => {
    const other = await serve((_request, response) => response.end('there'));
    const server = await serve((request, response) => {
      if (request.url === '/start/here') response.writeHead(302, { location: 'there?x=1' }).end();
      else if (request.url === '/start/there?x=1')
        response.writeHead(307, { location: `http://127.0.0.1:${other.port}/end` }).end();
      else response.writeHead(404).end();
    });
    const { total } = await runWorkers(
      planOf([server.port, other.port], {
        model: atOnce(5),
        steps: [stepFixture('/start/here', { maxRedirects: 2 })],
      }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 5, succeeded: 5, services: 5 });
    expect(other.urls).toEqual(Array.from({ length: 5 }, () => '/end'));
  });

  it('to anywhere else are refused, and nothing arrives there', async () => {
    const forbidden = await serve((_request, response) => response.end('secret'));
    const server = await serve((_request, response) =>
      response.writeHead(301, { location: `http://127.0.0.1:${forbidden.port}/` }).end(),
    );
    const { total } = await runWorkers(
      planOf([server.port], { model: atOnce(5), steps: [stepFixture('/', { maxRedirects: 5 })] }),
    );
    expect(total.endpoints[0]?.failed).toEqual({ 'redirect-refused': 5 });
    expect(forbidden.connections).toBe(0);
  });

  it('that lead round in circles end, and are plain responses where none is to be followed', async () => {
    const server = await serve((_request, response) => response.writeHead(302, { location: '/' }).end());
    const round = await runWorkers(
      planOf([server.port], { model: atOnce(2), steps: [stepFixture('/', { maxRedirects: 3 })] }),
    );
    expect(round.total.endpoints[0]?.failed).toEqual({ 'redirect-refused': 2 });
    expect(server.urls).toHaveLength(8);
    const plain = await runWorkers(planOf([server.port], { model: atOnce(2) }));
    expect(plain.total.endpoints[0]?.statuses).toEqual({ 302: 2 });
    expect(sumsOf(plain.total).succeeded).toBe(2);
  });
});

describe('deadlines', () => {
  it('end a request and its connection', async () => {
    const server = await serve(() => undefined);
    const { total } = await runWorkers(
      planOf([server.port], {
        model: atOnce(6),
        steps: [stepFixture('/', { timeoutMs: 80 })],
        limits: { maxConnections: 2 },
      }),
    );
    expect(total.endpoints[0]?.failed).toEqual({ timeout: 6 });
    expect(server.connections).toBe(6);
  });

  it('of server-sent events are their time, and the events end the step sooner', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\ndata: two\n\n');
    });
    const enough = stepFixture('/enough', { stream: { events: 2, maxMs: 30_000 } });
    const late = stepFixture('/late', { stream: { events: 9, maxMs: 60 } });
    const { total } = await runWorkers(planOf([server.port], { model: atOnce(3), steps: [enough, late] }));
    expect(sumsOf(total)).toMatchObject({ sent: 6, succeeded: 6, services: 6 });
    expect(total.closedByServer).toBe(0);
  });
});

describe('open load', () => {
  it('holds no more connections than it needs', async () => {
    const server = await serve((_request, response) => response.end());
    await runWorkers(planOf([server.port], { model: arrivals(20, 1000), limits: { maxConnections: 50 } }));
    expect(server.urls).toHaveLength(20);
    expect(server.connections).toBeLessThan(20);
  });
});
