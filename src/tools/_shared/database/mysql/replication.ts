import type { SqlSession } from '../../../../platform/sql/types.ts';
import { type Reading, unknown } from '../reading.ts';
import { mapReading, type MysqlRow, readRows, toNullable } from './read.ts';
import { isAtLeast, type MysqlServer } from './server.ts';

/** One stream that this server replays from another one. */
export interface MysqlReplica {
  /** Name of the channel or connection; empty for the only one. */
  channel: string;
  source: string;
  receiving: boolean;
  applying: boolean;
  /** As the server has it; null while it cannot tell, which also means that it is not replaying. */
  lagSeconds: number | null;
  lastError: string | null;
}

/** Empty on a server that replicates from nobody. */
export async function readReplication(
  session: SqlSession,
  server: MysqlServer,
): Promise<Reading<readonly MysqlReplica[]>> {
  const isMariadb = server.dialect === 'mariadb';
  const isNew = isMariadb ? isAtLeast(server, '10.5.1') : isAtLeast(server, '8.0.22');
  const sql = isMariadb ? 'SHOW ALL SLAVES STATUS' : isNew ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS';
  const privilege = isMariadb && isNew ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';
  const rows = await readRows<MysqlRow>(session, sql, {
    name: 'the state of replication',
    grant: `GRANT ${privilege} ON *.* TO ${server.account};`,
  });
  if (!rows.known && /you have an error in your sql/i.test(rows.reason)) {
    return unknown('this version does not say how far replication is');
  }
  return mapReading(rows, (list) => list.map(toReplica));
}

function toReplica(row: MysqlRow): MysqlReplica {
  const text = (...names: string[]): string => {
    const found = names.map((name) => row[name]).find((value) => value !== undefined && value !== null);
    return found === undefined || found === null ? '' : String(found);
  };
  const running = (...names: string[]): boolean => text(...names).toLowerCase() === 'yes';
  return {
    channel: text('Channel_Name', 'Connection_name'),
    source: `${text('Source_Host', 'Master_Host')}:${text('Source_Port', 'Master_Port')}`,
    receiving: running('Replica_IO_Running', 'Slave_IO_Running'),
    applying: running('Replica_SQL_Running', 'Slave_SQL_Running'),
    lagSeconds: toNullable(row['Seconds_Behind_Source'] ?? row['Seconds_Behind_Master']),
    lastError: text('Last_SQL_Error', 'Last_Error') || text('Last_IO_Error') || null,
  };
}
