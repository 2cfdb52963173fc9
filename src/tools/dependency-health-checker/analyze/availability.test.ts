import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { assessAvailability, isDown, isErrorRate } from './availability.ts';
import { explanationOf } from './causes.ts';
import type { DependencyMeasure } from './measure.ts';
import { measureFixture, monitoredFixture, repeat, type Seen } from './test-fixtures.ts';

const gateway = monitoredFixture('gateway');
const billing = monitoredFixture('billing', { behind: ['gateway'], neededBy: ['POST /api/orders'] });
const graph = dependencyGraph([gateway.dependency, billing.dependency]);

function assess(measures: readonly DependencyMeasure[]) {
  const down = new Set(measures.filter(isDown).map(({ monitored }) => monitored.name));
  const lastGoodMs = new Map([['billing', 0]]);
  return assessAvailability(measures, { graph, causes: graph, down, refused: new Set(), lastGoodMs });
}

function rulesOf(seenOfGateway: readonly Seen[], seenOfBilling: readonly Seen[]): string[] {
  const measures = [measureFixture(gateway, seenOfGateway), measureFixture(billing, seenOfBilling)];
  return assess(measures).findings.map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`);
}

describe('assessAvailability', () => {
  it('says nothing about what works, nor about one failure among ten', () => {
    expect(rulesOf(repeat(10, 10), repeat(10, 10))).toEqual([]);
    expect(rulesOf(repeat(10, 10), ['refused', ...repeat(10, 9)])).toEqual([]);
  });

  it('reports the child while its parent works', () => {
    expect(rulesOf(repeat(10, 10), repeat('refused', 3))).toEqual(['down billing']);
  });

  it('names the parent instead of the child when both fail', () => {
    const { findings, checked, notChecked } = assess([
      measureFixture(gateway, repeat('refused', 3)),
      measureFixture(billing, repeat('no-response', 3)),
    ]);
    expect(findings.map(({ rule, severity }) => [rule.split('/')[1], severity])).toEqual([
      ['down', 'critical'],
      ['affected', 'info'],
    ]);
    expect(checked.filter(({ subject }) => subject.name === 'billing').map(({ rule }) => rule.id)).toEqual([
      'dependency-health-checker/affected',
    ]);
    expect(notChecked[0]?.reason).toContain('gateway is down');
  });

  it('tells silence from other failures and shows how far it got, and when it worked', () => {
    const { findings } = assess([measureFixture(billing, repeat('no-response', 3))]);
    expect(findings[0]).toMatchObject({
      rule: 'dependency-health-checker/no-response',
      impact: { summary: 'While it is down: POST /api/orders cannot work.' },
    });
    expect(findings[0]?.evidence).toEqual([
      { label: 'failed', value: 3, unit: 'of 3 probes, each on 3 fresh connections' },
      { label: 'cause', value: 'no-response x3' },
      { label: 'got as far as', value: 'ttfb', unit: '(connect, request, ttfb)' },
      { label: 'newest failure', value: 'it failed: no-response', unit: 'at 1970-01-01T00:00:02.000Z' },
      { label: 'last good', value: '1970-01-01T00:00:00.000Z' },
    ]);
  });

  it('marks what may be the words of a server', () => {
    const { findings } = assess([measureFixture(billing, repeat('auth-failed', 3))]);
    expect(findings[0]?.evidence).toContainEqual(
      expect.objectContaining({ sample: 'it failed: auth-failed' }),
    );
  });

  it('counts a second try that was needed as a first one that failed', () => {
    const { findings } = assess([measureFixture(gateway, repeat(10, 10), { retryOf: 'status-5xx' })]);
    expect(findings).toMatchObject([{ rule: 'dependency-health-checker/error-rate' }]);
    expect(findings[0]?.evidence[1]).toEqual({ label: 'causes', value: 'status-5xx x10' });
  });

  it('takes 429 for no failure, and comes to no verdict from it alone', () => {
    const { findings, checked } = assess([measureFixture(gateway, repeat('status-4xx', 3), { status: 429 })]);
    expect(findings).toEqual([]);
    expect(checked).toEqual([]);
  });
});

describe('isErrorRate', () => {
  it.each([
    [2, 10, false],
    [3, 10, true],
    [3, 60, false],
    [5, 60, true],
  ])('%d of %d: %s', (failed, tries, expected) => {
    expect(isErrorRate(failed, tries)).toBe(expected);
  });
});

describe('explanationOf', () => {
  const node = (name: string, behind: string[]) => ({ name, behind, neededBy: [], optional: false });

  it('goes back to the one that nothing else explains', () => {
    const chain = dependencyGraph([node('a', []), node('b', ['a']), node('c', ['b'])]);
    expect(explanationOf('c', new Set(['a', 'b', 'c']), chain)).toBe('a');
    expect(explanationOf('c', new Set(['b', 'c']), chain)).toBe('b');
    expect(explanationOf('c', new Set(['c']), chain)).toBeNull();
  });

  it('reports exactly one of a circle', () => {
    const circle = dependencyGraph([node('a', ['c']), node('b', ['a']), node('c', ['b'])]);
    const down = new Set(['a', 'b', 'c']);
    expect(['a', 'b', 'c'].map((name) => explanationOf(name, down, circle))).toEqual([null, 'a', 'a']);
  });
});
