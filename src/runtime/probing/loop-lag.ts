/** How late our own event loop was, and when. All times are monotonic. */
export interface LoopLag {
  /** A timer that should have fired at `dueMs` fired at `nowMs`. Expected at least every BEAT_MS. */
  record(dueMs: number, nowMs: number): void;
  /** Largest delay that touches the time from `fromMs` to `nowMs`. */
  maxSince(fromMs: number, nowMs: number): number;
  /** 99th percentile since the last call. */
  takeP99(): number;
}

/** Whoever measures the delay lets a timer fire at least this often. */
export const BEAT_MS = 20;
/** Finer would cost more to search; coarser would blame more probes for one delay. */
const BUCKET_MS = 100;
/** About seven minutes, longer than any probe. */
const BUCKETS = 4_096;

/** Largest delay per tenth of a second in a ring, so that a probe learns its own in a few steps, whatever else runs. */
export function createLoopLag(): LoopLag {
  const lagMs = new Float32Array(BUCKETS);
  let newest = Number.NEGATIVE_INFINITY;
  let lastBeatMs = Number.POSITIVE_INFINITY;
  let window: number[] = [];

  function bucketOf(monotonicMs: number): number {
    return Math.floor(monotonicMs / BUCKET_MS);
  }

  function advanceTo(bucket: number): void {
    for (let next = Math.max(newest + 1, bucket - BUCKETS + 1); next <= bucket; next += 1) {
      lagMs[next % BUCKETS] = 0;
    }
    newest = Math.max(newest, bucket);
  }

  return {
    record(dueMs, nowMs) {
      const lateMs = Math.max(0, nowMs - dueMs);
      const last = bucketOf(nowMs);
      advanceTo(last);
      // The loop stood still all the way from dueMs to nowMs: probes in any part of it were held up.
      for (let bucket = Math.max(bucketOf(dueMs), last - BUCKETS + 1); bucket <= last; bucket += 1) {
        lagMs[bucket % BUCKETS] = Math.max(lagMs[bucket % BUCKETS] ?? 0, lateMs);
      }
      lastBeatMs = nowMs;
      window.push(lateMs);
    },
    maxSince(fromMs, nowMs) {
      // After a standstill sockets are served before timers: the beat that is overdue counts already.
      let largest = Math.max(0, nowMs - lastBeatMs - BEAT_MS);
      const oldest = newest - BUCKETS + 1;
      for (let bucket = Math.max(bucketOf(fromMs), oldest); bucket <= newest; bucket += 1) {
        largest = Math.max(largest, lagMs[bucket % BUCKETS] ?? 0);
      }
      return largest;
    },
    takeP99() {
      const sorted = window.sort((a, b) => a - b);
      window = [];
      return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
    },
  };
}
