import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { EMPTY_COVERAGE, type Coverage } from '../core/coverage.ts';
import { findingFingerprint, findingId, findingSchema } from '../core/finding.ts';
import type { IdentifiedDraft } from './store.ts';
import { temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const T0 = 1_780_000_000_000;
const RULE = 'api-health-monitor/slow-endpoint';
const TOOL = 'api-health-monitor';

function draft(endpoint: string, change: Partial<IdentifiedDraft> = {}): IdentifiedDraft {
  const subject = { kind: 'endpoint' as const, name: endpoint };
  const fingerprint = findingFingerprint(RULE, subject);
  return {
    id: findingId('health', fingerprint),
    fingerprint,
    rule: RULE,
    severity: 'high',
    confidence: 'likely',
    title: `${endpoint} is slow`,
    subject,
    evidence: [{ label: 'p95', value: 812, unit: 'ms' }],
    fix: { summary: 'Make it fast', steps: ['Look at the query'], patch: 'CREATE INDEX …' },
    verify: {
      argv: ['rearguard', 'verify', findingId('health', fingerprint)],
      check: { tool: TOOL, command: 'status', input: { endpoint: [endpoint] } },
    },
    ...change,
  };
}

function checked(...endpoints: string[]): Coverage {
  return {
    checked: endpoints.map((name) => ({ subject: { kind: 'endpoint', name }, rules: [RULE] })),
    notChecked: [],
  };
}

const USERS = draft('GET /api/users');
const ORDERS = draft('GET /api/orders');

function setUp(): {
  store: ReturnType<typeof stores.open>;
  setTime: (nowMs: number) => void;
  run: (nowMs: number, found: IdentifiedDraft[], coverage?: Coverage) => [string, string][];
} {
  let timeMs = T0;
  const store = stores.open({}, { wallMs: () => timeMs });
  return {
    store,
    setTime: (nowMs) => (timeMs = nowMs),
    run(nowMs, found, coverage = checked(USERS.subject.name, ORDERS.subject.name)) {
      timeMs = nowMs;
      return store.findings
        .apply({ tool: TOOL, coverage, found, nowMs })
        .map((finding) => [finding.subject.name, finding.state]);
    },
  };
}

describe('states', () => {
  it('go from new to ongoing, resolved and regressed, and keep when it was first and last seen', () => {
    const { store, run } = setUp();
    expect(run(T0, [USERS])).toEqual([['GET /api/users', 'new']]);
    expect(run(T0 + 1_000, [USERS])).toEqual([['GET /api/users', 'ongoing']]);
    expect(run(T0 + 2_000, [])).toEqual([['GET /api/users', 'resolved']]);
    expect(run(T0 + 3_000, [])).toEqual([]);
    expect(run(T0 + 4_000, [USERS])).toEqual([['GET /api/users', 'regressed']]);
    expect(run(T0 + 5_000, [USERS, ORDERS])).toEqual([
      ['GET /api/users', 'ongoing'],
      ['GET /api/orders', 'new'],
    ]);
    expect(store.findings.get(USERS.id)).toMatchObject({
      firstSeen: new Date(T0).toISOString(),
      lastSeen: new Date(T0 + 5_000).toISOString(),
    });
  });

  it('do not change when the same run is folded in again', () => {
    const { run } = setUp();
    run(T0, [USERS]);
    expect(run(T0, [USERS])).toEqual([['GET /api/users', 'new']]);
    run(T0 + 1, []);
    run(T0 + 2, [USERS]);
    expect(run(T0 + 2, [USERS])).toEqual([['GET /api/users', 'regressed']]);
  });

  it('stay as they are where no rule came to a verdict', () => {
    const { store, run } = setUp();
    run(T0, [USERS, ORDERS]);
    expect(run(T0 + 1, [], EMPTY_COVERAGE)).toEqual([]);
    expect(run(T0 + 2, [], checked(ORDERS.subject.name))).toEqual([['GET /api/orders', 'resolved']]);
    const otherRule = {
      checked: [{ subject: USERS.subject, rules: ['api-health-monitor/down'] }],
      notChecked: [],
    };
    expect(run(T0 + 3, [], otherRule)).toEqual([]);
    expect(store.findings.get(USERS.id)?.state).toBe('new');
  });

  it('of another tool are left alone', () => {
    const { store, run } = setUp();
    run(T0, [USERS]);
    const coverage = checked(USERS.subject.name);
    expect(store.findings.apply({ tool: 'another-tool', coverage, found: [], nowMs: T0 + 1 })).toEqual([]);
    expect(store.findings.get(USERS.id)?.state).toBe('new');
  });

  it('follow the order of the runs when the clock is set back', () => {
    const { store, run } = setUp();
    run(T0, [USERS]);
    expect(run(T0 - 3_600_000, [USERS])).toEqual([['GET /api/users', 'ongoing']]);
    expect(run(T0 - 3_500_000, [])).toEqual([['GET /api/users', 'resolved']]);
    expect(store.findings.get(USERS.id)?.lastSeen).toBe(new Date(T0).toISOString());
  });

  it('agree with a plain model for any history of runs', () => {
    const step = fc.record({ found: fc.boolean(), covered: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { store, run } = setUp();
        let expected: string | undefined;
        steps.forEach(({ found, covered }, index) => {
          run(T0 + index, found ? [USERS] : [], covered ? undefined : EMPTY_COVERAGE);
          if (found) {
            expected = expected === undefined ? 'new' : expected === 'resolved' ? 'regressed' : 'ongoing';
          } else if (covered && expected !== undefined) expected = 'resolved';
        });
        expect(store.findings.get(USERS.id)?.state).toBe(expected);
        stores.removeAll();
      }),
      { numRuns: 25 },
    );
  });
});

describe('mutes', () => {
  it('hold while the finding stands, and no longer than they were meant to', () => {
    const { store, setTime, run } = setUp();
    run(T0, [USERS]);
    expect(store.findings.mute(USERS.id, T0 + 1_000, 'a known batch')).toBe(true);
    expect(store.findings.muteOf(USERS.id)).toEqual({ untilMs: T0 + 1_000, reason: 'a known batch' });
    expect(run(T0 + 500, [USERS])).toEqual([['GET /api/users', 'muted']]);
    expect(run(T0 + 1_000, [USERS])).toEqual([['GET /api/users', 'ongoing']]);
    setTime(T0 + 999);
    expect(store.findings.get(USERS.id)?.state).toBe('muted');
  });

  it('for good outlive a resolution, until they are undone', () => {
    const { store, run } = setUp();
    run(T0, [USERS]);
    store.findings.mute(USERS.id, undefined, 'accepted');
    expect(run(T0 + 1, [])).toEqual([['GET /api/users', 'resolved']]);
    expect(run(T0 + 2, [USERS])).toEqual([['GET /api/users', 'muted']]);
    expect(store.findings.unmute(USERS.id)).toBe(true);
    expect(store.findings.muteOf(USERS.id)).toBeUndefined();
    expect(store.findings.get(USERS.id)?.state).toBe('regressed');
  });

  it('of what is not there say so', () => {
    const { store } = setUp();
    expect(store.findings.mute('health-00000000', undefined, 'x')).toBe(false);
    expect(store.findings.unmute('health-00000000')).toBe(false);
  });

  it('keep findings out of lists that do not ask for them', () => {
    const { store, run } = setUp();
    run(T0, [USERS, ORDERS]);
    store.findings.mute(USERS.id, undefined, 'accepted');
    const names = (filter?: Parameters<typeof store.findings.list>[0]): string[] =>
      store.findings.list(filter).map((finding) => finding.subject.name);
    expect(names()).toEqual(['GET /api/orders']);
    expect(names({ includeMuted: true }).toSorted()).toEqual(['GET /api/orders', 'GET /api/users']);
    expect(names({ states: ['muted'] })).toEqual(['GET /api/users']);
    expect(names({ states: ['resolved'] })).toEqual([]);
    expect(names({ tool: 'another-tool', includeMuted: true })).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is the whole of the last finding, valid by its schema', () => {
    const { store, run } = setUp();
    run(T0, [USERS]);
    run(T0 + 1, [
      draft(USERS.subject.name, { severity: 'critical', evidence: [{ label: 'p95', value: 1_900 }] }),
    ]);
    const kept = store.findings.get(USERS.id);
    expect(findingSchema.parse(kept)).toEqual(kept);
    expect(kept).toMatchObject({ severity: 'critical', evidence: [{ value: 1_900 }], fix: USERS.fix });
    expect(store.findings.origin(USERS.id)).toEqual(USERS.verify.check);
  });

  it('is listed worst first', () => {
    const { store, run } = setUp();
    run(T0, [USERS, draft(ORDERS.subject.name, { severity: 'critical' })]);
    expect(store.findings.list().map((finding) => finding.severity)).toEqual(['critical', 'high']);
  });

  it('is found by an unambiguous prefix, and beyond 8 hex when two share them', () => {
    const { store, run } = setUp();
    const twin = draft(ORDERS.subject.name, {
      id: USERS.id,
      fingerprint: `${USERS.fingerprint.slice(0, 8)}${ORDERS.fingerprint.slice(8)}`,
    });
    run(T0, [USERS]);
    expect(store.findings.get(USERS.id.slice(0, 9))?.subject.name).toBe('GET /api/users');
    run(T0 + 1, [USERS, twin]);
    expect(store.findings.get(USERS.id)).toBeUndefined();
    expect(store.findings.get(`health-${USERS.fingerprint}`)?.subject.name).toBe('GET /api/users');
    expect(store.findings.get(`health-${twin.fingerprint.slice(0, 14)}`)?.subject.name).toBe(
      'GET /api/orders',
    );
    expect(store.findings.get('')).toBeUndefined();
    expect(store.findings.get('health_%')).toBeUndefined();
  });
});
