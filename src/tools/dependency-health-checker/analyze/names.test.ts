import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import { assessDomains, assessNameServers } from './names.ts';
import { measureDependency } from './measure.ts';
import { measureFixture, monitoredFixture, OPTIONS, resultFixture } from './test-fixtures.ts';

const DAY_MS = 86_400_000;
const domain = monitoredFixture('domain', { url: 'domain://example.test', scheme: 'domain' });
const names = monitoredFixture('names', { url: 'dns://db.test', scheme: 'dns' });
const graph = dependencyGraph([domain.dependency, names.dependency]);

describe('assessDomains', () => {
  const endingIn = (days: number) =>
    assessDomains(
      [measureFixture(domain, [10], { facts: { expires: new Date(days * DAY_MS).toISOString() } })],
      {
        graph,
        limits: OPTIONS.domain,
        nowMs: 0,
      },
    );

  it.each([
    [31, undefined],
    [29, 'low'],
    [13, 'high'],
    [2, 'critical'],
    [-1, 'critical'],
  ])('%d days left: %s', (days, severity) => {
    expect(endingIn(days).findings[0]?.severity).toBe(severity);
    expect(endingIn(days).checked).toHaveLength(1);
  });

  it('believes a date however late this machine read it', () => {
    const facts = { expires: new Date(2 * DAY_MS).toISOString() };
    const late = { ...resultFixture('domain', 10, 0, { facts }), suspect: true };
    const { findings } = assessDomains([measureDependency(domain, [late])], {
      graph,
      limits: OPTIONS.domain,
      nowMs: 0,
    });
    expect(findings[0]?.severity).toBe('critical');
  });

  it('comes to no verdict where the registry says nothing', () => {
    const { checked, notChecked } = assessDomains([measureFixture(domain, ['not-ready'])], {
      graph,
      limits: OPTIONS.domain,
      nowMs: 0,
    });
    expect(checked).toEqual([]);
    expect(notChecked[0]?.reason).toBe('it failed: not-ready');
  });
});

describe('assessNameServers', () => {
  const assess = (facts: Record<string, string | boolean>, down: string[] = []) =>
    assessNameServers([measureFixture(names, [10], { facts })], { graph, down: new Set(down) });

  it('is silent when all servers say the same', () => {
    expect(
      assess({ 'rcode 10.0.0.2:53': 'NOERROR', 'rcode 10.0.0.3:53': 'NOERROR', agree: true }).findings,
    ).toEqual([]);
  });

  it('tells a silent server from servers that disagree', () => {
    const silent = assess({ 'rcode 10.0.0.2:53': 'NOERROR', 'rcode 10.0.0.3:53': 'timeout' }).findings[0];
    expect(silent).toMatchObject({
      severity: 'high',
      title: 'names: 10.0.0.3:53 does not answer for db.test',
    });
    const differ = assess({ 'rcode 10.0.0.2:53': 'NOERROR', 'rcode 10.0.0.3:53': 'NOERROR', agree: false });
    expect(differ.findings[0]).toMatchObject({ severity: 'medium' });
  });

  it('leaves a name that nobody knows to the rule about down', () => {
    expect(assess({ 'rcode 10.0.0.2:53': 'NXDOMAIN' }, ['names']).findings).toEqual([]);
  });
});
