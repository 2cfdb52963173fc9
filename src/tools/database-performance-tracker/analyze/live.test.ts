import { describe, expect, it } from 'vitest';
import { findingFingerprint } from '../../../core/finding.ts';
import { known, unknown } from '../../_shared/database/reading.ts';
import { ACTIVITY_RULES } from '../rules/activity.ts';
import type { LiveFacts } from './facts.ts';
import { trackerCoverage } from './coverage.ts';
import { assessLive } from './live.ts';
import {
  backend,
  backends,
  forestOf,
  lockNode,
  MINUTE,
  OPTIONS,
  quietFacts,
  reported,
  SECOND,
  verdicts,
  waitingFor,
} from './live-fixtures.ts';

function assess(parts: Partial<LiveFacts> = {}) {
  return assessLive(quietFacts(parts), OPTIONS);
}

describe('a healthy database', () => {
  it('is silent, and every live rule came to a verdict', () => {
    const assessment = assess();
    expect(reported(assessment)).toEqual([]);
    expect(new Set(verdicts(assessment).checked)).toEqual(
      new Set(Object.values(ACTIVITY_RULES).map(({ id }) => id.split('/')[1])),
    );
    expect(verdicts(assessment).notChecked).toEqual([]);
  });

  it('is not what cannot be read: each reason stands with its rules and its remedy', () => {
    const hidden = unknown('sessions of others are hidden', 'GRANT pg_monitor TO "rearguard";');
    const assessment = assess({ activity: hidden, slots: unknown('no right to read slots') });
    const coverage = trackerCoverage(assessment);
    expect(coverage.notChecked).toEqual([
      expect.objectContaining({ reason: hidden.reason, hint: hidden.hint }),
      expect.objectContaining({
        reason: 'no right to read slots',
        rules: [ACTIVITY_RULES.slotRetainsWal.id],
      }),
    ]);
    expect(verdicts(assessment).checked).not.toContain('idle-in-transaction');
  });
});

describe('connections', () => {
  it.each([
    [40, []],
    [76, []],
    [80, ['connections-near-limit high']],
    [94, ['connections-near-limit critical']],
  ])('%i and ours of 97 give %j', (count, expected) => {
    expect(reported(assess({ activity: known(backends(count)) }))).toEqual(expected);
  });

  it('are those of clients: processes of the server and parallel workers take none', () => {
    const others = [
      ...backends(20, () => ({ type: 'autovacuum worker', state: null })),
      ...backends(20, () => ({ type: 'parallel worker', leaderPid: 7 })),
    ];
    expect(reported(assess({ activity: known([...backends(60), ...others]) }))).toEqual([]);
  });
});

describe('transactions', () => {
  const idle = { state: 'idle in transaction', transactionMs: 5 * MINUTE };

  it('reports one that sits idle, high when others wait for it', () => {
    const forgotten = backend({ ...idle, stateMs: 4 * MINUTE });
    expect(reported(assess({ activity: known([forgotten]) }))).toEqual(['idle-in-transaction medium']);
    const forest = forestOf(
      lockNode({
        pid: forgotten.pid,
        state: idle.state,
        victims: [lockNode({ pid: 2, wait: waitingFor('RowShareLock', 100) })],
      }),
    );
    expect(reported(assess({ activity: known([forgotten]), forest }))).toEqual(['idle-in-transaction high']);
  });

  it('is silent about a short pause between two statements, and about our own', () => {
    expect(reported(assess({ activity: known([backend({ ...idle, stateMs: 80 })]) }))).toEqual([]);
    expect(
      reported(assess({ activity: known([backend({ ...idle, stateMs: 4 * MINUTE, own: true })]) })),
    ).toEqual([]);
  });

  it('names one that works for long; a dump means to, and maintenance takes what it takes', () => {
    const working = { state: 'active', transactionMs: 25 * MINUTE };
    const low = assess({ activity: known([backend(working)]) });
    expect(reported(low)).toEqual(['long-transaction low']);
    expect(reported(assess({ activity: known([backend({ ...working, xminAge: 2_000_000 })]) }))).toEqual([
      'long-transaction medium',
    ]);
    expect(reported(assess({ activity: known([backend({ ...working, application: 'pg_dump' })]) }))).toEqual([
      'long-transaction info',
    ]);
    const vacuum = backend(working);
    const progress = known([
      {
        pid: vacuum.pid,
        command: 'vacuum' as const,
        table: 'public.orders',
        database: 'shop',
        phase: 'scanning heap',
        share: 0.5,
        runningMs: 25 * MINUTE,
        automatic: false,
        wraparound: false,
      },
    ]);
    expect(reported(assess({ activity: known([vacuum]), progress }))).toEqual([]);
  });

  it('keeps its identity when another session is the worst', () => {
    const [a, b] = [1, 2].map((minutes) => {
      const session = backend({ ...idle, stateMs: minutes * MINUTE, application: `worker-${minutes}` });
      return assess({ activity: known([session]) }).findings[0];
    });
    expect(a?.title).not.toBe(b?.title);
    expect(findingFingerprint(a?.rule ?? '', a?.subject ?? { kind: 'target', name: '' })).toBe(
      findingFingerprint(b?.rule ?? '', b?.subject ?? { kind: 'target', name: '' }),
    );
  });
});

describe('chains of locks', () => {
  const chain = (waitMs: number, victims = 1) =>
    forestOf(
      lockNode({
        pid: 10,
        state: 'idle in transaction',
        victims: Array.from({ length: victims }, (_, index) =>
          lockNode({ pid: 20 + index, wait: waitingFor('ShareLock', waitMs) }),
        ),
      }),
    );

  it('are reported once somebody has waited for long enough, critical with many', () => {
    expect(reported(assess({ forest: chain(40) }))).toEqual([]);
    expect(reported(assess({ forest: chain(3 * SECOND) }))).toEqual(['blocking-chain high']);
    expect(reported(assess({ forest: chain(3 * SECOND, 12) }))).toEqual(['blocking-chain critical']);
  });

  it('come with the statement that ends the root, guarded against another session with its pid', () => {
    const [finding] = assess({ forest: chain(3 * SECOND) }).findings;
    expect(finding?.fix.patch).toBe(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = 10 AND state LIKE 'idle in transaction%';",
    );
    expect(finding?.check).toEqual({ command: 'current-state', input: { target: 'shop-db' } });
  });
});
