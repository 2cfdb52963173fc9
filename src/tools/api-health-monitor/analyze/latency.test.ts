import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '../../../core/statistics/binomial.ts';
import { seededRandom } from '../../../core/statistics/random.ts';
import { RULES } from '../rules.ts';
import { assessLatency, findTail } from './latency.ts';
import { endpointFixture, measureFixture, repeat, type Seen } from './test-fixtures.ts';

const search = endpointFixture('/api/search');

function findings(seen: readonly Seen[]) {
  return assessLatency([measureFixture(search, seen)]).findings;
}

/** 120 calls of 25 ms, every tenth slow. */
function everyTenth(slowMs: number): number[] {
  return Array.from({ length: 120 }, (_, index) => (index % 10 === 0 ? slowMs : 25));
}

describe('assessLatency', () => {
  it('says nothing about 60 fast calls and claims the objective', () => {
    const { findings: found, checked } = assessLatency([measureFixture(search, repeat(20, 60))]);
    expect(found).toEqual([]);
    expect(checked.map(({ rule }) => rule.id)).toContain(RULES.latencyObjective.id);
  });

  it('says that 30 fast calls are not enough to claim it', () => {
    const { checked, notChecked } = assessLatency([measureFixture(search, repeat(20, 30))]);
    expect(checked).toEqual([]);
    expect(notChecked[0]?.reason).toContain('59 are needed');
  });

  it('needs no 59 samples to see that every call is too slow', () => {
    expect(findings(repeat(400, 4))).toMatchObject([{ rule: RULES.latencyObjective.id, severity: 'high' }]);
  });

  it('names the phase that takes the time', () => {
    const [finding] = findings(repeat(400, 60));
    expect(finding?.evidence.find(({ label }) => label === 'mostly')?.value).toBe(
      'the wait for the first byte',
    );
  });

  it('does not report a p95 that is at the limit', () => {
    // 5 % of the calls above the limit is what the objective allows.
    expect(findings([...repeat(20, 57), ...repeat(201, 3)])).toEqual([]);
  });

  it('reports a slow tenth, and not a slow fiftieth', () => {
    expect(findings(everyTenth(110))).toMatchObject([{ rule: RULES.slowTail.id }]);
    expect(findings([...repeat(25, 118), ...repeat(110, 2)])).toEqual([]);
  });

  it('does not report what is only a little slower', () => {
    expect(findings(everyTenth(30))).toEqual([]);
  });

  it('does not take one stall for a tail', () => {
    expect(findings([...repeat(25, 50), ...repeat(110, 12), ...repeat(25, 58)])).toEqual([]);
  });

  it('keeps its stated false-alarm rates', () => {
    // The smallest numbers of slow calls that are reported, from the exact binomial distribution.
    expect(binomialUpperTail(11, 60, 0.05)).toBeLessThan(0.001);
    expect(binomialUpperTail(8, 120, 0.02)).toBeLessThan(0.005);
  });

  it('finds a tenth of slow calls in at least nine of ten rounds of 120', () => {
    const random = seededRandom(7);
    const rounds = Array.from({ length: 300 }, () =>
      Array.from({ length: 120 }, () => (random() < 0.1 ? 110 : 25)),
    );
    const found = rounds.filter((latencies) => findTail(latencies) !== undefined).length;
    expect(found / rounds.length).toBeGreaterThan(0.9);
  });
});
