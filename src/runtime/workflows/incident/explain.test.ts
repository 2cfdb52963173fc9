import { describe, expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import type { BackendEvent } from '../../../core/event.ts';
import type { Finding } from '../../../core/finding.ts';
import { BUILTIN_TOOLS } from '../../../tools/registry.ts';
import { explainIncident, type IncidentEvidence } from './explain.ts';
import { CAUSE_RULES, FELT_RULES } from './rules.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const MINUTE = 60_000;

function finding(id: string, rule: string, more: Partial<Finding> & { ageMin?: number } = {}): Finding {
  const { ageMin = 10, ...rest } = more;
  const at = new Date(NOW - ageMin * MINUTE).toISOString();
  return {
    id,
    fingerprint: id.padEnd(32, '0'),
    rule,
    severity: 'high',
    confidence: 'proven',
    title: id,
    subject: { kind: 'endpoint', name: 'shop GET /orders' },
    evidence: [{ label: 'value', value: 1 }],
    fix: { summary: '', steps: [] },
    verify: { argv: ['rearguard', 'verify', id], check: { tool: 't', command: 'c', input: {} } },
    state: 'new',
    firstSeen: at,
    lastSeen: at,
    ...rest,
  };
}

function deploy(ageMin: number): BackendEvent {
  return {
    id: `deploy-${ageMin}`,
    kind: 'deploy',
    atMs: NOW - ageMin * MINUTE,
    title: 'Deployment of v2',
    attributes: {},
  };
}

const GRAPH = dependencyGraph([
  { name: 'payment', neededBy: ['POST /orders'], behind: [], optional: false },
  { name: 'ranking', neededBy: ['GET /search'], behind: [], optional: true },
]);

const SLOW = finding('slow', 'api-health-monitor/latency-regression');
const ORDERS_FAIL = finding('orders-fail', 'api-health-monitor/error-rate', {
  subject: { kind: 'endpoint', name: 'shop POST /orders' },
});
const PAYMENT_DOWN = finding('payment-down', 'dependency-health-checker/down', {
  severity: 'critical',
  title: 'payment refuses connections',
  subject: { kind: 'dependency', name: 'payment' },
});

function explain(more: Partial<IncidentEvidence>): ReturnType<typeof explainIncident> {
  return explainIncident({
    findings: [],
    begins: new Map(),
    events: [],
    graph: GRAPH,
    healthyEndpoints: [],
    nowMs: NOW,
    ...more,
  });
}

describe('explainIncident', () => {
  it('says nothing where nothing is felt, and nothing where nothing fits', () => {
    expect(explain({ findings: [PAYMENT_DOWN], events: [deploy(5)] })).toEqual([]);
    expect(explain({ findings: [ORDERS_FAIL] })).toEqual([]);
  });

  it('puts a dependency that is down before a deployment after which only that is felt', () => {
    const [first, second] = explain({
      findings: [ORDERS_FAIL, PAYMENT_DOWN],
      events: [deploy(300)],
      healthyEndpoints: ['shop GET /orders'],
    });
    expect(first).toMatchObject({ kind: 'dependency', decide: 'rearguard verify payment-down' });
    expect(first?.evidence.flatMap(({ findings }) => findings)).toContain('orders-fail');
    expect(second).toBeUndefined();
  });

  it('blames a deployment just before, and says what speaks against one that came after', () => {
    const before = explain({ findings: [SLOW], events: [deploy(11)] });
    expect(before[0]).toMatchObject({
      kind: 'deploy',
      decide: 'rearguard api-health-monitor post-deploy-check',
    });
    expect(explain({ findings: [SLOW], events: [deploy(3)] })).toEqual([]);
  });

  it('counts those who need a dependency and are well against it', () => {
    const evidence = { findings: [ORDERS_FAIL, PAYMENT_DOWN] };
    const [alone] = explain(evidence);
    const [spared] = explain({ ...evidence, healthyEndpoints: ['shop POST /orders'] });
    expect(spared?.score).toBeLessThan(alone?.score ?? 0);
    expect(spared?.against.map(({ text }) => text)).toContain('Of those who need it, 1 are well.');
  });

  it('ties an error to a dependency that fails the way it says', () => {
    const refused = finding('refused', 'error-analyzer/new-error', {
      title: 'New error: connect ECONNREFUSED',
      subject: { kind: 'error', name: 'e1' },
    });
    const [first] = explain({ findings: [refused, PAYMENT_DOWN] });
    expect(first).toMatchObject({ kind: 'dependency', title: 'payment refuses connections' });
  });

  it('prefers the lock that began before the symptoms to the one that began after', () => {
    const lock = (id: string, ageMin: number): Finding =>
      finding(id, 'database-performance-tracker/blocking-chain', {
        subject: { kind: 'table', name: `shop-db ${id}` },
        ageMin,
      });
    const [first, second] = explain({ findings: [SLOW, lock('early', 11), lock('late', 2)] });
    expect(first?.title).toBe('early');
    expect(second?.title).toBe('late');
    expect(second?.against[0]?.text).toContain('after the first symptom');
  });

  it('takes the time when a finding came back, not the one when it was first seen', () => {
    const back = { ...SLOW, state: 'regressed' as const, firstSeen: '2026-11-01T00:00:00.000Z' };
    const begins = new Map([[back.fingerprint, NOW - 4 * MINUTE]]);
    const [first] = explain({ findings: [back], begins, events: [deploy(5)] });
    expect(first?.evidence[0]?.text).toBe('It happened 1m before the first symptom was seen.');
  });

  it('is about what is new where something has been wrong for days', () => {
    const old = finding('old', 'api-health-monitor/slow-tail', { ageMin: 3 * 24 * 60, state: 'ongoing' });
    const [first] = explain({ findings: [old, SLOW], events: [deploy(11)] });
    expect(first?.kind).toBe('deploy');
    expect(explain({ findings: [old], events: [deploy(11)] })).toEqual([]);
  });

  it('allows for a deployment that is recorded when it is done', () => {
    const [first] = explain({ findings: [SLOW], events: [deploy(9)] });
    expect(first?.evidence[0]?.text).toContain('after the first symptom was seen');
  });

  it('names rules that exist', async () => {
    const tools = await Promise.all(BUILTIN_TOOLS.map((tool) => tool.load()));
    const known = new Set(tools.flatMap(({ rules }) => rules.map(({ id }) => id)));
    expect([...FELT_RULES, ...CAUSE_RULES.keys()].filter((rule) => !known.has(rule))).toEqual([]);
  });

  it('orders equal scores by title, so that the same evidence gives the same answer', () => {
    const twice = [
      { ...PAYMENT_DOWN, id: 'b', title: 'b' },
      { ...PAYMENT_DOWN, id: 'a', title: 'a' },
    ];
    const titles = explain({ findings: [ORDERS_FAIL, ...twice] }).map(({ title }) => title);
    expect(titles).toEqual(['a', 'b']);
  });
});
