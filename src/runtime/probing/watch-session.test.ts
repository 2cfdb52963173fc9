import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../platform/probe/types.ts';
import { testPlan } from '../../platform/test-support/probe.ts';
import type { Monitor, WatchTick } from '../../tools/context.ts';
import { createFlowControl } from './flow-control.ts';
import { createLoopLag } from './loop-lag.ts';
import { createManualClock, type ManualClock } from '../../platform/test-support/manual-clock.ts';
import { runWatch } from './watch-session.ts';

const START = { wallMs: 1_790_000_000_000, monotonicMs: 5_000 };
const HOUR_MS = 3_600_000;
/** How long a simulated target takes to answer. */
const ANSWER_MS = 50;

interface Account extends WatchTick {
  results: ProbeResult[];
}

interface Watched {
  clock: ManualClock;
  /** How many probes were started, as the targets would have seen it. */
  started(): number;
  stop(): Promise<Account>;
}

/** A watch on a clock of ours, over targets that answer after ANSWER_MS of it. */
function watch(options: { monitors: number; intervalMs: number; waiting?: number }): Watched {
  const clock = createManualClock(START);
  const lag = createLoopLag();
  const stopping = new AbortController();
  const ticks: WatchTick[] = [];
  let started = 0;
  const monitors: Monitor[] = Array.from({ length: options.monitors }, (_, index) => ({
    plan: testPlan('http://127.0.0.1/', { id: `GET /m/${index}` }),
    intervalMs: options.intervalMs,
  }));

  const ended = runWatch(
    monitors,
    {
      clock,
      lag,
      flow: createFlowControl(options.waiting ?? 1_000_000),
      signal: stopping.signal,
      probe: async (plan, intendedAtMs) => {
        started += 1;
        const startedAtMs = clock.wallMs();
        await clock.sleep(ANSWER_MS);
        if (stopping.signal.aborted) return null;
        const totalMs = clock.monotonicMs() - intendedAtMs;
        const loopLagMs = lag.maxSince(intendedAtMs, clock.monotonicMs());
        return sample(plan.id, { startedAtMs, totalMs, loopLagMs });
      },
    },
    (tick) => ticks.push(tick),
  );
  return {
    clock,
    started: () => started,
    async stop() {
      stopping.abort();
      await clock.advance(1_000);
      await ended;
      return {
        results: ticks.flatMap((tick) => tick.results),
        gaps: ticks.flatMap((tick) => tick.gaps),
        missedSlots: ticks.reduce((sum, tick) => sum + tick.missedSlots, 0),
        loopLagMs: Math.max(...ticks.map((tick) => tick.loopLagMs)),
      };
    },
  };
}

function sample(
  id: string,
  { startedAtMs, totalMs, loopLagMs }: Pick<ProbeResult, 'startedAtMs' | 'loopLagMs'> & { totalMs: number },
): ProbeResult {
  const phases = {
    queue: null,
    dns: null,
    connect: null,
    tls: null,
    request: null,
    ttfb: totalMs,
    transfer: null,
  };
  const cold = {
    success: true,
    cause: null,
    message: null,
    status: 200,
    phases,
    totalMs,
    hops: [],
    failedAssertions: [],
    facts: {},
  };
  return { id, startedAtMs, cold, warm: null, loopLagMs, suspect: loopLagMs > 5 && loopLagMs > totalMs / 10 };
}

describe('watch', () => {
  it('yields at once, and at least once a second', async () => {
    const quiet = watch({ monitors: 0, intervalMs: 1_000 });
    await quiet.clock.advance(5_000);
    const account = await quiet.stop();
    expect(account).toEqual({ results: [], gaps: [], missedSlots: 0, loopLagMs: 0 });
  });

  it('takes one sample per slot and nothing else', async () => {
    const calm = watch({ monitors: 20, intervalMs: 1_000 });
    await calm.clock.advance(30_500);
    const account = await calm.stop();

    expect(account.missedSlots).toBe(0);
    expect(account.gaps).toEqual([]);
    expect(account.results.every((result) => !result.suspect)).toBe(true);
    // What was in flight at the end is not reported.
    expect(calm.started() - account.results.length).toBeLessThanOrEqual(20);
    expect(calm.started()).toBeGreaterThanOrEqual(20 * 30);
    expect(calm.started()).toBeLessThanOrEqual(20 * 31 + 1);
  });

  it.each([
    ['forward', HOUR_MS],
    ['back', -HOUR_MS],
  ])('survives the clock set %s by an hour: one gap, no sample lost or doubled', async (_, stepMs) => {
    const stepped = watch({ monitors: 20, intervalMs: 1_000 });
    await stepped.clock.advance(10_000);
    stepped.clock.step(stepMs);
    await stepped.clock.advance(10_000);
    const account = await stepped.stop();

    expect(account.gaps).toHaveLength(1);
    const [gap] = account.gaps;
    expect(gap?.reason).toBe('clock-stepped');
    expect((gap?.toMs ?? 0) - (gap?.fromMs ?? 0)).toBe(HOUR_MS);
    expect(account.missedSlots).toBe(0);
    expect(account.results.length).toBeGreaterThanOrEqual(20 * 19);
    expect(account.results.length).toBeLessThanOrEqual(stepped.started());
    expect(Math.min(...account.results.map((result) => result.cold.totalMs))).toBeGreaterThanOrEqual(
      ANSWER_MS,
    );

    for (const id of new Set(account.results.map((result) => result.id))) {
      const stamps = account.results.filter((result) => result.id === id).map((result) => result.startedAtMs);
      const jumps = stamps.slice(1).map((stamp, index) => Math.round((stamp - (stamps[index] ?? 0)) / 1_000));
      expect(jumps.filter((seconds) => seconds !== 1)).toEqual([1 + stepMs / 1_000]);
    }
  });

  it('names a stop of 90 s, suspects what was in flight, counts the slots and makes no burst', async () => {
    const stopped = watch({ monitors: 100, intervalMs: 2_000 });
    await stopped.clock.advance(10_000);
    const before = stopped.started();
    await stopped.clock.standStill(90_000);
    const atOnce = stopped.started() - before;
    await stopped.clock.advance(10_000);
    const account = await stopped.stop();

    expect(account.gaps).toHaveLength(1);
    expect(account.gaps[0]?.reason).toBe('process-stopped');
    const lengthMs = (account.gaps[0]?.toMs ?? 0) - (account.gaps[0]?.fromMs ?? 0);
    expect(lengthMs).toBeGreaterThanOrEqual(90_000);
    expect(lengthMs).toBeLessThan(90_100);
    // 50 slots a second, of which those of the last quarter of a second are met.
    expect(atOnce).toBeLessThan(40);

    const held = account.results.filter((result) => result.cold.totalMs > 1_000);
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((result) => result.suspect)).toBe(true);
    const slots = (100 * 110_000) / 2_000;
    const seen = account.results.length + account.missedSlots;
    expect(seen).toBeGreaterThan(slots - 100);
    expect(seen).toBeLessThanOrEqual(slots + 100);
  });

  it('reports a stop and a step that came together as two gaps that meet', async () => {
    const both = watch({ monitors: 1, intervalMs: 1_000 });
    await both.clock.advance(5_000);
    both.clock.step(HOUR_MS);
    await both.clock.standStill(30_000);
    const { gaps } = await both.stop();

    expect(gaps.map((gap) => gap.reason)).toEqual(['process-stopped', 'clock-stepped']);
    expect(gaps[0]?.toMs).toBe(gaps[1]?.fromMs);
  });

  it('misses slots rather than fill the memory when nobody takes the results', async () => {
    const ignored = watch({ monitors: 10, intervalMs: 1_000, waiting: 25 });
    await ignored.clock.advance(10_000);
    const account = await ignored.stop();
    expect(ignored.started()).toBe(25);
    expect(account.results).toHaveLength(25);
    expect(account.missedSlots).toBeGreaterThanOrEqual(70);
  });
});
