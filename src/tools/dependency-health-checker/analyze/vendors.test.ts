import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import type { VendorReading } from '../collect/vendor-pages.ts';
import { RULES } from '../rules.ts';
import { assessVendors } from './vendors.ts';

function reading(parts: Partial<VendorReading>): VendorReading {
  return {
    dependency: 'pay',
    page: 'https://status.pay.io',
    state: 'operational',
    summary: 'All good',
    incidents: [],
    reason: null,
    nextReadAtMs: 0,
    ...parts,
  };
}

const graph = dependencyGraph([{ name: 'pay', neededBy: ['POST /api/orders'], behind: [], optional: false }]);

function severities(state: VendorReading['state'], up: boolean | null, optional = false): string[] {
  const own = new Map([['pay', { up, optional }]]);
  return assessVendors([reading({ state })], own, graph).findings.map(({ severity }) => severity);
}

describe('assessVendors', () => {
  it('reports what a vendor admits, milder while our own probes are fine and it is only degraded', () => {
    expect(severities('outage', true)).toEqual(['medium']);
    expect(severities('outage', false)).toEqual(['medium']);
    expect(severities('degraded', true)).toEqual(['info']);
    expect(severities('degraded', false)).toEqual(['medium']);
    expect(severities('degraded', null)).toEqual(['medium']);
    expect(severities('outage', false, true)).toEqual(['low']);
    expect(severities('maintenance', false)).toEqual([]);
    expect(severities('operational', false)).toEqual([]);
  });

  it('sets what they say beside what we measured', () => {
    const incidents = [{ title: 'Late', impact: 'minor', startedAtMs: 0, url: 'https://s.io/1' }];
    const { findings, checked } = assessVendors([reading({ state: 'outage', incidents })], new Map(), graph);
    expect(findings[0]).toMatchObject({
      evidence: [
        { label: 'the vendor says', value: 'outage', sample: 'All good' },
        { label: 'we measured', value: 'not measured' },
        { label: 'incident since', value: '1970-01-01T00:00:00.000Z', sample: 'Late (minor)' },
      ],
      impact: { summary: 'While it lasts: POST /api/orders is affected.', basis: 'modelled' },
      check: { command: 'status', input: { dependencies: ['pay'] } },
    });
    expect(findings[0]?.fix.steps[0]).toBe('Read https://s.io/1');
    expect(checked.map(({ rule }) => rule.id)).toEqual([RULES.vendorIncident.id]);
  });

  it('comes to no verdict about a page that cannot be read', () => {
    const { findings, checked, notChecked } = assessVendors(
      [reading({ state: 'unknown', reason: 'it answered 500' })],
      new Map(),
      graph,
    );
    expect([findings, checked]).toEqual([[], []]);
    expect(notChecked[0]?.reason).toContain('it answered 500');
  });
});
