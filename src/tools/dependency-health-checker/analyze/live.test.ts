import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { foldResult, type LiveDependency, startLive } from './live.ts';
import { assessLive } from './live-findings.ts';
import { liveMetrics } from './live-metrics.ts';
import { monitoredFixture, repeat, resultFixture, type Seen, type SeenMore } from './test-fixtures.ts';

const monitored = monitoredFixture('payment');

function liveAfter(seen: readonly Seen[], more: SeenMore = {}, of = monitored): LiveDependency {
  const live = startLive(of, 0, null);
  for (const [index, value] of seen.entries())
    foldResult(live, resultFixture(of.name, value, index * 30_000, more), true);
  return live;
}

function assess(
  live: readonly LiveDependency[],
  undecided: readonly string[] = [],
  refused: readonly string[] = [],
) {
  const graph = dependencyGraph(live.map((one) => one.monitored.dependency));
  return assessLive(live, {
    graph,
    causes: graph,
    past: new Map(),
    undecided: new Set(undecided),
    refused: new Set(refused),
  });
}

function rulesOf(live: LiveDependency): string[] {
  return assess([live]).findings.map(({ rule }) => rule.replace('dependency-health-checker/', ''));
}

describe('a live dependency', () => {
  it('is down with the first confirmed failure, and up after two successes', () => {
    expect(rulesOf(liveAfter([10, 10, 'refused']))).toEqual(['down']);
    expect(rulesOf(liveAfter([10, 10, 'refused', 10]))).toEqual(['down']);
    expect(rulesOf(liveAfter([10, 10, 'refused', 10, 10]))).toEqual([]);
  });

  it('tells a rhythm from failures at random, and an outage that is over from both', () => {
    const stretches = Array.from({ length: 42 }, (_, index): Seen =>
      Math.floor(index / 3) % 2 ? 'refused' : 10,
    );
    expect(rulesOf(liveAfter(stretches))).toEqual(['flapping']);
    expect(
      rulesOf(liveAfter([...repeat(10, 20), ...repeat('refused' as const, 6), ...repeat(10, 30)])),
    ).toEqual([]);
  });

  it('has a rate of errors where second tries are needed', () => {
    expect(rulesOf(liveAfter(repeat(10, 20), { retryOf: 'reset' }))).toEqual(['error-rate']);
  });

  it('is not judged before its causes have answered', () => {
    const { findings, checked } = assess([liveAfter(['refused'])], ['payment']);
    expect(findings).toEqual([]);
    expect(checked).toEqual([]);
  });

  it('is not called down when its certificate explains that, and that is not resolved', () => {
    const { findings, checked, notChecked } = assess([liveAfter(['tls-failed'])], [], ['payment']);
    expect(findings).toEqual([]);
    expect(checked.map(({ rule }) => rule.id)).not.toContain('dependency-health-checker/down');
    expect(notChecked).toContainEqual(expect.objectContaining({ reason: 'its certificate is refused' }));
    // Whatever else fails is said as before.
    expect(assess([liveAfter(['refused'])], [], ['payment']).findings).toHaveLength(1);
  });

  it('stays up while one of its name servers answers', () => {
    const names = monitoredFixture('names', { url: 'dns://db.test', scheme: 'dns' });
    const live = liveAfter(repeat('dns-timeout' as const, 3), { facts: { answer: '192.0.2.1' } }, names);
    expect(live.state.state).toBe('up');
    expect(rulesOf(live)).toEqual([]);
  });

  it('counts failures by cause', () => {
    const metrics = liveMetrics([liveAfter([10, 'refused', 'refused', 'no-response'])]);
    const failed = metrics.filter(({ name }) => name === 'dependency.probe.failed');
    expect(failed.map(({ attributes, value }) => [attributes['cause'], value])).toEqual([
      ['refused', 2],
      ['no-response', 1],
    ]);
    expect(metrics.find(({ name }) => name === 'dependency.up')?.value).toBe(0);
    expect(metrics.find(({ kind }) => kind === 'histogram')?.histogram?.count).toBe(1);
  });
});
