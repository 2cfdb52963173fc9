import { countBy } from '../../../core/group-by.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { DatabaseCounters } from '../../_shared/database/postgres/database-counters.ts';
import type { Replication } from '../../_shared/database/postgres/replication.ts';
import type { WaitProfile } from './wait-profile.ts';
import { applicationOf, clientSessions, isIdle } from './sessions.ts';

/** Numbers of one look that become series. null, or left out: not measured. */
export interface LookValues {
  /** Sessions of clients, with ours. */
  connections: number | null;
  states: ReadonlyMap<string, number>;
  /** Idle sessions of the applications that have most of them. */
  idle: ReadonlyMap<string, number>;
  averageActive: number | null;
  /** Sessions in each class of waits on average: `CPU`, `Lock`, `IO`. */
  waits: ReadonlyMap<string, number>;
  transactionsPerSecond: number | null;
  cacheHitPercent: number | null;
  deadlocks: number | null;
  tempBytes: number | null;
  replayLagMs: ReadonlyMap<string, number>;
}

/** So many applications have a series each; one that names itself anew for every session must not fill the store. */
const MAX_APPLICATIONS = 10;

export function sessionValues(
  backends: readonly Backend[],
): Pick<LookValues, 'connections' | 'states' | 'idle'> {
  const sessions = clientSessions(backends);
  const idle = countBy(sessions.filter(isIdle).map(applicationOf)).slice(0, MAX_APPLICATIONS);
  return {
    connections: sessions.length + 1,
    states: new Map(
      countBy(sessions.map(({ state }) => state ?? 'unknown')).map(({ key, count }) => [key, count]),
    ),
    idle: new Map(idle.map(({ key, count }) => [key, count])),
  };
}

export function waitValues(profile: WaitProfile | null): Pick<LookValues, 'averageActive' | 'waits'> {
  const waits = new Map<string, number>();
  for (const { type, average } of profile?.waits ?? []) waits.set(type, (waits.get(type) ?? 0) + average);
  return { averageActive: profile?.averageActive ?? null, waits };
}

/** What a database counts since a reset. */
export type CumulativeCounters = Pick<
  DatabaseCounters,
  'commits' | 'rollbacks' | 'blocksHit' | 'blocksRead' | 'deadlocks' | 'tempBytes' | 'resetAtMs'
>;

/** Differences of the counters of one database; after a reset they began at zero. */
export function counterValues(
  before: CumulativeCounters | null,
  now: CumulativeCounters | null,
  overMs: number,
): Pick<LookValues, 'transactionsPerSecond' | 'cacheHitPercent' | 'deadlocks' | 'tempBytes'> {
  if (before === null || now === null || overMs <= 0) {
    return { transactionsPerSecond: null, cacheHitPercent: null, deadlocks: null, tempBytes: null };
  }
  const isReset = now.resetAtMs !== before.resetAtMs;
  const risen = (
    field: 'commits' | 'rollbacks' | 'blocksHit' | 'blocksRead' | 'deadlocks' | 'tempBytes',
  ): number => (isReset || now[field] < before[field] ? now[field] : now[field] - before[field]);
  const blocks = risen('blocksHit') + risen('blocksRead');
  return {
    transactionsPerSecond: ((risen('commits') + risen('rollbacks')) * 1_000) / overMs,
    cacheHitPercent: blocks === 0 ? null : (risen('blocksHit') / blocks) * 100,
    deadlocks: risen('deadlocks'),
    tempBytes: risen('tempBytes'),
  };
}

export function replicationValues(replication: Replication | null): Pick<LookValues, 'replayLagMs'> {
  const lags = (replication?.senders ?? [])
    .slice(0, MAX_APPLICATIONS)
    .flatMap(({ application, replayLagMs }) =>
      replayLagMs === null ? [] : [[application, replayLagMs] as const],
    );
  return { replayLagMs: new Map(lags) };
}
