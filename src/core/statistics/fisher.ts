import { logChoose } from './special-functions.ts';

/** A 2x2 table: how many of how many, before and after. */
export interface TwoShares {
  beforeHits: number;
  beforeTotal: number;
  afterHits: number;
  afterTotal: number;
}

/**
 * Fisher's exact test, one-sided: the chance of at least this many hits after, given the total number of hits, if nothing
 * changed. 1 when either side is empty.
 */
export function fisherRise(shares: TwoShares): number {
  const { beforeTotal, afterHits, afterTotal } = shares;
  const hits = shares.beforeHits + afterHits;
  const most = Math.min(hits, afterTotal);
  const logAll = logChoose(beforeTotal + afterTotal, hits);
  let probability = 0;
  for (let k = afterHits; k <= most; k += 1) {
    probability += Math.exp(logChoose(afterTotal, k) + logChoose(beforeTotal, hits - k) - logAll);
  }
  return Math.min(1, probability);
}
