import type { SqlSession } from '../../../../platform/sql/types.ts';
import { type Columns, epochMs, number, selectList } from './sql.ts';

/** What a PostgreSQL server says of itself and of our role in it; read before everything else. */
export interface ServerFacts {
  /** As `server_version_num` has it: 180004. */
  versionNumber: number;
  /** `18.4`. */
  version: string;
  /** Of the data folder, the same on its standbys; null where the role may not ask. */
  systemIdentifier: string | null;
  /** Moves with every promotion; null where the role may not ask. */
  timeline: number | null;
  startedAtMs: number;
  /** System identifier, timeline and start: counters of one epoch can be compared. */
  epoch: string;
  /** The server's clock minus ours, as far as one question tells. */
  clockOffsetMs: number;
  inRecovery: boolean;
  database: string;
  /** The role we are. */
  user: string;
  superuser: boolean;
  /** Member of pg_monitor, or of pg_read_all_stats: sees sessions and statements of everybody. */
  seesAllSessions: boolean;
  /** Member of pg_read_all_data (14 and newer), or superuser: sees planner statistics, and may EXPLAIN anything. */
  readsAllData: boolean;
  maxConnections: number;
  /** Of these, kept for superusers and for members of pg_use_reserved_connections. */
  reservedConnections: number;
  blockBytes: number;
  /** Installed in this database. */
  extensions: ReadonlyMap<string, { schema: string; version: string }>;
}

export interface EpochRow {
  systemIdentifier: string | null;
  timeline: number | null;
  startedAtMs: number;
}

interface FactsRow extends EpochRow {
  versionNumber: number;
  version: string;
  nowMs: number;
  inRecovery: boolean;
  database: string;
  user: string;
  superuser: boolean;
  seesAllSessions: boolean;
  readsAllData: boolean;
  maxConnections: number;
  reservedConnections: number;
  blockBytes: number;
  extensions: Record<string, { schema: string; version: string }> | null;
}

/** Written so that every version from 13 on takes it. */
export const EPOCH: Columns<EpochRow> = {
  systemIdentifier: `(SELECT system_identifier::text FROM pg_catalog.pg_control_system())`,
  // The control file of a primary has the timeline of its last checkpoint, which may lie before its promotion.
  timeline: `CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END`,
  startedAtMs: epochMs('pg_postmaster_start_time()'),
};

const FACTS: Columns<FactsRow> = {
  ...EPOCH,
  versionNumber: `current_setting('server_version_num')::int`,
  version: `split_part(current_setting('server_version'), ' ', 1)`,
  nowMs: epochMs('clock_timestamp()'),
  inRecovery: 'pg_is_in_recovery()',
  database: 'current_database()',
  user: 'current_user',
  superuser: `(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)`,
  seesAllSessions: `pg_has_role('pg_read_all_stats', 'USAGE')`,
  readsAllData: `coalesce((SELECT pg_has_role(oid, 'USAGE') FROM pg_catalog.pg_roles
    WHERE rolname = 'pg_read_all_data'), pg_has_role('pg_read_all_stats', 'USAGE') AND
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user))`,
  maxConnections: number(`current_setting('max_connections')`),
  reservedConnections: number(`current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true)::int, 0)`),
  blockBytes: number(`current_setting('block_size')`),
  extensions: `(SELECT json_object_agg(extname, json_build_object('schema', nspname, 'version', extversion))
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace)`,
};

/** Throws as a query of the session does: without these facts nothing else can be read. */
export async function readServer(session: SqlSession, nowMs: number): Promise<ServerFacts> {
  const sql = `SELECT ${selectList(FACTS, 13)}`;
  const [row] = await session.query<FactsRow & Record<string, unknown>>(sql, [], { catalog: true });
  if (row === undefined) throw new Error('The server told nothing about itself.');
  const { nowMs: serverNowMs, extensions, ...facts } = row;
  return {
    ...facts,
    epoch: epochOf(facts),
    clockOffsetMs: serverNowMs - nowMs,
    extensions: new Map(Object.entries(extensions ?? {})),
  };
}

export function epochOf({ systemIdentifier, timeline, startedAtMs }: EpochRow): string {
  return [systemIdentifier ?? '', timeline ?? '', startedAtMs].join('/');
}
