import { describe, expect, it } from 'vitest';
import type { ThinkTime } from '../../../core/load/plan.ts';
import { plannedStep, sessionOf } from './session-fixture.ts';

function drawn(think: ThinkTime | null, sessions = 4000): number[] {
  const { plan, session } = sessionOf([plannedStep({ think })]);
  return Array.from({ length: sessions }, (_, number) => {
    plan.begin(session, number);
    return session.scenario.steps[0]!.think(session);
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

describe('think time', () => {
  it('is none, or fixed', () => {
    expect(new Set(drawn(null, 5))).toEqual(new Set([0]));
    expect(new Set(drawn({ kind: 'fixed', ms: 70 }, 5))).toEqual(new Set([70]));
  });

  it('is uniform between its ends', () => {
    const values = drawn({ kind: 'uniform', fromMs: 100, toMs: 300 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...values)).toBeLessThan(300);
    expect(Math.abs(mean(values) - 200)).toBeLessThan((4 * 200) / Math.sqrt(12 * values.length));
  });

  it('is exponential with its mean', () => {
    const values = drawn({ kind: 'exponential', meanMs: 500 });
    expect(Math.abs(mean(values) - 500)).toBeLessThan((4 * 500) / Math.sqrt(values.length));
    expect(median(values) / 500).toBeCloseTo(Math.LN2, 1);
  });

  it('is lognormal with its median and deviation', () => {
    const logs = drawn({ kind: 'lognormal', medianMs: 800, sigma: 0.5 }).map(Math.log);
    const deviation = Math.sqrt(mean(logs.map((log) => (log - mean(logs)) ** 2)));
    expect(mean(logs)).toBeCloseTo(Math.log(800), 1);
    expect(deviation).toBeCloseTo(0.5, 1);
  });

  it('is the same for the same seed', () => {
    const think: ThinkTime = { kind: 'exponential', meanMs: 10 };
    expect(drawn(think, 50)).toEqual(drawn(think, 50));
  });
});
