import { afterEach, describe, expect, it } from 'vitest';
import { errorCodeOf } from '../../test-support/error-code.ts';
import type { LoadTick } from '../../../core/load/measure.ts';
import { endpointFixture, tickFixture } from '../../../core/load/tick-fixture.ts';
import { createManualClock } from '../../test-support/manual-clock.ts';
import type { ToWorker } from '../bus/messages.ts';
import { arrivals, planFixture, users } from '../../../core/load/plan-fixture.ts';
import { type ScriptedLink, scriptedLinks } from './scripted-links-fixture.ts';
import { supervise, type Supervision } from './supervise.ts';

const LEAD_MS = 100;
const signal = new AbortController().signal;

interface Scene {
  clock: ReturnType<typeof createManualClock>;
  links: readonly ScriptedLink[];
  run: Supervision;
}

const scenes: Scene[] = [];
afterEach(async () => {
  for (const { run } of scenes.splice(0)) await run.close();
});

/** A run that has just begun: the run's zero is now. */
async function begin(plan = planFixture(), workers = 2): Promise<Scene> {
  const clock = createManualClock({ wallMs: 1_790_000_000_000, monotonicMs: 5_000 });
  const links = scriptedLinks(workers);
  const run = supervise(plan, links, clock);
  await run.group.prepare({ plan, origins: [], variables: {} }, signal);
  run.go();
  await clock.advance(LEAD_MS);
  const scene = { clock, links, run };
  scenes.push(scene);
  return scene;
}

function heard(link: ScriptedLink | undefined, kind: ToWorker['kind']): readonly ToWorker[] {
  return (link?.received ?? []).filter((message) => message.kind === kind);
}

function tick(toMs: number, more: Partial<LoadTick> = {}): LoadTick {
  return tickFixture({ fromMs: toMs - 200, toMs, ...more });
}

const failing = (failures: number): Partial<LoadTick> => ({
  endpoints: [endpointFixture({ sent: failures, failed: { 'status-5xx': failures } })],
});

function endAll(links: readonly ScriptedLink[]): void {
  for (const [worker, link] of links.entries()) link.say({ kind: 'ended', worker, exemplars: [] });
}

async function all(ticks: AsyncIterable<LoadTick>): Promise<LoadTick[]> {
  const taken: LoadTick[] = [];
  for await (const one of ticks) taken.push(one);
  return taken;
}

describe('a run and its workers', () => {
  it('all start at one instant, which is ahead when they hear of it', async () => {
    const { links } = await begin(planFixture(), 3);
    const starts = links.map((link) => heard(link, 'go'));
    expect(starts.map((messages) => messages.length)).toEqual([1, 1, 1]);
    expect(new Set(starts.flat().map((go) => go.kind === 'go' && go.startAtMs)).size).toBe(1);
  });

  it('is completed when all have ended, and every tick of theirs is in it', async () => {
    const { run, links, clock } = await begin();
    for (let toMs = 200; toMs <= 1_000; toMs += 200) {
      await clock.advance(200);
      for (const [worker, link] of links.entries()) {
        link.say({ kind: 'tick', worker, tick: tick(toMs, { opened: 1 + worker }) });
      }
    }
    endAll(links);
    expect(await run.ended).toMatchObject({
      stopReason: 'completed',
      stopDetail: null,
      startedAtMs: 1_790_000_000_100,
      endedAtMs: 1_790_000_001_100,
    });
    const ticks = await all(run.ticks);
    expect(ticks.map(({ toMs, opened }) => [toMs, opened])).toEqual(
      [200, 400, 600, 800, 1_000].map((toMs) => [toMs, 3]),
    );
  });

  it('goes on without a worker that is late', async () => {
    const { run, links, clock } = await begin();
    for (let toMs = 200; toMs <= 1_000; toMs += 200) {
      await clock.advance(200);
      links[0]?.say({ kind: 'tick', worker: 0, tick: tick(toMs, { opened: 1 }) });
    }
    for (let toMs = 200; toMs <= 1_000; toMs += 200) {
      links[1]?.say({ kind: 'tick', worker: 1, tick: tick(toMs, { opened: 100 }) });
    }
    endAll(links);
    const ticks = await all(run.ticks);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks[0]?.opened).toBeLessThan(100);
    expect(ticks.reduce((sum, { opened }) => sum + opened, 0)).toBe(505);
  });

  it('sends a sign of life each second until a worker has ended', async () => {
    const { links, clock } = await begin();
    await clock.advance(3_000);
    expect(heard(links[0], 'alive')).toHaveLength(3);
    links[0]?.say({ kind: 'ended', worker: 0, exemplars: [] });
    await clock.advance(2_000);
    expect(heard(links[0], 'alive')).toHaveLength(3);
    expect(heard(links[1], 'alive')).toHaveLength(5);
  });
});

describe('ends of a run', () => {
  it('a lost worker is said at once, and the others drain', async () => {
    const { run, links } = await begin(planFixture(), 3);
    links[1]?.say({ kind: 'tick', worker: 1, tick: tick(200, { opened: 7 }) });
    links[1]?.vanish('its thread ended with code 1');
    expect(run.stopping).toEqual({
      reason: 'worker-lost',
      detail: 'load worker 2 of 3 was lost: its thread ended with code 1',
    });
    expect(heard(links[0], 'stop')).toEqual([{ kind: 'stop', drainMs: 4_000 }]);
    links[2]?.say({ kind: 'tick', worker: 2, tick: tick(400, { opened: 5 }) });
    links[0]?.say({ kind: 'ended', worker: 0, exemplars: [] });
    links[2]?.say({ kind: 'ended', worker: 2, exemplars: [] });
    expect(await run.ended).toMatchObject({ stopReason: 'worker-lost' });
    expect((await all(run.ticks)).reduce((sum, { opened }) => sum + opened, 0)).toBe(12);
  });

  it('a worker that says it failed, and one of whom nothing is heard, are lost, too', async () => {
    const failed = await begin();
    failed.links[0]?.say({ kind: 'failed', worker: 0, message: 'the controller is not heard any more' });
    expect(failed.run.stopping?.detail).toContain('the controller is not heard any more');

    const silent = await begin();
    for (let toMs = 200; toMs <= 12_000; toMs += 200) {
      await silent.clock.advance(200);
      silent.links[0]?.say({ kind: 'tick', worker: 0, tick: tick(toMs) });
    }
    expect(silent.run.stopping).toMatchObject({
      reason: 'worker-lost',
      detail: expect.stringMatching('worker 2 of 2 .* nothing was heard of it for 10 s'),
    });
  });

  it('a standstill of our own is nobody else’s silence', async () => {
    const { run, clock } = await begin();
    await clock.standStill(60_000);
    expect(run.stopping).toBeNull();
  });

  it('a spent error budget takes half away at once and everything within a second', async () => {
    const limits = { errorBudget: { share: 0.5, minRequests: 50 } };
    const { run, links, clock } = await begin(planFixture({ limits }));
    await clock.advance(1_500);
    links[1]?.say({ kind: 'tick', worker: 1, tick: tick(1_500, failing(49)) });
    expect(run.stopping).toBeNull();
    links[0]?.say({ kind: 'tick', worker: 0, tick: tick(1_500, failing(1)) });
    expect(run.stopping).toMatchObject({
      reason: 'error-budget',
      detail: expect.stringContaining('50 of 50'),
    });
    for (const link of links) {
      // A line from one second before to one second after: its height now is a half.
      expect(heard(link, 'ramp-down')).toEqual([{ kind: 'ramp-down', fromMs: 500, overMs: 2_000 }]);
      expect(heard(link, 'stop')).toEqual([]);
    }
    await clock.advance(1_000);
    expect(heard(links[0], 'stop')).toEqual([{ kind: 'stop', drainMs: 4_000 }]);
    endAll(links);
    expect(await run.ended).toMatchObject({ stopReason: 'error-budget' });
  });

  it('the first reason stands, and nobody is told to stop twice', async () => {
    const { run, links } = await begin();
    run.stop('threshold');
    run.stop('interrupted');
    expect(run.stopping).toEqual({ reason: 'threshold', detail: null });
    expect(heard(links[0], 'stop')).toHaveLength(1);
  });

  it('a worker that does not end when it is told to is given up', async () => {
    const { run, links, clock } = await begin(planFixture({ limits: { drainMs: 1_000 } }));
    run.stop('interrupted');
    links[0]?.say({ kind: 'ended', worker: 0, exemplars: [] });
    for (let passed = 0; passed < 7_000; passed += 200) {
      await clock.advance(200);
      links[1]?.say({ kind: 'tick', worker: 1, tick: tick(200 + passed) });
    }
    expect(await run.ended).toMatchObject({ stopReason: 'interrupted' });
  });
});

describe('changes of a run', () => {
  it('reach all workers a little ahead', async () => {
    const { run, links, clock } = await begin(planFixture({ model: arrivals(10, 60_000) }));
    await clock.advance(1_000);
    const stages = [{ from: 20, to: 20, durationMs: 1_000 }];
    run.change(stages);
    for (const link of links) {
      expect(heard(link, 'change')).toEqual([{ kind: 'change', fromMs: 1_100, stages }]);
    }
  });

  it('pass no ceiling: not of the rate, not of users, not of time', async () => {
    const open = await begin(planFixture({ model: arrivals(10, 1_000), limits: { maxRatePerSecond: 50 } }));
    const over = [{ from: 10, to: 51, durationMs: 1_000 }];
    expect(errorCodeOf(() => open.run.change(over))).toBe('E_LOAD_LIMIT');
    expect(heard(open.links[0], 'change')).toEqual([]);

    const closed = await begin(planFixture({ model: users(2, 1_000), limits: { maxConnections: 5 } }));
    expect(errorCodeOf(() => closed.run.change([{ from: 6, to: 6, durationMs: 1 }]))).toBe('E_LOAD_LIMIT');

    const long = await begin(planFixture({ model: users(2, 1_000), limits: { maxDurationMs: 5_000 } }));
    long.run.change([{ from: 1, to: 1, durationMs: 60_000 }]);
    await long.clock.advance(4_900);
    expect(long.run.stopping).toBeNull();
    await long.clock.advance(200);
    expect(long.run.stopping).toMatchObject({ reason: 'max-duration' });
  });

  it('are none for a model without stages', async () => {
    const model = {
      kind: 'iterations',
      users: 1,
      iterations: 1,
      perUser: true,
      maxDurationMs: 9_000,
    } as const;
    const { run } = await begin(planFixture({ model }));
    expect(errorCodeOf(() => run.change([]))).toBe('E_USAGE');
  });

  it('Retry-After that one worker was told pauses all as long, and it, too', async () => {
    const { links } = await begin(planFixture(), 3);
    links[1]?.say({ kind: 'tick', worker: 1, tick: tick(200, { pausedUntilMs: 5_000 }) });
    links[1]?.say({ kind: 'tick', worker: 1, tick: tick(400, { pausedUntilMs: 5_000 }) });
    links[0]?.say({ kind: 'tick', worker: 0, tick: tick(400, { pausedUntilMs: 3_000 }) });
    expect(links.map((link) => heard(link, 'pause'))).toEqual([
      [{ kind: 'pause', untilMs: 5_000 }],
      [{ kind: 'pause', untilMs: 5_000 }],
      [{ kind: 'pause', untilMs: 5_000 }],
    ]);
  });

  it('Retry-After is heeded only where the plan says so', async () => {
    const { links } = await begin(planFixture({ limits: { honourRetryAfter: false } }));
    links[1]?.say({ kind: 'tick', worker: 1, tick: tick(200, { pausedUntilMs: 5_000 }) });
    expect(heard(links[0], 'pause')).toEqual([]);
  });
});
