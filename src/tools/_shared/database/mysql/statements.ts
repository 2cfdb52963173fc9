import type { SqlSession } from '../../../../platform/sql/types.ts';
import { known, type Reading, unknown } from '../reading.ts';
import type { StatementCounters, StatementSnapshot } from '../statements.ts';
import { consumersHint, statementsUnknown } from './instruments.ts';
import { type MysqlRow, readRows, toNumber } from './read.ts';
import type { MysqlServer } from './server.ts';

/** Statements of the server, with what only MySQL and MariaDB count. */
export interface MysqlStatements {
  snapshot: StatementSnapshot;
  /** By key: temporary tables that went to disk, sorts that needed several passes, joins without an index. */
  work: ReadonlyMap<string, StatementWork>;
  /** Calls of statements that found no place among the digests: all of them together, since the last reset. */
  uncountedCalls: number;
  /** Texts are cut here, in bytes. */
  maxTextBytes: number;
}

export interface StatementWork {
  temporaryTablesOnDisk: number;
  sortMergePasses: number;
  fullScans: number;
  fullJoins: number;
}

interface DigestRow extends MysqlRow {
  database_name: string | null;
  digest: string | null;
  text: string | null;
  calls: number;
  total_ms: string;
  rows_sent: number | string;
  rows_changed: number | string;
  rows_examined: number | string;
  without_index: number;
  temporary_on_disk: number;
  merge_passes: number;
  full_scans: number;
  full_joins: number;
}

/** Timers count picoseconds. Columns that MariaDB and MySQL 5.7 share: quantiles and samples are MySQL 8's alone. */
const DIGESTS = `
  SELECT SCHEMA_NAME AS database_name, DIGEST AS digest, DIGEST_TEXT AS text, COUNT_STAR AS calls,
         SUM_TIMER_WAIT / 1000000000 AS total_ms, SUM_ROWS_SENT AS rows_sent, SUM_ROWS_AFFECTED AS rows_changed,
         SUM_ROWS_EXAMINED AS rows_examined, SUM_NO_INDEX_USED AS without_index,
         SUM_CREATED_TMP_DISK_TABLES AS temporary_on_disk, SUM_SORT_MERGE_PASSES AS merge_passes,
         SUM_SELECT_SCAN AS full_scans, SUM_SELECT_FULL_JOIN AS full_joins
  FROM performance_schema.events_statements_summary_by_digest`;

const CONSUMERS = `
  SELECT (SELECT COUNT(*) FROM performance_schema.setup_consumers WHERE NAME = 'statements_digest' AND ENABLED = 'YES') AS digest,
         (SELECT COUNT(*) FROM performance_schema.setup_instruments WHERE NAME LIKE 'statement/sql/%' AND ENABLED = 'YES' AND TIMED = 'YES') AS statements`;

const GRANT = (account: string): string => `GRANT SELECT ON performance_schema.* TO ${account};`;

export async function readStatements(
  session: SqlSession,
  server: MysqlServer,
  takenAtMs: number,
): Promise<Reading<MysqlStatements>> {
  const off = statementsUnknown(server);
  if (off !== null) return off;
  const what = { name: 'performance_schema', grant: GRANT(server.account) };
  const consumers = await readRows<{ digest: number; statements: number }>(session, CONSUMERS, what);
  if (!consumers.known) return consumers;
  const [on] = consumers.value;
  const missing = [
    ...(on?.digest === 0 ? (['digest'] as const) : []),
    ...(on?.statements === 0 ? (['statements'] as const) : []),
  ];
  if (missing.length > 0) {
    return unknown('performance_schema does not count statements at the moment', consumersHint(missing));
  }
  const digests = await readRows<DigestRow>(session, DIGESTS, what);
  return digests.known ? known(toStatements(digests.value, server, takenAtMs)) : digests;
}

export function toStatements(
  rows: readonly DigestRow[],
  server: Pick<MysqlServer, 'dialect' | 'startedAtMs' | 'status' | 'variables'>,
  takenAtMs: number,
): MysqlStatements {
  const kept = rows.filter(({ digest }) => digest !== null);
  return {
    snapshot: {
      dialect: server.dialect,
      takenAtMs,
      epoch: `${server.variables.get('server_uuid') ?? server.variables.get('hostname') ?? ''} ${server.startedAtMs}`,
      startedAtMs: server.startedAtMs,
      resetAtMs: null,
      evictions: server.status.get('performance_schema_digest_lost') ?? null,
      capacity: toNumber(server.variables.get('performance_schema_digests_size')) || null,
      activeMs: null,
      statements: kept.map(toCounters),
    },
    work: new Map(kept.map((row) => [keyOf(row), toWork(row)])),
    uncountedCalls: rows
      .filter(({ digest }) => digest === null)
      .reduce((sum, { calls }) => sum + toNumber(calls), 0),
    maxTextBytes: toNumber(
      server.variables.get('performance_schema_max_digest_length') ??
        server.variables.get('max_digest_length'),
    ),
  };
}

function keyOf({ database_name, digest }: Pick<DigestRow, 'database_name' | 'digest'>): string {
  return `${database_name ?? ''}\0${digest ?? ''}`;
}

function toCounters(row: DigestRow): StatementCounters {
  return {
    key: keyOf(row),
    user: null,
    database: row.database_name,
    queryId: row.digest ?? '',
    topLevel: true,
    text: row.text,
    calls: toNumber(row.calls),
    totalMs: toNumber(row.total_ms),
    planMs: null,
    rows: toNumber(row.rows_sent) + toNumber(row.rows_changed),
    rowsExamined: toNumber(row.rows_examined),
    callsWithoutIndex: toNumber(row.without_index),
    sharedHit: 0,
    sharedRead: 0,
    sharedDirtied: 0,
    sharedWritten: 0,
    tempRead: 0,
    tempWritten: 0,
    readMs: null,
    writeMs: null,
    walBytes: null,
    statsSinceMs: null,
  };
}

function toWork(row: DigestRow): StatementWork {
  return {
    temporaryTablesOnDisk: toNumber(row.temporary_on_disk),
    sortMergePasses: toNumber(row.merge_passes),
    fullScans: toNumber(row.full_scans),
    fullJoins: toNumber(row.full_joins),
  };
}

/** Ours, the server's own bookkeeping, and what ends or sets up a session. */
export function isBookkeeping(text: string | null): boolean {
  if (text === null) return false;
  if (/^(?:SET|SHOW|USE|COMMIT|ROLLBACK|START TRANSACTION|BEGIN|PREPARE|DEALLOCATE|EXPLAIN)\b/i.test(text))
    return true;
  return /\b(?:performance_schema|information_schema)`?\s*\./i.test(text);
}
