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
  /** Sum of the average widths of its columns in bytes; null without statistics, or the right to read them. */
  rowWidth: number | null;
}
