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
