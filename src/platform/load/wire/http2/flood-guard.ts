/**
 * Bounds what a server may make us do for nothing (CVE-2019-9512, -9514, -9515, -9518, CVE-2023-44487): frames that carry no part of
 * a response are counted against an allowance that grows with time and with what we ourselves have sent.
 */
export interface FloodGuard {
  windowStartMs: number;
  used: number;
  allowed: number;
}

const WINDOW_MS = 1_000;
const ALLOWED_IN_WINDOW = 2_000;
/** A server may answer each frame of ours with some of its own: WINDOW_UPDATE for the stream and the connection, RST_STREAM. */
const ALLOWED_PER_FRAME_SENT = 4;

export function createFloodGuard(): FloodGuard {
  return { windowStartMs: 0, used: 0, allowed: ALLOWED_IN_WINDOW };
}

export function allowForFrameSent(guard: FloodGuard): void {
  guard.allowed += ALLOWED_PER_FRAME_SENT;
}

/** Counts a frame; false when it is one too many. */
export function isTolerable(guard: FloodGuard, atMs: number): boolean {
  if (atMs - guard.windowStartMs > WINDOW_MS) {
    guard.windowStartMs = atMs;
    guard.used = 0;
    guard.allowed = ALLOWED_IN_WINDOW;
  }
  guard.used += 1;
  return guard.used <= guard.allowed;
}
