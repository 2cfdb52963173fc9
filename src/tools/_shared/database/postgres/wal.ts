import { type Columns, epochMs, majorOf, number, numberSince, selectList, sqlFor } from './sql.ts';
import { CHEAP_MS, oneRow, type TopicReader } from './topic.ts';

/** Counters of the write-ahead log. */
export interface WalCounters {
  /** Position: bytes ever written, so that a difference is what was written; on a standby what was received. */
  positionBytes: number;
  /** pg_stat_wal; null before 14, as are the following. */
  records: number | null;
  fullPageImages: number | null;
  bytes: number | null;
  /** Writes made because wal_buffers was full. */
  buffersFull: number | null;
  resetAtMs: number | null;
}

const COLUMNS: Columns<WalCounters> = {
  positionBytes: number(`pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
    THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, '0/0')`),
  records: numberSince(14, 'w.wal_records'),
  fullPageImages: numberSince(14, 'w.wal_fpi'),
  bytes: numberSince(14, 'w.wal_bytes'),
  buffersFull: numberSince(14, 'w.wal_buffers_full'),
  resetAtMs: { 13: 'NULL::float8', 14: epochMs('w.stats_reset') },
};

const FROM = { 13: '(SELECT) w', 14: 'pg_catalog.pg_stat_wal w' };

export const walReader: TopicReader<WalCounters> = {
  view: 'pg_stat_wal',
  budgetMs: CHEAP_MS,
  async read(query, server) {
    const major = majorOf(server);
    return oneRow(
      await query<WalCounters>(`SELECT ${selectList(COLUMNS, major)} FROM ${sqlFor(FROM, major)}`),
    );
  },
};
