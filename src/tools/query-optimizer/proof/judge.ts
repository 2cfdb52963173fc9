import { logRatios, signFlipLower, signFlipUpper } from '../../../core/statistics/sign-flip.ts';
import { median } from '../../../core/statistics/summary.ts';
import type { ProofOptions } from './types.ts';

/** One run of one query. */
export interface Run {
  ms: number;
  buffers: number;
}

/** Runs made beside each other, in turn. */
export interface RunPair {
  before: Run;
  after: Run;
}

export interface Judgement {
  before: Run;
  after: Run;
  /** Slower by more than the limit, and not by chance. */
  slower: boolean;
  /** Less work and not slower, or clearly faster. */
  better: boolean;
}

const ALPHA = 0.05;
/** Shorter times are ticks of a clock. */
const TICK_MS = 0.001;
/** With fewer pairs no pattern of signs is rare enough to tell. */
const MIN_PAIRS_TO_TELL = 5;
/** Pages: what saves less is not worth an index. */
const WORTHWHILE_SHARE = 0.9;

/** Medians of both sides, and what the pairs say. @param pairs at least one */
export function judgePairs(pairs: readonly RunPair[], { slower }: Pick<ProofOptions, 'slower'>): Judgement {
  const before = medianRun(pairs.map((pair) => pair.before));
  const after = medianRun(pairs.map((pair) => pair.after));
  const differences = logRatios(
    pairs.map((pair) => ({ before: pair.before.ms, after: pair.after.ms })),
    TICK_MS,
  );
  const canTell = pairs.length >= MIN_PAIRS_TO_TELL;
  const isClearlyFaster = canTell && signFlipLower(differences) < ALPHA;
  const isClearlySlower = canTell && signFlipUpper(differences) < ALPHA;
  const overLimit = after.ms > before.ms * slower.ratio && after.ms - before.ms > slower.ms;
  const lessWork = after.buffers < before.buffers * WORTHWHILE_SHARE;
  const isSlower = overLimit && (isClearlySlower || !canTell);
  return {
    before,
    after,
    slower: isSlower,
    better:
      !isSlower &&
      ((lessWork && !(isClearlySlower && after.ms > before.ms * slower.ratio)) ||
        (isClearlyFaster && after.ms < before.ms * WORTHWHILE_SHARE)),
  };
}

function medianRun(runs: readonly Run[]): Run {
  return {
    ms: median(runs.map(({ ms }) => ms)) ?? 0,
    buffers: median(runs.map(({ buffers }) => buffers)) ?? 0,
  };
}
