import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { assessLatency } from './latency.ts';
import { measureFixture, monitoredFixture, repeat, type Seen } from './test-fixtures.ts';

const steady = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => 90 + ((index * 7) % 20));

const UNTIL_MS = Date.UTC(2026, 0, 2);

function assess(latencyMs: number | undefined, seen: readonly Seen[], past: readonly number[] = []) {
  const neededBy = ['POST /api/orders'];
  const monitored = monitoredFixture('payment', {
    neededBy,
    ...(latencyMs === undefined ? {} : { latencyMs }),
  });
  const context = {
    graph: dependencyGraph([monitored.dependency]),
    down: new Set<string>(),
    past: new Map([['payment', { latencies: past, untilMs: UNTIL_MS, lastGoodMs: null }]]),
  };
  return assessLatency([measureFixture(monitored, seen)], context);
}

describe('assessLatency', () => {
  it('finds what misses its objective, and asks for enough samples to take it back', () => {
    const { findings } = assess(100, [...repeat(50, 4), ...repeat(300, 6)]);
    expect(findings).toMatchObject([{ severity: 'high', check: { input: { samples: 59 } } }]);
    expect(findings[0]?.impact?.summary).toBe('While it is slow: POST /api/orders waits for it.');
  });

  it('needs 59 samples to say that an objective is kept', () => {
    expect(assess(100, repeat(50, 10)).notChecked[0]?.reason).toContain('59 are needed');
    expect(assess(100, repeat(50, 59)).checked).toHaveLength(1);
  });

  it('weighs by how much it is slower than its own past', () => {
    expect(assess(undefined, repeat(200, 10), steady(60)).findings).toMatchObject([{ severity: 'medium' }]);
    expect(assess(undefined, repeat(400, 10), steady(60)).findings).toMatchObject([{ severity: 'high' }]);
    expect(assess(undefined, steady(10), steady(60))).toMatchObject({ findings: [], notChecked: [] });
  });

  it('is looked at again beside what was before it began', () => {
    const [finding] = assess(undefined, repeat(400, 10), steady(60)).findings;
    expect(finding?.check.input).toEqual({ dependencies: ['payment'], before: '2026-01-02T00:00:00.000Z' });
  });

  it('does not say that it is not slower where it only cannot be certain', () => {
    const withItsOwnSlowness = [...steady(20), ...Array.from({ length: 10 }, () => 400)];
    const { findings, checked, notChecked } = assess(undefined, repeat(400, 10), withItsOwnSlowness);
    expect({ findings, checked }).toEqual({ findings: [], checked: [] });
    expect(notChecked).toMatchObject([{ reason: expect.stringContaining('it may be slower') as string }]);
  });

  it('says once that there is no past', () => {
    const { checked, notChecked } = assess(undefined, steady(10));
    expect(checked).toEqual([]);
    expect(notChecked).toMatchObject([{ reason: expect.stringContaining('whether payment became slower') }]);
  });
});
