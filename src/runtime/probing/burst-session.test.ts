import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { testPlan } from '../../platform/test-support/probe.ts';
import { runBurst } from './burst-session.ts';
import { createFlowControl } from './flow-control.ts';
import { createLoopLag } from './loop-lag.ts';
import { createManualClock } from '../../platform/test-support/manual-clock.ts';

describe('burst', () => {
  it('never starts more in a second than the rate allows, not even after a standstill', async () => {
    const clock = createManualClock({ wallMs: 1_790_000_000_000, monotonicMs: 0 });
    const starts: number[] = [];
    const stopping = new AbortController();
    setMaxListeners(0, stopping.signal);
    const ended = runBurst(
      { plans: [testPlan('http://127.0.0.1/')], samples: 200, maxRatePerSecond: 50, maxConcurrency: 20 },
      {
        clock,
        lag: createLoopLag(),
        flow: createFlowControl(1_000),
        signal: stopping.signal,
        probe: async (_, intendedAtMs) => {
          starts.push(intendedAtMs);
          await clock.sleep(30);
          return null;
        },
      },
      () => undefined,
    );
    await clock.advance(1_000);
    expect(starts).toHaveLength(51);
    await clock.standStill(10_000);
    await clock.advance(5_000);
    await ended;

    expect(starts).toHaveLength(200);
    for (const start of starts) {
      const inItsSecond = starts.filter((other) => other >= start && other < start + 1_000);
      // One more where a late timer is made up for.
      expect(inItsSecond.length).toBeLessThanOrEqual(51);
    }
    expect(starts.filter((start) => start < 1_000)).toHaveLength(50);
  });
});
