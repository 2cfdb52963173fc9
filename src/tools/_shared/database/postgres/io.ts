/** pg_stat_io (16 and newer), a row for each kind of process, object and context that did something. Counters. */
export interface IoCounters {
  /** `client backend`, `autovacuum worker`, `checkpointer`, … */
  backendType: string;
  /** `relation`, `temp relation`, from 18 on `wal`. */
  object: string;
  /** `normal`, `vacuum`, `bulkread`, `bulkwrite`, from 18 on `init`. */
  context: string;
  reads: number | null;
  readBytes: number | null;
  /** Zero unless track_io_timing is on. */
  readMs: number | null;
  writes: number | null;
  writeBytes: number | null;
  writeMs: number | null;
  extends: number | null;
  hits: number | null;
  evictions: number | null;
  fsyncs: number | null;
  fsyncMs: number | null;
}
