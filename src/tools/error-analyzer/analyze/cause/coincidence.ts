import type { ChangePoint } from './change-point.ts';
import { MINUTE_MS } from '../minutes.ts';

/** Effects follow their cause after a delay that is exponential with this mean: most within minutes, few within the hour. */
const DELAY_MS = 10 * MINUTE_MS;

/**
 * The odds that something at `atMs` brought about what began at the onset, against its being there by chance, when such things
 * happen `perMs` of the time: the mean density of the delay over the onset's interval, over the rate. 0 for what came after the interval.
 */
export function oddsOfTiming(atMs: number, onset: ChangePoint, perMs: number): number {
  const toMs = Math.max(onset.toMs, onset.fromMs + MINUTE_MS);
  const from = Math.max(onset.fromMs, atMs);
  if (from >= toMs) return 0;
  const within = Math.exp(-(from - atMs) / DELAY_MS) - Math.exp(-(toMs - atMs) / DELAY_MS);
  return within / (toMs - onset.fromMs) / perMs;
}

/** Odds as a probability. */
export function chanceOf(odds: number): number {
  return odds / (1 + odds);
}
