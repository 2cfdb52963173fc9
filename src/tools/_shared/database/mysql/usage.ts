import type { SqlSession } from '../../../../platform/sql/types.ts';
import { known, type Reading, unknown } from '../reading.ts';
import { SYSTEM_SCHEMAS } from './catalog.ts';
import { consumersHint, statementsUnknown } from './instruments.ts';
import { type MysqlRow, readRows, toNumber } from './read.ts';
import { isOn, type MysqlServer } from './server.ts';

/** How a table or one of its indexes has been used since `sinceMs`. */
export interface MysqlIndexUse {
  schema: string;
  table: string;
  /** null: without any index, so the whole table was read. */
  index: string | null;
  rowsRead: number;
  rowsWritten: number;
}

export interface MysqlUsage {
  uses: readonly MysqlIndexUse[];
  /** How long they have been counted: since the server started, unless somebody reset them. */
  countedMs: number;
  source: 'performance_schema' | 'userstat';
}

interface UseRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  index_name: string | null;
  rows_read: number | string;
  rows_written: number | string;
}

const TABLE_IO = `
  SELECT OBJECT_SCHEMA AS schema_name, OBJECT_NAME AS table_name, INDEX_NAME AS index_name, COUNT_READ AS rows_read,
         COUNT_WRITE AS rows_written
  FROM performance_schema.table_io_waits_summary_by_index_usage
  WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA NOT IN ${SYSTEM_SCHEMAS}`;

/** MariaDB and Percona with userstat=ON: an index without a row was not read. */
const USERSTAT = `
  SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, INDEX_NAME AS index_name, ROWS_READ AS rows_read,
         0 AS rows_written
  FROM information_schema.index_statistics WHERE TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS}`;

const INSTRUMENT =
  "SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME = 'wait/io/table/sql/handler'";

/** What performance_schema counts for each index, or userstat where that is off. */
export async function readUsage(session: SqlSession, server: MysqlServer): Promise<Reading<MysqlUsage>> {
  const off = statementsUnknown(server);
  if (off !== null && !isOn(server.variables.get('performance_schema'))) {
    if (!isOn(server.variables.get('userstat'))) {
      return unknown(
        'performance_schema is off and userstat, too, so nobody counts what reads an index',
        server.dialect === 'mariadb'
          ? `SET GLOBAL userstat = ON; counts it from now on without a restart. ${off.known ? '' : (off.hint ?? '')}`
          : off.known
            ? undefined
            : off.hint,
      );
    }
    const rows = await readRows<UseRow>(session, USERSTAT, { name: 'the statistics of indexes' });
    return rows.known ? known(toUsage(rows.value, server, 'userstat')) : rows;
  }
  const what = {
    name: 'performance_schema',
    grant: `GRANT SELECT ON performance_schema.* TO ${server.account};`,
  };
  const instrument = await readRows<{ enabled: string }>(session, INSTRUMENT, what);
  if (!instrument.known) return instrument;
  if (instrument.value[0]?.enabled !== 'YES') {
    return unknown('performance_schema does not count what reads an index', consumersHint(['table-io']));
  }
  const rows = await readRows<UseRow>(session, TABLE_IO, what);
  return rows.known ? known(toUsage(rows.value, server, 'performance_schema')) : rows;
}

function toUsage(
  rows: readonly UseRow[],
  { uptimeMs }: MysqlServer,
  source: MysqlUsage['source'],
): MysqlUsage {
  return {
    countedMs: uptimeMs,
    source,
    uses: rows.map(({ schema_name, table_name, index_name, rows_read, rows_written }) => ({
      schema: schema_name,
      table: table_name,
      index: index_name,
      rowsRead: toNumber(rows_read),
      rowsWritten: toNumber(rows_written),
    })),
  };
}
