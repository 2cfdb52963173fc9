import { seededRandom } from '../../../src/core/statistics/random.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface Probe {
  /** Half past each minute, so that no window's edge falls on a sample. */
  atMs: number;
  ok: boolean;
}

export interface Month {
  probes: readonly Probe[];
  outage: { fromMs: number; toMs: number };
  /** Every hundredth probe fails. */
  burn: { fromMs: number; toMs: number };
  /** Times of failures that stand alone. */
  lone: readonly number[];
}

const LONE_FAILURES_A_MONTH = 40;
const OUTAGE_MINUTES = 14;

/** A probe a minute: an outage of 14 minutes, later a slow burn of 1 %, and lone failures outside of both. */
export function makeMonth(startMs: number, days: number): Month {
  const random = seededRandom(30);
  const outageFromMs = startMs + Math.floor(days * 0.4) * DAY_MS + 10 * HOUR_MS;
  const outage = { fromMs: outageFromMs, toMs: outageFromMs + OUTAGE_MINUTES * MINUTE_MS };
  const burn = {
    fromMs: startMs + Math.floor(days * 0.6) * DAY_MS,
    toMs: startMs + Math.floor(days * 0.85) * DAY_MS,
  };
  const minutes = (days * DAY_MS) / MINUTE_MS;
  const lone = new Set<number>();
  const loneFailures = Math.round((LONE_FAILURES_A_MONTH * days) / 30);
  while (lone.size < loneFailures) {
    const minute = Math.floor(random() * minutes);
    const atMs = startMs + minute * MINUTE_MS;
    const isNearOther = [...lone].some((other) => Math.abs(other - minute) < 30);
    if (isNearOther || isWithin(atMs, outage, HOUR_MS) || isWithin(atMs, burn, HOUR_MS)) continue;
    lone.add(minute);
  }
  const probes = Array.from({ length: minutes }, (_, minute) => {
    const atMs = startMs + minute * MINUTE_MS + MINUTE_MS / 2;
    const isBurning = isWithin(atMs, burn, 0) && minute % 100 === 0;
    return { atMs, ok: !(isWithin(atMs, outage, 0) || isBurning || lone.has(minute)) };
  });
  return { probes, outage, burn, lone: [...lone].map((minute) => startMs + minute * MINUTE_MS) };
}

export function isWithin(atMs: number, span: { fromMs: number; toMs: number }, marginMs: number): boolean {
  return atMs >= span.fromMs - marginMs && atMs < span.toMs + marginMs;
}
