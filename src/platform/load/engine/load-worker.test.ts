import { afterEach, describe, expect, it } from 'vitest';
import { arrivals, atOnce, stepFixture, users } from '../../../core/load/plan-fixture.ts';
import { planOf } from './test-support/plan.ts';
import { runWorkers, sumsOf } from './test-support/run-workers.ts';
import { type CountingServer, countingServer } from './test-support/servers.ts';

let server: CountingServer;
afterEach(() => server.close());

describe('what a controller says', () => {
  it('stop: what is under way ends well, and nothing begins any more', async () => {
    const held: (() => void)[] = [];
    let isStopped = false;
    server = await countingServer((_request, response) => {
      if (isStopped) response.writeHead(500).end();
      else held.push(() => response.end('drained'));
    });
    const { total } = await runWorkers(planOf([server.port], { model: users(4, 60_000) }), {
      onTick(_tick, send) {
        if (held.length < 4 || isStopped) return;
        isStopped = true;
        send({ kind: 'stop', drainMs: 30_000 });
        for (const end of held) end();
      },
    });
    expect(sumsOf(total)).toMatchObject({ sent: 4, succeeded: 4, cancelled: 0 });
    expect(server.urls).toHaveLength(4);
  });

  it('stop: what does not end in time is given up, and thinkers do not wait', async () => {
    server = await countingServer((request, response) => {
      if (request.url === '/first') response.end();
    });
    const steps = [stepFixture('/first', { think: { kind: 'fixed', ms: 60_000 } }), stepFixture('/never')];
    const hanging = [stepFixture('/never')];
    const thinking = await runWorkers(planOf([server.port], { model: atOnce(5), steps }), {
      onTick: (_tick, send) => send({ kind: 'stop', drainMs: 30_000 }),
    });
    expect(thinking.total.sessions).toMatchObject({ begun: 5, ended: 5 });
    const hung = await runWorkers(planOf([server.port], { model: atOnce(5), steps: hanging }), {
      onTick: (_tick, send) => send({ kind: 'stop', drainMs: 10 }),
    });
    expect(sumsOf(hung.total)).toMatchObject({ sent: 5, cancelled: 5, censored: 5, responses: 0 });
  });

  it('change: another rate from a moment on, to its own end', async () => {
    server = await countingServer((_request, response) => response.end());
    const { total } = await runWorkers(planOf([server.port], { model: arrivals(10, 600_000) }), {
      workers: 2,
      onTick(_tick, send, ticks) {
        if (ticks !== 1) return;
        send({ kind: 'change', fromMs: 3_000, stages: [{ from: 200, to: 200, durationMs: 500 }] });
      },
    });
    // Thirty in the first three seconds, as planned, and a hundred in the half second after them.
    expect(total.sessions.asked).toBe(130);
    expect(server.urls).toHaveLength(130);
  });

  it('pause: nobody comes until then, who waits goes on waiting', async () => {
    server = await countingServer((_request, response) => response.end());
    const run = await runWorkers(planOf([server.port], { model: arrivals(100, 3_300) }), {
      onTick(_tick, send, ticks) {
        if (ticks === 1) send({ kind: 'pause', untilMs: 3_000 });
      },
    });
    expect(run.ticks.some(({ pausedUntilMs }) => pausedUntilMs === 3_000)).toBe(true);
    expect(run.total.sessions.asked).toBeGreaterThanOrEqual(30);
    expect(run.total.sessions.asked).toBeLessThan(330);
    expect(run.total.sessions.ended).toBe(run.total.sessions.asked);
  });

  it.each([
    // A second as planned, then half a second of half of it on average.
    ['arrivals', arrivals(400, 600_000), 400, 600],
    ['users', users(5, 600_000), 5, Infinity],
  ])('ramp down: fewer %s, then none, and the worker ends', async (_name, model, least, most) => {
    server = await countingServer((_request, response) => response.end());
    const run = await runWorkers(planOf([server.port], { model }), {
      onTick(_tick, send, ticks) {
        if (ticks === 1) send({ kind: 'ramp-down', fromMs: 1_000, overMs: 500 });
      },
    });
    const { asked, begun, ended } = run.total.sessions;
    expect(run.failed).toBeNull();
    expect(ended).toBe(begun);
    expect(asked).toBeGreaterThanOrEqual(least);
    expect(asked).toBeLessThan(most);
  });

  it('nothing any more: it stops by itself and says so', async () => {
    server = await countingServer((_request, response) => response.end());
    const run = await runWorkers(planOf([server.port], { model: users(1, 600_000) }), { alive: false });
    expect(run.failed).toContain('not heard');
    expect(run.total).toMatchObject({ inFlight: 0 });
  });
});

describe('what a worker says', () => {
  it('until when the server wants peace', async () => {
    server = await countingServer((_request, response) =>
      response.writeHead(429, { 'retry-after': '30' }).end(),
    );
    const run = await runWorkers(planOf([server.port], { model: atOnce(3) }));
    expect(run.ticks[0]?.pausedUntilMs).toBeGreaterThan(25_000);
    expect(run.total.endpoints[0]?.failed).toEqual({ 'status-429': 3 });
    const deaf = await runWorkers(
      planOf([server.port], { model: atOnce(3), limits: { honourRetryAfter: false } }),
    );
    expect(deaf.ticks.every(({ pausedUntilMs }) => pausedUntilMs === null)).toBe(true);
  });

  it('which requests are worth showing: some slow ones, and the first failures with what was said', async () => {
    server = await countingServer((request, response) => {
      if (request.url === '/bad') response.writeHead(500).end(`broken ${'x'.repeat(900)}`);
      else response.end();
    });
    const steps = [stepFixture('/good'), stepFixture('/bad')];
    const { exemplars } = await runWorkers(
      planOf([server.port], { model: atOnce(200), steps }, { tracedShare: 1 }),
    );
    expect(exemplars.length).toBeLessThanOrEqual(100);
    const bad = exemplars.filter(({ failure }) => failure === 'status-5xx');
    expect(bad).toHaveLength(2);
    expect(bad[0]).toMatchObject({ endpoint: 'GET /bad', status: 500 });
    expect(bad[0]?.body).toHaveLength(500);
    expect(bad[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(exemplars.some(({ endpoint, failure }) => endpoint === 'GET /good' && failure === null)).toBe(
      true,
    );
  });

  it('how long the server says it took, of traced requests', async () => {
    const traced: unknown[] = [];
    server = await countingServer((request, response) => {
      if (request.headers.traceparent !== undefined) traced.push(request.headers.traceparent);
      response.setHeader('server-timing', 'db;dur=2, total;dur=5').end();
    });
    const { total } = await runWorkers(planOf([server.port], { model: atOnce(400) }, { tracedShare: 0.5 }));
    const [endpoint] = total.endpoints;
    expect(new Set(traced).size).toBe(traced.length);
    expect(traced.length).toBeGreaterThan(100);
    expect(traced.length).toBeLessThan(300);
    expect(endpoint?.serverTiming.counts).toEqual([traced.length]);
  });

  it('that a plan cannot be run', async () => {
    server = await countingServer((_request, response) => response.end());
    const steps = [stepFixture('/{{unknown}}')];
    const posted: unknown[] = [];
    const { createLoadWorker } = await import('./load-worker.ts');
    createLoadWorker((message) => posted.push(message)).receive({
      kind: 'prepare',
      plan: planOf([server.port], { model: atOnce(1), steps }),
      worker: 0,
      workers: 1,
      origins: [{ url: `http://127.0.0.1:${server.port}`, address: '127.0.0.1', port: server.port }],
      variables: {},
    });
    expect(posted).toMatchObject([{ kind: 'failed', worker: 0 }]);
  });
});

describe('sessions', () => {
  it('do their steps in order, with time to think between', async () => {
    server = await countingServer((_request, response) => response.end());
    const think = { kind: 'uniform', fromMs: 1, toMs: 20 } as const;
    const steps = ['a', 'b', 'c'].map((name) => stepFixture(`/${name}/{{$user}}`, { name, think }));
    await runWorkers(
      planOf([server.port], { model: atOnce(30), begin: [stepFixture('/login/{{$user}}')], steps }),
    );
    const bySession = new Map<string, string[]>();
    for (const url of server.urls) {
      const [, name = '', number = ''] = url.split('/');
      bySession.set(number, [...(bySession.get(number) ?? []), name]);
    }
    expect(bySession.size).toBe(30);
    for (const names of bySession.values()) expect(names).toEqual(['login', 'a', 'b', 'c']);
  });

  it('log in once for each user, again only after a log-in that failed', async () => {
    let logins = 0;
    server = await countingServer((request, response) => {
      if (request.url === '/login') logins += 1;
      response.writeHead(request.url === '/login' && logins <= 2 ? 500 : 200).end();
    });
    const model = {
      kind: 'iterations',
      users: 1,
      iterations: 6,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    await runWorkers(
      planOf([server.port], { model, begin: [stepFixture('/login')], steps: [stepFixture('/page')] }),
    );
    expect(server.urls).toEqual(['/login', '/login', '/login', '/page', '/page', '/page', '/page']);
  });

  it('of few users still show the weights of the scenarios', async () => {
    server = await countingServer((_request, response) => response.end());
    const model = {
      kind: 'iterations',
      users: 2,
      iterations: 500,
      perUser: true,
      maxDurationMs: 60_000,
    } as const;
    const plan = planOf([server.port], { model });
    const scenarios = [
      { name: 'often', weight: 3, begin: [], steps: [stepFixture('/often')] },
      { name: 'seldom', weight: 1, begin: [], steps: [stepFixture('/seldom')] },
    ];
    await runWorkers({ ...plan, scenarios });
    const often = server.urls.filter((url) => url === '/often').length;
    expect(often / server.urls.length).toBeGreaterThan(0.7);
    expect(often / server.urls.length).toBeLessThan(0.8);
  });
});
