/** The first wait after a failure, doubled with each one after it up to the longest. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * A day covers an outage of a chat service over a night and a morning, and a message that is older tells of a state that is
 * past: whoever comes back to it is better served by the ones that follow.
 */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** A day in which Rearguard itself did not run is not a day of trying. */
export const MIN_TRIES = 5;

/**
 * Exponential backoff with full jitter: uniform between nothing and the doubled wait, so that many senders that failed
 * together do not come back together.
 */
export function backoffMs(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 30));
}

/** When to try again after a failure; null when it has been tried for long enough. */
export function nextTryAtMs(failed: {
  queuedAtMs: number;
  /** With this one. */
  failures: number;
  nowMs: number;
  /** What the receiver asked for. */
  afterMs: number | undefined;
  random: () => number;
}): number | null {
  const { queuedAtMs, failures, nowMs, afterMs = 0, random } = failed;
  if (failures >= MIN_TRIES && nowMs - queuedAtMs >= GIVE_UP_AFTER_MS) return null;
  return nowMs + Math.ceil(Math.max(afterMs, backoffMs(failures, random)));
}
