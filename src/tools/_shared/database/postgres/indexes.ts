import { BUSY_TABLES, type Columns, epochMs, majorOf, number, selectList } from './sql.ts';
import { PER_OBJECT_MS, type TopicReader } from './topic.ts';

/** One index: how it is used, and what it is. */
export interface IndexStatistics {
  oid: number;
  schema: string;
  table: string;
  tableOid: number;
  name: string;
  scans: number;
  entriesRead: number;
  rowsFetched: number;
  blocksRead: number;
  blocksHit: number;
  /** 16 and newer; null also when it was never used since the reset. */
  lastScanMs: number | null;
  /** null while somebody has, or wants, the table for himself. */
  bytes: number | null;
  pages: number;
  method: string;
  unique: boolean;
  primary: boolean;
  /** Name of the constraint it stands for (primary key, unique, exclusion, or one that a foreign key refers to). */
  constraint: string | null;
  replicaIdentity: boolean;
  clustered: boolean;
  valid: boolean;
  ready: boolean;
  /** A CREATE INDEX CONCURRENTLY or REINDEX is building it right now. */
  building: boolean;
  /** Of an index on a partition: `schema.index` it belongs to. */
  parent: string | null;
  partial: boolean;
  /** null while somebody has, or wants, the table for himself. */
  statement: string | null;
}

/** All indexes of the database, and since when they are counted. */
export interface IndexUsage {
  indexes: readonly IndexStatistics[];
  /** When the counters of this database were last reset; null: never. */
  resetAtMs: number | null;
}

const COLUMNS: Columns<IndexStatistics> = {
  oid: number('i.indexrelid::int8'),
  schema: 's.schemaname',
  table: 's.relname',
  tableOid: number('i.indrelid::int8'),
  name: 's.indexrelname',
  scans: number('s.idx_scan'),
  entriesRead: number('s.idx_tup_read'),
  rowsFetched: number('s.idx_tup_fetch'),
  blocksRead: number('coalesce(io.idx_blks_read, 0)'),
  blocksHit: number('coalesce(io.idx_blks_hit, 0)'),
  lastScanMs: { 13: 'NULL::float8', 16: epochMs('s.last_idx_scan') },
  bytes: number('CASE WHEN busy.oid IS NULL THEN pg_relation_size(i.indexrelid) END'),
  pages: number('c.relpages'),
  method: 'am.amname',
  unique: 'i.indisunique',
  primary: 'i.indisprimary',
  constraint: 'con.conname',
  replicaIdentity: 'i.indisreplident',
  clustered: 'i.indisclustered',
  valid: 'i.indisvalid',
  ready: 'i.indisready',
  building: `EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index b WHERE b.index_relid = i.indexrelid)`,
  parent: `(SELECT format('%s.%s', pn.nspname, p.relname) FROM pg_catalog.pg_inherits h
    JOIN pg_catalog.pg_class p ON p.oid = h.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE h.inhrelid = i.indexrelid)`,
  partial: 'i.indpred IS NOT NULL',
  statement: 'CASE WHEN busy.oid IS NULL THEN pg_get_indexdef(i.indexrelid) END',
};

export const indexesReader: TopicReader<IndexUsage> = {
  view: 'pg_stat_user_indexes',
  budgetMs: PER_OBJECT_MS,
  async read(query, server) {
    const indexes = await query<IndexStatistics>(
      `WITH ${BUSY_TABLES},
       con AS (SELECT DISTINCT ON (conindid) conindid, conname FROM pg_catalog.pg_constraint
         WHERE conindid <> 0 AND contype IN ('p', 'u', 'x', 'f') ORDER BY conindid, contype = 'f', conname)
       SELECT ${selectList(COLUMNS, majorOf(server))}
       FROM pg_catalog.pg_stat_user_indexes s
       JOIN pg_catalog.pg_index i ON i.indexrelid = s.indexrelid
       JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relpersistence <> 't'
       JOIN pg_catalog.pg_am am ON am.oid = c.relam
       LEFT JOIN con ON con.conindid = i.indexrelid
       LEFT JOIN pg_catalog.pg_statio_user_indexes io ON io.indexrelid = i.indexrelid
       LEFT JOIN (SELECT DISTINCT oid FROM busy) busy ON busy.oid = i.indrelid`,
    );
    const [counted] = await query<{ resetAtMs: number | null }>(
      `SELECT ${epochMs('stats_reset')} AS "resetAtMs" FROM pg_catalog.pg_stat_database
       WHERE datname = current_database()`,
    );
    return { indexes, resetAtMs: counted?.resetAtMs ?? null };
  },
};
