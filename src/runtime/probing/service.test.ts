import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../platform/probe/types.ts';
import { testPlan } from '../../platform/test-support/probe.ts';
import { type LocalServer, serveHttp } from '../../platform/test-support/servers.ts';
import type { WatchTick } from '../../tools/context.ts';
import { createProbeService } from './service.ts';

interface Seen {
  path: string;
}

let server: LocalServer;
let seen: Seen[] = [];
let open = 0;
let mostOpen = 0;

beforeAll(async () => {
  server = await serveHttp((request, response) => {
    seen.push({ path: request.url ?? '' });
    if (request.url?.startsWith('/hang')) return;
    mostOpen = Math.max(mostOpen, (open += 1));
    setTimeout(() => {
      open -= 1;
      response.end('fine');
    }, 10);
  });
});
afterAll(() => server.close());

const never = new AbortController().signal;
const plan = (path: string, timeoutMs = 20_000) =>
  testPlan(`${server.origin}${path}`, { id: path, timeoutMs });

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const value of values) taken.push(value);
  return taken;
}

describe.each([
  ['in a worker thread', true],
  ['on the calling thread', false],
])('probe service %s', (_, workerThreads) => {
  const service = createProbeService({ allowHosts: [], workerThreads });
  afterAll(() => service.close());

  it('bursts every plan as often as asked, in turn, within the limit of concurrency', async () => {
    seen = [];
    mostOpen = 0;
    const plans = ['/a', '/b', '/c'].map((path) => plan(path));
    const results = await all(
      service.burst({ plans, samples: 8, maxRatePerSecond: 500, maxConcurrency: 3 }, never),
    );

    expect(results).toHaveLength(24);
    expect(results.every((result) => result.cold.success)).toBe(true);
    for (const path of ['/a', '/b', '/c']) {
      expect(results.filter((result) => result.id === path)).toHaveLength(8);
      expect(seen.slice(0, 15).filter((request) => request.path === path).length).toBeGreaterThanOrEqual(3);
    }
    expect(mostOpen).toBeLessThanOrEqual(3);
  });

  it('lets a plan that hangs hold its share and no more', async () => {
    const plans = [plan('/hang', 700), plan('/quick')];
    const results = await all(
      service.burst({ plans, samples: 6, maxRatePerSecond: 1_000, maxConcurrency: 4 }, never),
    );
    const firstFailure = results.findIndex((result) => !result.cold.success);
    const quickBefore = results.slice(0, firstFailure).filter((result) => result.id === '/quick');

    expect(quickBefore).toHaveLength(6);
    expect(results.filter((result) => result.cold.cause === 'no-response')).toHaveLength(6);
  });

  it('stops making requests when nobody takes the results', async () => {
    seen = [];
    const burst = service.burst(
      { plans: [plan('/ignored')], samples: 2_000, maxRatePerSecond: 5_000, maxConcurrency: 20 },
      never,
    );
    for await (const result of burst) {
      expect(result.id).toBe('/ignored');
      let before = -1;
      while (before !== seen.length) {
        before = seen.length;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      break;
    }
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.length).toBeLessThan(500);
  });

  it('ends an aborted burst without an error and invents nothing for what was in flight', async () => {
    const stopping = new AbortController();
    const results: ProbeResult[] = [];
    const plans = [plan('/one'), plan('/hang')];
    for await (const result of service.burst(
      { plans, samples: 3, maxRatePerSecond: 1_000, maxConcurrency: 2 },
      stopping.signal,
    )) {
      results.push(result);
      if (results.length === 3) stopping.abort();
    }
    expect(results.map((result) => result.id)).toEqual(['/one', '/one', '/one']);
    expect(
      await all(
        service.burst({ plans, samples: 1, maxRatePerSecond: 1, maxConcurrency: 1 }, stopping.signal),
      ),
    ).toEqual([]);
  });

  it('watches: each slot once, hung targets apart, every sample an arrival', async () => {
    seen = [];
    const stopping = new AbortController();
    const monitors = ['/w1', '/w2', '/w3', '/hang/w'].map((path) => ({ plan: plan(path), intervalMs: 400 }));
    const ticks: WatchTick[] = [];
    for await (const tick of service.watch(monitors, stopping.signal)) {
      ticks.push(tick);
      const results = ticks.flatMap((one) => one.results);
      const enough = monitors.every(
        (monitor) => results.filter((one) => one.id === monitor.plan.id).length >= 3,
      );
      if (enough) stopping.abort();
    }
    const results = ticks.flatMap((tick) => tick.results);

    expect(ticks[0]?.results).toEqual([]);
    for (const { plan } of monitors) {
      const samples = results.filter((result) => result.id === plan.id);
      const arrivals = seen.filter((request) => request.path === plan.id);
      expect(samples.length).toBeGreaterThanOrEqual(3);
      expect(samples.length).toBeLessThanOrEqual(arrivals.length);
      const isHung = plan.id.startsWith('/hang');
      expect(samples.every((sample) => sample.cold.success !== isHung)).toBe(true);
    }
    // A timeout longer than the interval was cut to fit it.
    const hung = results.filter((result) => result.id === '/hang/w' && !result.suspect);
    expect(hung.every((result) => result.cold.totalMs < 20_000)).toBe(true);
  });

  it('refuses a target that is not ours, as a result', async () => {
    const stranger = testPlan('http://192.0.2.1/', { id: 'stranger' });
    const results = await all(
      service.burst({ plans: [stranger], samples: 1, maxRatePerSecond: 10, maxConcurrency: 1 }, never),
    );
    expect(results[0]?.cold.cause).toBe('target-refused');
  });

  it('reports a request that makes no sense as an error of the session', async () => {
    const burst = service.burst(
      { plans: [plan('/a')], samples: 1, maxRatePerSecond: 0, maxConcurrency: 1 },
      never,
    );
    await expect(all(burst)).rejects.toMatchObject({ code: 'E_INTERNAL' });
  });
});

describe('closing the service', () => {
  it('ends what is still running, and a later burst starts anew', async () => {
    const service = createProbeService({ allowHosts: [] });
    const monitors = [{ plan: plan('/closing'), intervalMs: 300 }];
    const ticks: WatchTick[] = [];
    for await (const tick of service.watch(monitors, never)) {
      ticks.push(tick);
      if (tick.results.length > 0) await service.close();
    }
    expect(ticks.flatMap((tick) => tick.results).length).toBeGreaterThan(0);

    const again = await all(
      service.burst({ plans: [plan('/again')], samples: 1, maxRatePerSecond: 10, maxConcurrency: 1 }, never),
    );
    expect(again).toHaveLength(1);
    await service.close();
  });
});
