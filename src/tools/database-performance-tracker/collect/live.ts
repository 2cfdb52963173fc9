import { lockForest } from '../../_shared/database/locks.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { DatabaseCounters } from '../../_shared/database/postgres/database-counters.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { ServerFacts } from '../../_shared/database/postgres/server.ts';
import type { Snapshot, Topic } from '../../_shared/database/postgres/snapshot.ts';
import { known, type Reading } from '../../_shared/database/reading.ts';
import type { CommandContext } from '../../context.ts';
import type { ActivityLook } from '../analyze/connection-history.ts';
import type { DeadlockCount, LiveFacts } from '../analyze/facts.ts';
import { counterValues } from '../analyze/look-values.ts';
import { profileWaits, type WaitSample } from '../analyze/wait-profile.ts';
import { connectionHistory, recentDeadlocks } from './series.ts';

/** What a look reads each time: the memory of the server, nothing that grows with the database. */
export const LIVE_TOPICS = [
  'activity',
  'locks',
  'databases',
  'replication',
  'slots',
  'xminHolders',
  'progress',
] as const satisfies readonly Topic[];
export type LiveSnapshot = Snapshot<(typeof LIVE_TOPICS)[number]>;

export function readLive({ session }: OpenDatabase, nowMs: number): Promise<LiveSnapshot> {
  return readSnapshot(session, LIVE_TOPICS, nowMs);
}

/** What was seen beside the snapshot: samples, and the looks at the sessions. */
export interface Beside {
  waits: readonly WaitSample[];
  looks: readonly ActivityLook[];
  /** The snapshot before; null: there is none of the same server. */
  before: LiveSnapshot | null;
}

/** The facts of the live rules; what watching has kept comes from the store. */
export function liveFacts(
  { store }: Pick<CommandContext, 'store'>,
  { target, session }: OpenDatabase,
  snapshot: LiveSnapshot,
  { waits, looks, before }: Beside,
): LiveFacts {
  const { parts, server, takenAtMs } = snapshot;
  const { activity, locks } = parts;
  return {
    target: target.name,
    atMs: takenAtMs,
    dialect: session.dialect,
    server,
    activity,
    forest: !locks.known
      ? locks
      : !activity.known
        ? activity
        : known(lockForest(locks.value, activity.value)),
    replication: parts.replication,
    slots: parts.slots,
    xminHolders: parts.xminHolders,
    progress: parts.progress,
    deadlocks: deadlocksOf(snapshot, before, recentDeadlocks(store, target.name, takenAtMs)),
    waits: profileWaits(waits),
    looks,
    history: connectionHistory(store, target.name, takenAtMs),
  };
}

function deadlocksOf(
  now: LiveSnapshot,
  before: LiveSnapshot | null,
  watched: DeadlockCount,
): Reading<DeadlockCount> {
  const { databases } = now.parts;
  if (!databases.known) return databases;
  const overMs = before === null ? 0 : now.takenAtMs - before.takenAtMs;
  const { deadlocks } = counterValues(ownCounters(before), ownCounters(now), overMs);
  // They overlap where somebody watches already: the sum would count some twice.
  return known({
    count: Math.max(watched.count, deadlocks ?? 0),
    overMs: Math.max(watched.overMs, deadlocks === null ? 0 : overMs),
  });
}

/** Of the database that the session is in; null where they cannot be read. */
export function ownCounters(snapshot: LiveSnapshot | null): DatabaseCounters | null {
  const databases = snapshot?.parts.databases;
  if (!databases?.known) return null;
  return databases.value.find(({ name }) => name === snapshot?.server.database) ?? null;
}

/** Counters of two epochs do not compare. */
export function sameEpoch(
  before: LiveSnapshot | null,
  now: Pick<LiveSnapshot, 'server'>,
): LiveSnapshot | null {
  return before !== null && before.server.epoch === now.server.epoch ? before : null;
}

/** A role that can do too much, or sees too little. */
export function roleAdvice(target: string, { user, superuser }: ServerFacts) {
  if (!superuser) return [];
  return [
    {
      level: 'warning' as const,
      message: `${target}: ${user} is a superuser; a role that only looks is enough, and cannot do harm.`,
      hint: `CREATE ROLE rearguard LOGIN PASSWORD '…' CONNECTION LIMIT 5; GRANT pg_monitor TO rearguard;`,
    },
  ];
}
