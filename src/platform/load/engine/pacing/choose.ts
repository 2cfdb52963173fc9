import type { PacingKind } from './types.ts';

export interface PacingSituation {
  /** The most sessions a second that this worker will begin; null where it follows the server (closed models). */
  peakRate: number | null;
  workers: number;
  cores: number;
  /** Processes that want a core, over the last minute; 0 where the system does not say. */
  load: number;
}

/** Above this rate a metronome costs two thirds of what spinning does, and is later. */
const SPIN_FROM_RATE = 2_000;

/**
 * Spinning takes a core per worker, and the server and the controller need some, too. A metronome wakes in short moments beside
 * its worker, so it needs a second core at least.
 */
export function choosePacing({ peakRate, workers, cores, load }: PacingSituation): PacingKind {
  if (cores < 2) return 'batch';
  const spare = cores - workers - load;
  if (peakRate !== null && peakRate > SPIN_FROM_RATE && spare >= workers + 1) return 'spin';
  return 'metronome';
}
