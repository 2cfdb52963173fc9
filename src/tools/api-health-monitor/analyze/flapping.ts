import { findRhythm, type Rhythm } from '../../../core/statistics/rhythm.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';

/** Fewer than this may lie within one stretch. */
export const SAMPLES_FOR_FLAPPING = 40;

export interface Flapping extends Rhythm {
  spanSeconds: number;
}

/** Whether what a round saw of an endpoint comes in stretches. */
export function findFlapping(results: readonly ProbeResult[]): Flapping | undefined {
  const rhythm = findRhythm(results.map(({ cold }) => cold.success));
  const spanMs = (results.at(-1)?.startedAtMs ?? 0) - (results[0]?.startedAtMs ?? 0);
  return rhythm && { ...rhythm, spanSeconds: Math.round(spanMs / 1_000) };
}
