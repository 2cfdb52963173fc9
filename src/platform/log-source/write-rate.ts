/** The fastest a file has grown between two looks: what may have been written while nobody looked. */
export interface WriteRate {
  saw(bytes: number, atMs: number): void;
  /** Bytes at most since the last look; null while no rate could be seen. */
  sinceLastLook(nowMs: number): number | null;
}

/** Shorter spans are more about the timer than about the writer. */
const SPAN_MS = 20;

export function createWriteRate(): WriteRate {
  let last: { bytes: number; atMs: number } | null = null;
  let lookedAtMs = 0;
  let bytesPerMs: number | null = null;
  return {
    saw(bytes, atMs) {
      lookedAtMs = atMs;
      if (last !== null && atMs - last.atMs < SPAN_MS) return;
      if (last !== null) bytesPerMs = Math.max(bytesPerMs ?? 0, (bytes - last.bytes) / (atMs - last.atMs));
      last = { bytes, atMs };
    },
    sinceLastLook: (nowMs) =>
      bytesPerMs === null ? null : Math.ceil(bytesPerMs * Math.max(SPAN_MS, nowMs - lookedAtMs)),
  };
}
