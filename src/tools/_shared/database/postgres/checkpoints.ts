/** Checkpoints and who writes pages (pg_stat_bgwriter, from 17 on also pg_stat_checkpointer). Counters. */
export interface CheckpointCounters {
  /** Because checkpoint_timeout was over. */
  timed: number;
  /** Because max_wal_size was reached, or somebody asked. */
  requested: number;
  writeMs: number;
  syncMs: number;
  /** Pages written by the checkpointer, the background writer, and (before 17) by the sessions themselves. */
  checkpointPages: number;
  backgroundPages: number;
  backendPages: number | null;
  backendSyncs: number | null;
  /** The background writer stopped because it had written enough. */
  backgroundHalts: number;
  allocatedPages: number;
  resetAtMs: number | null;
}
