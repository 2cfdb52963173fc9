import type { LockNode } from '../../../_shared/database/locks.ts';
import type { MysqlLockWait, MysqlSession } from '../../../_shared/database/mysql/activity.ts';
import type { MysqlSnapshot } from '../../../_shared/database/mysql/snapshot.ts';
import type { Backend } from '../../../_shared/database/postgres/activity.ts';
import { known, unknown } from '../../../_shared/database/reading.ts';
import type { LiveFacts } from '../facts.ts';
import type { CumulativeCounters } from '../look-values.ts';
import { type MysqlChain, mysqlChains } from './blocking.ts';

/** What the live commands show of a MySQL or MariaDB server, in the words they have for every server. */

const NOT_HERE = unknown('MySQL and MariaDB have nothing of this kind');

export function mysqlFacts(
  target: string,
  snapshot: MysqlSnapshot,
  beside: Pick<LiveFacts, 'waits' | 'looks' | 'history'>,
): LiveFacts {
  const { server, activity, replication, takenAtMs } = snapshot;
  const chains = mysqlChains(snapshot);
  const replicas = replication.known ? replication.value : [];
  return {
    target,
    atMs: takenAtMs,
    dialect: server.dialect,
    server: {
      version: server.version,
      startedAtMs: server.startedAtMs,
      inRecovery: replicas.length > 0,
      database: '',
      user: server.account,
      maxConnections: Number(server.variables.get('max_connections') ?? 0),
      // One more than max_connections is let in for whoever may end others: nothing is taken from the rest.
      reservedConnections: 0,
    },
    activity: activity.known ? known(mysqlBackends(activity.value)) : activity,
    forest: chains.known ? known(forestOf(chains.value)) : chains,
    replication: replication.known
      ? known({
          senders: [],
          receiver: null,
          replayLagMs: largestLag(replicas),
          replayLagBytes: null,
        })
      : replication,
    slots: NOT_HERE,
    xminHolders: NOT_HERE,
    progress: NOT_HERE,
    deadlocks: unknown('deadlocks are counted by the rules of this dialect'),
    ...beside,
  };
}

/** Its answering session is among them; the count for PostgreSQL adds it, so it is left out here. */
export function mysqlBackends(sessions: readonly MysqlSession[]): Backend[] {
  const answering = sessions.find(({ own, command }) => own && command !== 'Sleep');
  return sessions.filter((session) => session !== answering).map(toBackend);
}

function toBackend(session: MysqlSession): Backend {
  const { id, user, host, database, command, commandMs, transaction, text, program, own } = session;
  const isWaiting = isLockWait(session);
  return {
    pid: id,
    leaderPid: null,
    type: 'client backend',
    database,
    user,
    application: program ?? user,
    client: host,
    state: stateOf(session),
    connectedMs: null,
    stateMs: commandMs,
    transactionMs: transaction?.ageMs ?? null,
    queryMs: command === 'Sleep' ? null : commandMs,
    waitType: isWaiting ? 'Lock' : null,
    waitEvent: isWaiting ? ((transaction?.waitingMs ?? null) === null ? 'metadata' : 'row') : null,
    xminAge: null,
    xidAge: null,
    queryId: null,
    text,
    own,
  };
}

function stateOf({ command, transaction }: MysqlSession): string {
  if (command !== 'Sleep') return 'active';
  return transaction === null ? 'idle' : 'idle in transaction';
}

function isLockWait({ transaction, state }: MysqlSession): boolean {
  return (transaction?.waitingMs ?? null) !== null || /metadata lock/i.test(state ?? '');
}

/** MySQL has no queues that amplify which it would tell us of: victims stand below their root, longest wait first. */
function forestOf(chains: readonly MysqlChain[]) {
  const waits = chains.flatMap(({ victims }) => victims.map(({ waitingMs }) => waitingMs));
  return {
    roots: chains.map(({ root, victims }): LockNode => ({
      ...nodeOf(root),
      victimCount: victims.length,
      victims: victims.map(({ session, wait, waitingMs }) => ({
        ...nodeOf(session),
        wait: waitOf(wait, waitingMs),
        victimCount: 0,
        victims: [],
      })),
    })),
    cycles: [],
    victims: waits.length,
    longestWaitMs: waits.length === 0 ? null : Math.max(...waits),
  };
}

function nodeOf(session: MysqlSession): Omit<LockNode, 'victims' | 'victimCount'> {
  const { pid, application, user, database, client, state, stateMs, transactionMs, text, own } =
    toBackend(session);
  return {
    pid,
    gid: null,
    application,
    user,
    database,
    client,
    backendType: 'client backend',
    state,
    stateMs,
    transactionMs,
    text,
    own,
    wait: null,
    amplifier: false,
  };
}

function waitOf(
  { table, wantedMode, kind }: MysqlLockWait,
  waitingMs: number,
): NonNullable<LockNode['wait']> {
  return {
    mode: wantedMode,
    lockType: kind === 'row' ? 'tuple' : 'metadata',
    object: table,
    waitingMs,
    heldMode: null,
    soft: false,
    alsoBlockedBy: [],
  };
}

function largestLag(replicas: readonly { lagSeconds: number | null }[]): number | null {
  const lags = replicas.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  return lags.length === 0 ? null : Math.max(...lags) * 1_000;
}

export function mysqlCounters({ server }: MysqlSnapshot): CumulativeCounters {
  const counter = (name: string): number => server.status.get(name) ?? 0;
  const requests = counter('innodb_buffer_pool_read_requests');
  const reads = counter('innodb_buffer_pool_reads');
  return {
    commits: counter('handler_commit'),
    rollbacks: counter('com_rollback'),
    blocksHit: Math.max(0, requests - reads),
    blocksRead: reads,
    deadlocks: counter('innodb_deadlocks'),
    // Counted as tables, not as bytes.
    tempBytes: 0,
    resetAtMs: null,
  };
}
