import { describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from '../../../core/statistics/random.ts';
import type { BackendEvent } from '../../../core/event.ts';
import type { Baseline } from '../collect/baselines.ts';
import { RULES } from '../rules.ts';
import { assessRegression } from './regression.ts';
import { endpointFixture, measureFixture, repeat } from './test-fixtures.ts';

const products = endpointFixture('/api/products');
const random = seededRandom(11);

/** Log-normal around a median, as service times are. */
function latencies(medianMs: number, count: number): number[] {
  return Array.from({ length: count }, () => medianMs * Math.exp(0.15 * randomNormal(random)));
}

const baseline: Baseline = {
  name: 'default',
  savedAtMs: 0,
  endpoints: new Map([
    [products.name, { endpoint: products.name, latenciesMs: latencies(30, 120), failed: 0 }],
  ]),
};
const deploy: BackendEvent = {
  id: 'd',
  kind: 'deploy',
  atMs: 1,
  title: 'deploy',
  release: 'v2',
  attributes: {},
};

function assess(seen: number[], options: { deploys?: BackendEvent[]; alreadySlow?: string[] } = {}) {
  return assessRegression([measureFixture(products, seen)], baseline, {
    alreadySlow: new Set(options.alreadySlow),
    floorMs: () => 5,
    deploys: options.deploys ?? [],
    check: (name) => ({ command: 'status', input: { endpoints: [name] } }),
  });
}

describe('assessRegression', () => {
  it('finds an endpoint that became half as slow again, and names the deploy', () => {
    expect(assess(latencies(45, 120), { deploys: [deploy] }).findings).toMatchObject([
      {
        rule: RULES.latencyRegression.id,
        severity: 'high',
        confidence: 'proven',
        title: expect.stringContaining('after deploy v2'),
      },
    ]);
  });

  it('does not blame a deploy of another target', () => {
    const elsewhere = { ...deploy, target: 'payments' };
    expect(assess(latencies(45, 120), { deploys: [elsewhere] }).findings).toMatchObject([
      { severity: 'medium' },
    ]);
  });

  it('is less sure of the cause, and so less severe, without a deploy', () => {
    expect(assess(latencies(45, 120)).findings).toMatchObject([{ severity: 'medium' }]);
  });

  it('says nothing when nothing changed, and that it looked', () => {
    const { findings, checked } = assess(latencies(30, 120));
    expect(findings).toEqual([]);
    expect(checked.map(({ rule }) => rule.id)).toEqual([RULES.latencyRegression.id]);
  });

  it('leaves a shift alone that two moments of any day may differ by', () => {
    const { findings, checked, notChecked } = assess(latencies(33.5, 120), { deploys: [deploy] });
    expect(findings).toEqual([]);
    // A verdict of "gone" would resolve what post-deploy-check, with its lower floor, still finds.
    expect(checked).toEqual([]);
    expect(notChecked[0]?.reason).toContain('uncontrolled moments');
  });

  it('does not repeat what the objective reports already', () => {
    expect(assess(latencies(300, 120), { alreadySlow: [products.name] }).findings).toEqual([]);
  });

  it('has no verdict from too few samples', () => {
    const { checked, notChecked } = assess(latencies(45, 10));
    expect(checked).toEqual([]);
    expect(notChecked[0]?.reason).toContain('30 are needed');
  });

  it('leaves a dead endpoint and an unknown one alone', () => {
    const dead = measureFixture(products, repeat('refused', 4));
    const unknown = measureFixture(endpointFixture('/api/new'), latencies(30, 60));
    const context = {
      alreadySlow: new Set<string>(),
      floorMs: () => 5,
      deploys: [],
      check: () => ({ command: 'status', input: {} }),
    };
    expect(assessRegression([dead, unknown], baseline, context)).toEqual({
      findings: [],
      checked: [],
      notChecked: [],
    });
  });
});
