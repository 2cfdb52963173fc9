import { windowOf } from '../../_shared/database/delta.ts';
import { lockForest } from '../../_shared/database/locks.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { activityReader } from '../../_shared/database/postgres/activity.ts';
import type { DatabaseCounters } from '../../_shared/database/postgres/database-counters.ts';
import { readSnapshot, readTopic } from '../../_shared/database/postgres/read-snapshot.ts';
import { readServer, type ServerFacts } from '../../_shared/database/postgres/server.ts';
import type { Snapshot, Topic } from '../../_shared/database/postgres/snapshot.ts';
import { statementsReader } from '../../_shared/database/postgres/statements.ts';
import { known, type Reading } from '../../_shared/database/reading.ts';
import type { StatementSnapshot } from '../../_shared/database/statements.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { DeadlockCount, LiveFacts } from '../analyze/facts.ts';
import { assessLive } from '../analyze/live.ts';
import { counterValues, type CumulativeCounters } from '../analyze/look-values.ts';
import { profileWaits } from '../analyze/wait-profile.ts';
import {
  type Beside,
  comparable,
  type LiveContext,
  type LiveReader,
  type LiveState,
  type StatementMark,
} from './live-state.ts';
import { connectionHistory, recentDeadlocks } from './series.ts';

/** What a look reads each time: the memory of the server, nothing that grows with the database. */
const TOPICS = [
  'activity',
  'locks',
  'databases',
  'replication',
  'slots',
  'xminHolders',
  'progress',
] as const satisfies readonly Topic[];
type LiveSnapshot = Snapshot<(typeof TOPICS)[number]>;

export async function postgresLive(ctx: LiveContext, database: OpenDatabase): Promise<LiveReader> {
  const { clock } = ctx;
  const { session } = database;
  // Each whole look reads it anew: the server behind the session may have been restarted, or promoted.
  let server = await readServer(session, clock.wallMs());
  return {
    sessions: () => readTopic(session, server, activityReader, clock.wallMs()),
    async state(beside) {
      const snapshot = await readSnapshot(session, TOPICS, clock.wallMs());
      server = snapshot.server;
      return toState(ctx, database, snapshot, beside);
    },
    async statements() {
      return markOf(await readTopic(session, server, statementsReader, clock.wallMs()));
    },
  };
}

/** Marks of one reader belong together. */
interface PostgresMark extends StatementMark {
  reading: Reading<StatementSnapshot>;
}

function markOf(reading: Reading<StatementSnapshot>): PostgresMark {
  return {
    reading,
    until(later) {
      const end = (later as PostgresMark).reading;
      if (!reading.known) return reading;
      return end.known ? known(windowOf([reading.value, end.value])) : end;
    },
  };
}

function toState(
  ctx: LiveContext,
  { target, session }: OpenDatabase,
  { server, parts, takenAtMs }: LiveSnapshot,
  { waits, looks, before }: Beside,
): LiveState {
  const { activity, locks, databases } = parts;
  const { epoch } = server;
  const counters = databases.known ? countersOf(databases.value, server) : null;
  const facts: LiveFacts = {
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
    deadlocks: databases.known
      ? known(
          deadlocksOf(
            comparable(before, epoch),
            { counters, takenAtMs },
            recentDeadlocks(ctx.store, target.name, takenAtMs),
          ),
        )
      : databases,
    waits: profileWaits(waits),
    looks,
    history: connectionHistory(ctx.store, target.name, takenAtMs),
  };
  return {
    facts,
    epoch,
    counters,
    assess: () => assessLive(facts, ctx.options),
    advice: roleAdvice(target.name, server),
  };
}

/** Of the database that the session is in. */
function countersOf(
  databases: readonly DatabaseCounters[],
  { database }: ServerFacts,
): DatabaseCounters | null {
  return databases.find(({ name }) => name === database) ?? null;
}

function deadlocksOf(
  before: LiveState | null,
  now: { counters: CumulativeCounters | null; takenAtMs: number },
  watched: DeadlockCount,
): DeadlockCount {
  const overMs = before === null ? 0 : now.takenAtMs - before.facts.atMs;
  const { deadlocks } = counterValues(before?.counters ?? null, now.counters, overMs);
  // They overlap where somebody watches already: the sum would count some twice.
  return {
    count: Math.max(watched.count, deadlocks ?? 0),
    overMs: Math.max(watched.overMs, deadlocks === null ? 0 : overMs),
  };
}

function roleAdvice(target: string, { user, superuser }: ServerFacts): Diagnostic[] {
  if (!superuser) return [];
  return [
    {
      level: 'warning',
      message: `${target}: ${user} is a superuser; a role that only looks is enough, and cannot do harm.`,
      hint: "CREATE ROLE rearguard LOGIN PASSWORD '…' CONNECTION LIMIT 5; GRANT pg_monitor TO rearguard;",
    },
  ];
}
