import { type Columns, epochMs, majorOf, number, selectList, sqlFor } from './sql.ts';
import { CHEAP_MS, oneRow, type TopicReader } from './topic.ts';

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

const COLUMNS: Columns<CheckpointCounters> = {
  timed: { 13: number('b.checkpoints_timed'), 17: number('c.num_timed') },
  requested: { 13: number('b.checkpoints_req'), 17: number('c.num_requested') },
  writeMs: { 13: number('b.checkpoint_write_time'), 17: number('c.write_time') },
  syncMs: { 13: number('b.checkpoint_sync_time'), 17: number('c.sync_time') },
  checkpointPages: { 13: number('b.buffers_checkpoint'), 17: number('c.buffers_written') },
  backgroundPages: number('b.buffers_clean'),
  backendPages: { 13: number('b.buffers_backend'), 17: 'NULL::float8' },
  backendSyncs: { 13: number('b.buffers_backend_fsync'), 17: 'NULL::float8' },
  backgroundHalts: number('b.maxwritten_clean'),
  allocatedPages: number('b.buffers_alloc'),
  resetAtMs: { 13: epochMs('b.stats_reset'), 17: epochMs('greatest(b.stats_reset, c.stats_reset)') },
};

const FROM = {
  13: 'pg_catalog.pg_stat_bgwriter b',
  17: 'pg_catalog.pg_stat_bgwriter b, pg_catalog.pg_stat_checkpointer c',
};

export const checkpointsReader: TopicReader<CheckpointCounters> = {
  view: 'pg_stat_bgwriter',
  budgetMs: CHEAP_MS,
  async read(query, server) {
    const major = majorOf(server);
    const sql = `SELECT ${selectList(COLUMNS, major)} FROM ${sqlFor(FROM, major)}`;
    return oneRow(await query<CheckpointCounters>(sql));
  },
};
