import type { Interval } from '../../../../core/statistics/interval.ts';
import type { BlockPair, BlockSide, ComparedMetric } from './blocks.ts';

/** Blocks in pairs share the moment; blocks of two moments do not, and what the moment did looks like the release. */
export type ComparedBlocks =
  | { kind: 'paired'; pairs: readonly BlockPair[] }
  | { kind: 'unpaired'; before: readonly BlockSide[]; after: readonly BlockSide[] };

export interface CompareOptions {
  /** Share that medians, and throughput, may change by; twice that for a p95. */
  margin: number;
  /** A closed load: what is answered a second is a figure of the server. In an open one it is what was asked for. */
  closed: boolean;
  /** Judge these only; the others are under load all the same. Default: all. */
  endpoints?: readonly string[] | undefined;
}

export type ChangeVerdict = 'regressed' | 'improved' | 'same' | 'inconclusive';

/**
 * What happened to one figure of one endpoint. Times are milliseconds, errors shares of 0 to 1, throughput requests a second.
 * `change` is after / before - 1, and after - before for errors; so are its interval, the margin and what could be detected.
 */
export interface MetricChange {
  endpoint: string;
  metric: ComparedMetric;
  before: number | null;
  after: number | null;
  change: number | null;
  /** 95 %; an end is null where it is open. */
  interval: { low: number | null; high: number | null } | null;
  margin: number;
  /** Pairs of blocks, or blocks of the smaller side, that both have the figure. */
  blocks: number;
  /** That it got worse by more than the margin; Holm over all that is compared. */
  pValue: number | null;
  /** The smallest change for the worse that would have been found 4 times of 5; null where nothing would. */
  detectable: number | null;
  /** Pairs of blocks that would settle it, judged by how far these differ; null: not known, or very many. */
  pairsNeeded: number | null;
  verdict: ChangeVerdict;
  /** Why it is inconclusive. */
  reason: string | null;
}

/** A change of a figure on a scale where differences are compared: logarithms of ratios, or points of error. Larger is worse. */
export interface ScaledChange {
  estimate: number;
  interval: Interval;
  /** One-sided: that the true change is above this value, below it. */
  pAbove: (value: number) => number;
  pBelow: (value: number) => number;
  blocks: number;
  /** Standard deviation of what one pair says; null with fewer than two. */
  spread: number | null;
  detectable: number | null;
}
