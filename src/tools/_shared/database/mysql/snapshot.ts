import type { SqlSession } from '../../../../platform/sql/types.ts';
import type { Catalog } from '../catalog.ts';
import { known, type Reading, unknown } from '../reading.ts';
import { type MysqlLocks, type MysqlSession, readActivity, readLocks } from './activity.ts';
import { type AutoIncrement, readAutoIncrements } from './auto-increment.ts';
import { readCatalog } from './catalog.ts';
import { toNumber } from './read.ts';
import { type MysqlReplica, readReplication } from './replication.ts';
import { type MysqlServer, readServer } from './server.ts';
import { type MysqlStatements, readStatements } from './statements.ts';
import { type MysqlUsage, readUsage } from './usage.ts';

/** A MySQL or MariaDB server at one time: what only means something as a difference, and what goes on. */
export interface MysqlSnapshot {
  /** By our clock. */
  takenAtMs: number;
  server: MysqlServer;
  statements: Reading<MysqlStatements>;
  usage: Reading<MysqlUsage>;
  activity: Reading<readonly MysqlSession[]>;
  locks: Reading<MysqlLocks>;
  replication: Reading<readonly MysqlReplica[]>;
}

/** What does not change from minute to minute. */
export interface MysqlStructure {
  catalog: Catalog;
  autoIncrements: readonly AutoIncrement[];
}

/** Some eight cheap reads of system tables; throws what says that the server is gone. */
export async function readMysqlSnapshot(
  session: SqlSession,
  clock: { wallMs(): number },
): Promise<MysqlSnapshot> {
  const takenAtMs = clock.wallMs();
  const server = await readServer(session);
  return {
    takenAtMs,
    server,
    statements: await readStatements(session, server, takenAtMs),
    usage: await readUsage(session, server),
    activity: await readActivity(session, server),
    locks: await readLocks(session, server),
    replication: await readReplication(session, server),
  };
}

export async function readMysqlStructure(
  session: SqlSession,
  { variables }: Pick<MysqlServer, 'variables'>,
): Promise<MysqlStructure> {
  const pageBytes = toNumber(variables.get('innodb_page_size')) || undefined;
  return {
    catalog: await readCatalog(session, pageBytes === undefined ? {} : { pageBytes }),
    autoIncrements: await readAutoIncrements(session),
  };
}

/** Growth of global counters between two looks at one run of the server. */
export interface StatusWindow {
  seconds: number;
  /** 0 for a counter that this version does not have. */
  grown: (name: string) => number;
}

export function statusWindow(start: MysqlSnapshot | null, end: MysqlSnapshot): Reading<StatusWindow> {
  if (start === null) return unknown('there is no window to compare over', 'Give one: `--duration 30s`.');
  if (start.server.startedAtMs !== end.server.startedAtMs) {
    return unknown('the server was started anew within the window');
  }
  return known({
    seconds: (end.takenAtMs - start.takenAtMs) / 1_000,
    grown: (name) => {
      const before = start.server.status.get(name) ?? 0;
      const after = end.server.status.get(name) ?? 0;
      // FLUSH STATUS sets some of them to zero: at least what there is now happened.
      return after < before ? after : after - before;
    },
  });
}
