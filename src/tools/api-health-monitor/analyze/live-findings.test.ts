import { describe, expect, it } from 'vitest';
import { RULES } from '../rules.ts';
import { assessLive } from './live-findings.ts';
import { foldResult, startLive } from './live-window.ts';
import { endpointFixture, probeFixture, repeat, type Seen } from './test-fixtures.ts';

const orders = endpointFixture('/api/orders');

function assess(seen: readonly Seen[]) {
  const live = startLive(orders, 0);
  for (const [index, value] of seen.entries())
    foldResult(live, probeFixture(orders, value, index * 1_000), true);
  return assessLive([live]);
}

function rules(seen: readonly Seen[]): string[] {
  return assess(seen).findings.map(({ rule }) => rule);
}

describe('assessLive', () => {
  it('says nothing of an endpoint that is up, and that it looked', () => {
    const { findings, checked } = assess(repeat(10, 5));
    expect(findings).toEqual([]);
    expect(checked.map(({ rule }) => rule.id)).toContain(RULES.endpointFailing.id);
  });

  it('claims nothing of an endpoint whose state is not known yet', () => {
    expect(assess([10])).toEqual({ findings: [], checked: [], notChecked: [] });
  });

  it('tells errors from silence', () => {
    expect(rules([10, 10, ...repeat('status-5xx' as const, 3)])).toEqual([RULES.endpointFailing.id]);
    expect(rules([10, 10, ...repeat('no-response' as const, 3)])).toEqual([RULES.noResponse.id]);
  });

  it('tells stretches from errors at random', () => {
    const stretches = Array.from({ length: 24 }, (_, index): Seen =>
      Math.floor(index / 3) % 2 === 0 ? 10 : 'status-5xx',
    );
    expect(rules(stretches)).toEqual([RULES.flapping.id]);
    expect(assess(stretches).findings[0]?.check.command).toBe('watch');
    expect(assess(repeat(10, 5)).checked.map(({ rule }) => rule.id)).not.toContain(RULES.flapping.id);
    const scattered = Array.from({ length: 24 }, (_, index): Seen => (index % 3 === 0 ? 'status-5xx' : 10));
    expect(rules(scattered)).toEqual([RULES.errorRate.id]);
  });
});
