import { NEWEST_POSITION } from './replication.ts';
import { atLeastZero, type Columns, elapsedMs, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

export interface ReplicationSlot {
  name: string;
  kind: 'physical' | 'logical';
  plugin: string | null;
  database: string | null;
  active: boolean;
  pid: number | null;
  temporary: boolean;
  /** Log that is kept because of it; null: it has reserved none. */
  retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  walStatus: string | null;
  /** How much may still be written before it is lost; null without max_slot_wal_keep_size. */
  safeBytes: number | null;
  xminAge: number | null;
  catalogXminAge: number | null;
  /** Since nobody has used it; 17 and newer. */
  inactiveMs: number | null;
  /** 16 and newer: it was invalidated because it conflicted with recovery. */
  conflicting: boolean | null;
}

const COLUMNS: Columns<ReplicationSlot> = {
  name: 's.slot_name',
  kind: 's.slot_type',
  plugin: 's.plugin',
  database: 's.database',
  active: 's.active',
  pid: 's.active_pid',
  temporary: 's.temporary',
  retainedBytes: atLeastZero(`pg_wal_lsn_diff(${NEWEST_POSITION}, s.restart_lsn)`),
  walStatus: 's.wal_status',
  safeBytes: number('s.safe_wal_size'),
  xminAge: number('age(s.xmin)'),
  catalogXminAge: number('age(s.catalog_xmin)'),
  inactiveMs: { 13: 'NULL::float8', 17: elapsedMs('s.inactive_since') },
  conflicting: { 13: 'NULL::bool', 16: 's.conflicting' },
};

export const slotsReader: TopicReader<readonly ReplicationSlot[]> = {
  view: 'pg_replication_slots',
  budgetMs: CHEAP_MS,
  read: (query, server) =>
    query(`SELECT ${selectList(COLUMNS, majorOf(server))} FROM pg_catalog.pg_replication_slots s`),
};
