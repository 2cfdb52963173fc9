import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadOutcome, LoadTick } from '../../core/load/measure.ts';
import { mergeInTime } from '../../core/load/merge-ticks.ts';
import type { LoadPlan } from '../../core/load/plan.ts';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { createSameThreadBus } from './bus/same-thread.ts';
import type { LoadBus, WorkerLink } from './bus/types.ts';
import { createThreadBus } from './bus/worker-threads.ts';
import { arrivals, planFixture, stepFixture, users } from '../../core/load/plan-fixture.ts';
import { createLoadGenerator } from './generator.ts';
import type { LoadRun } from './types.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type PlanChange = Parameters<typeof planFixture>[0];

function planTo(url: string, more: PlanChange = {}): LoadPlan {
  return planFixture({ origins: [{ url, protocol: 'http/1.1' }], ...more });
}

function start(
  plan: LoadPlan,
  more: { signal?: AbortSignal; workers?: number; bus?: LoadBus } = {},
): Promise<LoadRun> {
  const { signal = new AbortController().signal, workers = 2, bus = createSameThreadBus() } = more;
  const guard = createNetGuard({ allowHosts: [] });
  const generator = createLoadGenerator({ guard, clock: systemClock, bus });
  return generator.start(plan, { signal, workers, confirmed: [] });
}

interface Finished {
  total: LoadTick | null;
  ticks: readonly LoadTick[];
  outcome: LoadOutcome;
}

async function finish(run: LoadRun, onTick: (tick: LoadTick) => void = () => undefined): Promise<Finished> {
  const ticks: LoadTick[] = [];
  for await (const tick of run.ticks) {
    ticks.push(tick);
    onTick(tick);
  }
  return { total: ticks.length === 0 ? null : mergeInTime(ticks), ticks, outcome: await run.outcome };
}

const countsOf = (tick: LoadTick | null): Record<'sent' | 'succeeded' | 'failed' | 'cancelled', number> => {
  const counts = { sent: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const { sent, succeeded, failed, cancelled } of tick?.endpoints ?? []) {
    counts.sent += sent;
    counts.succeeded += succeeded;
    counts.failed += Object.values(failed).reduce((sum, times) => sum + times, 0);
    counts.cancelled += cancelled;
  }
  return counts;
};

const once = (iterations: number): LoadPlan['model'] => ({
  kind: 'iterations',
  users: 4,
  iterations,
  perUser: false,
  maxDurationMs: 60_000,
});

/** Ends with the first tick it sends. */
function mortal(link: WorkerLink): WorkerLink {
  return {
    ...link,
    listen: ({ onMessage, onLost }) =>
      link.listen({
        onLost,
        onMessage(message) {
          onMessage(message);
          if (message.kind === 'tick') void link.close().then(() => onLost('it was killed'));
        },
      }),
  };
}

describe('load generator', () => {
  it.each([
    ['on the calling thread', createSameThreadBus],
    ['in threads', createThreadBus],
  ])('makes exactly the load of its plan, %s', async (_, bus) => {
    let seen = 0;
    const url = await serve((_request, response) => {
      seen += 1;
      response.end('{}');
    });
    const { total, outcome, ticks } = await finish(
      await start(planTo(url, { model: once(500) }), { bus: bus() }),
    );
    expect(outcome).toMatchObject({ stopReason: 'completed', stopDetail: null, workers: 2 });
    expect(outcome.addresses).toEqual([{ origin: url, address: url.slice('http://'.length) }]);
    expect(countsOf(total)).toEqual({ sent: 500, succeeded: 500, failed: 0, cancelled: 0 });
    expect(seen).toBe(500);
    expect(total).toMatchObject({ inFlight: 0, queued: 0, users: 0 });
    for (const [index, { fromMs }] of ticks.entries()) expect(fromMs).toBe(ticks[index - 1]?.toMs ?? 0);
  });

  it('asks for every arrival of an open plan once, over all workers', async () => {
    const url = await serve((_request, response) => response.end());
    const { total } = await finish(await start(planTo(url, { model: arrivals(200, 1_000) }), { workers: 3 }));
    expect(total?.sessions).toMatchObject({ asked: 200 });
    const { begun, dropped } = total?.sessions ?? { begun: 0, dropped: 0 };
    expect(begun + dropped).toBe(200);
    expect(countsOf(total)).toMatchObject({ sent: begun, succeeded: begun });
  });

  it('drains when its signal is aborted: what was sent is answered', async () => {
    const url = await serve((_request, response) => setTimeout(() => response.end(), 20));
    const stopping = new AbortController();
    const run = await start(planTo(url), { signal: stopping.signal });
    const { total, outcome } = await finish(run, ({ toMs }) => toMs > 500 && stopping.abort());
    expect(outcome.stopReason).toBe('interrupted');
    const { sent, succeeded } = countsOf(total);
    expect(sent).toBeGreaterThan(0);
    expect(succeeded).toBe(sent);
  });

  it('rejects when its signal is aborted before the start', async () => {
    const url = await serve((_request, response) => response.end());
    await expect(start(planTo(url), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });

  it('changes its load while it runs', async () => {
    const url = await serve((_request, response) => response.end());
    const run = await start(planTo(url, { model: users(1, 120_000) }));
    let most = 0;
    let changed = false;
    const { outcome } = await finish(run, (tick) => {
      most = Math.max(most, tick.users);
      if (!changed) run.change([{ from: 6, to: 6, durationMs: 120_000 }]);
      changed = true;
      if (tick.users === 6) run.stop('threshold');
    });
    expect(most).toBe(6);
    expect(outcome.stopReason).toBe('threshold');
  });

  it('stops by itself when the error budget is spent, and says on what', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end());
    const limits = { errorBudget: { share: 0.5, minRequests: 20 } };
    const { outcome, total } = await finish(await start(planTo(url, { limits })));
    expect(outcome.stopReason).toBe('error-budget');
    expect(outcome.stopDetail).toContain('status-5xx');
    const { sent, failed, cancelled } = countsOf(total);
    expect(failed + cancelled).toBe(sent);
  });

  it.each([1, 3])(
    'begins no session for as long as the server asks by Retry-After (%i workers)',
    async (workers) => {
      const url = await serve((_request, response) =>
        response.writeHead(429, { 'retry-after': '3600' }).end(),
      );
      const run = await start(planTo(url, { model: users(4, 120_000) }), { workers });
      let paused: LoadTick | null = null;
      let calm = 0;
      await finish(run, (tick) => {
        if (tick.pausedUntilMs !== null) paused ??= tick;
        calm = paused !== null && countsOf(tick).sent === 0 ? calm + 1 : 0;
        if (calm === 5) run.stop('interrupted');
      });
      expect(paused).toMatchObject({ pausedUntilMs: expect.any(Number) });
      expect(calm).toBeGreaterThanOrEqual(5);
    },
  );

  it('follows no redirect out of its origins', async () => {
    let visits = 0;
    const elsewhere = await serve((_request, response) => {
      visits += 1;
      response.end();
    });
    const url = await serve((_request, response) => response.writeHead(302, { location: elsewhere }).end());
    const steps = [stepFixture('/', { maxRedirects: 5 })];
    const scenarios = [{ name: 'visit', weight: 1, begin: [], steps }];
    const { total } = await finish(await start(planTo(url, { model: once(40), scenarios })));
    expect(total?.endpoints[0]?.failed).toEqual({ 'redirect-refused': 40 });
    expect(visits).toBe(0);
  });

  it('a thread that dies is a lost worker, and the run ends in order', async () => {
    const url = await serve((_request, response) => response.end());
    const bus: LoadBus = {
      place: async (workers) =>
        (await createThreadBus().place(workers)).map((link, worker) => (worker === 0 ? mortal(link) : link)),
    };
    const { outcome, total } = await finish(await start(planTo(url), { bus }));
    expect(outcome).toMatchObject({ stopReason: 'worker-lost', workers: 2 });
    expect(outcome.stopDetail).toContain('worker 1 of 2');
    const { sent, succeeded, failed, cancelled } = countsOf(total);
    expect(succeeded + failed + cancelled).toBe(sent);
  });

  it('does not start when a worker cannot, and still walks the tear-down', async () => {
    const seen: string[] = [];
    const url = await serve(({ url: path = '' }, response) => {
      seen.push(path);
      response.end();
    });
    const bus = createThreadBus(() => new URL('file:///no/such/file.js'));
    const plan = planTo(url, { setUp: [stepFixture('/login')], tearDown: [stepFixture('/clean')] });
    await expect(start(plan, { bus })).rejects.toThrow(/load worker . of 2 was lost: Cannot find module/);
    expect(seen).toEqual(['/login', '/clean']);
  });

  it('walks the set-up before the load and the tear-down after it, once each', async () => {
    const seen: string[] = [];
    const url = await serve(({ url: path = '' }, response) => {
      seen.push(path);
      if (path === '/login') response.writeHead(302, { location: '/welcome' });
      response.end('hello');
    });
    const plan = planTo(url, {
      model: once(20),
      setUp: [stepFixture('/login', { maxRedirects: 1 }), stepFixture('/prepare', { method: 'POST' })],
      tearDown: [stepFixture('/clean')],
    });
    const { outcome } = await finish(await start(plan));
    expect(outcome).toMatchObject({ stopReason: 'completed', stopDetail: null });
    expect(seen.slice(0, 3)).toEqual(['/login', '/welcome', '/prepare']);
    expect(seen.slice(3, -1)).toEqual(Array.from({ length: 20 }, () => '/'));
    expect(seen.at(-1)).toBe('/clean');
  });

  it('what the set-up extracted is a variable of every session, and of the tear-down', async () => {
    const tokens = new Set<string>();
    const url = await serve(({ url: path, headers }, response) => {
      if (path !== '/login') tokens.add(`${path} ${headers.authorization}`);
      response.setHeader('content-type', 'application/json');
      response.end('{"session":{"token":"s3cret"}}');
    });
    const headers = [['authorization', 'Bearer {{token}}']] as const;
    const plan = planTo(url, {
      model: once(20),
      setUp: [
        stepFixture('/login', {
          method: 'POST',
          extract: [{ variable: 'token', from: 'json', path: '$.session.token', pick: 'first' }],
        }),
      ],
      scenarios: [{ name: 'visit', weight: 1, begin: [], steps: [stepFixture('/orders', { headers })] }],
      tearDown: [stepFixture('/logout', { headers })],
    });
    const { outcome, total } = await finish(await start(plan));
    expect(outcome).toMatchObject({ stopReason: 'completed', stopDetail: null });
    expect(countsOf(total)).toMatchObject({ sent: 20, succeeded: 20 });
    expect([...tokens]).toEqual(['/orders Bearer s3cret', '/logout Bearer s3cret']);
  });

  it('makes no load after a set-up that failed, takes down what there is, and says where it failed', async () => {
    const seen: string[] = [];
    const url = await serve(({ url: path = '' }, response) => {
      seen.push(path);
      response.writeHead(path === '/login' ? 401 : 200).end();
    });
    const setUp = [stepFixture('/login'), stepFixture('/prepare')];
    const plan = planTo(url, { setUp, tearDown: [stepFixture('/clean')] });
    const { outcome, ticks } = await finish(await start(plan));
    expect(outcome).toMatchObject({
      stopReason: 'set-up-failed',
      stopDetail: 'set-up failed at GET /login: status-4xx (status 401)',
    });
    expect(ticks).toEqual([]);
    expect(seen).toEqual(['/login', '/clean']);
  });

  it('says that the tear-down failed', async () => {
    const url = await serve(({ url: path }, response) => {
      if (path === '/clean') response.destroy();
      else response.end();
    });
    const plan = planTo(url, { model: once(4), tearDown: [stepFixture('/clean')] });
    const { outcome } = await finish(await start(plan));
    expect(outcome.stopReason).toBe('completed');
    expect(outcome.stopDetail).toContain('tear-down failed at GET /clean: reset');
  });
});
