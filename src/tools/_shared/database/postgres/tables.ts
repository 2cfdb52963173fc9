import { BUSY_TABLES, type Columns, epochMs, majorOf, number, selectList } from './sql.ts';
import { PER_OBJECT_MS, type TopicReader } from './topic.ts';

/** One table (also a partition, or a materialized view): what was done to it, and in what shape it is. */
export interface TableStatistics {
  oid: number;
  schema: string;
  name: string;
  /** Of a partition: `schema.table` it belongs to. */
  parent: string | null;
  seqScans: number;
  seqRowsRead: number;
  /** null: it has no index. */
  indexScans: number | null;
  indexRowsFetched: number | null;
  inserted: number;
  updated: number;
  hotUpdated: number;
  deleted: number;
  /** Estimates of the statistics system. */
  liveRows: number;
  deadRows: number;
  modifiedSinceAnalyze: number;
  insertedSinceVacuum: number;
  lastSeqScanMs: number | null;
  lastIndexScanMs: number | null;
  lastVacuumMs: number | null;
  lastAutovacuumMs: number | null;
  lastAnalyzeMs: number | null;
  lastAutoanalyzeMs: number | null;
  vacuums: number;
  autovacuums: number;
  analyzes: number;
  autoanalyzes: number;
  /** Blocks: of the table, of its indexes, of TOAST and its index. */
  heapRead: number;
  heapHit: number;
  indexRead: number;
  indexHit: number;
  toastRead: number;
  toastHit: number;
  /** The planner's estimate at the last vacuum or analyze; null: never counted. */
  plannedRows: number | null;
  pages: number;
  allVisiblePages: number;
  /** null while somebody has, or wants, the table for himself: asking would mean waiting. */
  heapBytes: number | null;
  indexBytes: number | null;
  totalBytes: number | null;
  frozenXidAge: number;
  multixactAge: number;
  /** Storage parameters: `autovacuum_enabled`, `fillfactor`, …; those of TOAST begin with `toast.`. */
  options: Readonly<Record<string, string>>;
  /** Average bytes of a row's values, nulls included; null without statistics, or the right to read them. */
  rowWidth: number | null;
}

type TableRow = Omit<TableStatistics, 'options'> & { options: string[] | null };

const SINCE_16 = (column: string): Record<number, string> => ({
  13: 'NULL::float8',
  16: epochMs(column),
});

const COLUMNS: Columns<TableRow> = {
  oid: number('c.oid::int8'),
  schema: 's.schemaname',
  name: 's.relname',
  parent: `(SELECT format('%s.%s', pn.nspname, p.relname) FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE c.relispartition AND i.inhrelid = c.oid)`,
  seqScans: number('s.seq_scan'),
  seqRowsRead: number('s.seq_tup_read'),
  indexScans: number('s.idx_scan'),
  indexRowsFetched: number('s.idx_tup_fetch'),
  inserted: number('s.n_tup_ins'),
  updated: number('s.n_tup_upd'),
  hotUpdated: number('s.n_tup_hot_upd'),
  deleted: number('s.n_tup_del'),
  liveRows: number('s.n_live_tup'),
  deadRows: number('s.n_dead_tup'),
  modifiedSinceAnalyze: number('s.n_mod_since_analyze'),
  insertedSinceVacuum: number('s.n_ins_since_vacuum'),
  lastSeqScanMs: SINCE_16('s.last_seq_scan'),
  lastIndexScanMs: SINCE_16('s.last_idx_scan'),
  lastVacuumMs: epochMs('s.last_vacuum'),
  lastAutovacuumMs: epochMs('s.last_autovacuum'),
  lastAnalyzeMs: epochMs('s.last_analyze'),
  lastAutoanalyzeMs: epochMs('s.last_autoanalyze'),
  vacuums: number('s.vacuum_count'),
  autovacuums: number('s.autovacuum_count'),
  analyzes: number('s.analyze_count'),
  autoanalyzes: number('s.autoanalyze_count'),
  heapRead: number('coalesce(io.heap_blks_read, 0)'),
  heapHit: number('coalesce(io.heap_blks_hit, 0)'),
  indexRead: number('coalesce(io.idx_blks_read, 0)'),
  indexHit: number('coalesce(io.idx_blks_hit, 0)'),
  toastRead: number('coalesce(io.toast_blks_read, 0) + coalesce(io.tidx_blks_read, 0)'),
  toastHit: number('coalesce(io.toast_blks_hit, 0) + coalesce(io.tidx_blks_hit, 0)'),
  // Before 14 a table that was never counted says 0 rows on 0 pages.
  plannedRows: number(
    'CASE WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL ELSE c.reltuples END',
  ),
  pages: number('c.relpages'),
  allVisiblePages: number('c.relallvisible'),
  heapBytes: number('CASE WHEN busy.oid IS NULL THEN pg_relation_size(c.oid) END'),
  indexBytes: number('CASE WHEN busy.oid IS NULL THEN pg_indexes_size(c.oid) END'),
  totalBytes: number('CASE WHEN busy.oid IS NULL THEN pg_total_relation_size(c.oid) END'),
  frozenXidAge: number('age(c.relfrozenxid)'),
  multixactAge: number('mxid_age(c.relminmxid)'),
  options: `c.reloptions || (SELECT array_agg('toast.' || o) FROM pg_catalog.pg_class t, unnest(t.reloptions) o
    WHERE t.oid = c.reltoastrelid)`,
  rowWidth: number('width.bytes'),
};

export const tablesReader: TopicReader<readonly TableStatistics[]> = {
  view: 'pg_stat_user_tables',
  budgetMs: PER_OBJECT_MS,
  async read(query, server) {
    const rows = await query<TableRow>(
      `WITH ${BUSY_TABLES}
       SELECT ${selectList(COLUMNS, majorOf(server))}
       FROM pg_catalog.pg_stat_user_tables s
       JOIN pg_catalog.pg_class c ON c.oid = s.relid AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
       LEFT JOIN pg_catalog.pg_statio_user_tables io ON io.relid = s.relid
       LEFT JOIN (SELECT schemaname, tablename, sum(avg_width * (1 - null_frac)) AS bytes
         FROM pg_catalog.pg_stats WHERE NOT inherited GROUP BY schemaname, tablename) width
         ON width.schemaname = s.schemaname AND width.tablename = s.relname
       LEFT JOIN (SELECT DISTINCT oid FROM busy) busy ON busy.oid = c.oid`,
    );
    return rows.map((row) => ({ ...row, options: storageParameters(row.options) }));
  },
};

/** `{fillfactor=90,toast.autovacuum_enabled=off}` */
function storageParameters(options: readonly string[] | null): Record<string, string> {
  return Object.fromEntries(
    (options ?? []).map((option) => {
      const at = option.indexOf('=');
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
}
