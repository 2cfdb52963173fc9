import { describe, expect, it } from 'vitest';
import { RULES } from '../rules.ts';
import { assessLiveLatency } from './live-latency.ts';
import { liveMetrics } from './live-metrics.ts';
import { foldResult, startLive } from './live-window.ts';
import { endpointFixture, probeFixture, repeat, type Seen } from './test-fixtures.ts';

const orders = endpointFixture('/api/orders');

function liveAfter(seen: readonly Seen[]) {
  const live = startLive(orders, 0);
  for (const [index, value] of seen.entries())
    foldResult(live, probeFixture(orders, value, index * 1_000), true);
  return live;
}

describe('assessLiveLatency', () => {
  it('says slow when the newest calls are, and gives the p95', () => {
    const { findings, checked } = assessLiveLatency([liveAfter([...repeat(20, 30), ...repeat(900, 40)])]);
    expect(findings).toMatchObject([
      {
        rule: RULES.latencyObjective.id,
        evidence: expect.arrayContaining([expect.objectContaining({ label: 'p95' })]),
      },
    ]);
    expect(checked).toHaveLength(1);
  });

  it('says fast only when it has the samples and none of the newest is slow', () => {
    expect(assessLiveLatency([liveAfter(repeat(20, 59))])).toMatchObject({ findings: [], checked: [{}] });
    expect(assessLiveLatency([liveAfter(repeat(20, 58))]).checked).toEqual([]);
    expect(assessLiveLatency([liveAfter([...repeat(20, 80), 900, 20])])).toMatchObject({
      findings: [],
      checked: [],
    });
  });
});

describe('liveMetrics', () => {
  it('counts by outcome and gives cumulative buckets', () => {
    const metrics = liveMetrics([liveAfter([20, 20, 300, 'status-5xx'])]);
    const value = (name: string, outcome?: string): number | undefined =>
      metrics.find((metric) => metric.name === name && metric.attributes['outcome'] === outcome)?.value;
    expect([value('http.probes', 'ok'), value('http.probes', 'failed')]).toEqual([3, 1]);
    expect(value('http.endpoint.up')).toBe(1);
    const { histogram } = metrics.find(({ name }) => name === 'http.probe.duration')!;
    expect(histogram).toMatchObject({ count: 3 });
    expect(histogram?.buckets.find(({ le }) => le === 100)?.count).toBe(2);
  });
});
