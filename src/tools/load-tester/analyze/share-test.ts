import { binomialUpperTail } from '../../../core/statistics/binomial.ts';

export interface SliceShare {
  hits: number;
  total: number;
}

/**
 * One-sided test of "the share of hits is at most the allowed one" over slices of time. Requests of one second share what
 * disturbs them, so the counts are divided by how much more slices differ than single requests would make them (Rao & Scott
 * 1992); the tail over what is left is exact. Besides, half of the slices must be above the share themselves: one bad second,
 * however bad, is no state. 1 without evidence.
 */
export function exceedsShare(slices: readonly SliceShare[], allowed: number): number {
  const used = slices.filter(({ total }) => total > 0);
  const total = used.reduce((sum, slice) => sum + slice.total, 0);
  const hits = used.reduce((sum, slice) => sum + slice.hits, 0);
  if (total === 0 || hits / total <= allowed) return 1;
  const above = used.filter((slice) => slice.hits / slice.total > allowed).length;
  if (above * 2 < used.length) return 1;
  const effect = designEffect(used, hits / total);
  return binomialUpperTail(hits / effect, total / effect, allowed);
}

function designEffect(slices: readonly SliceShare[], share: number): number {
  const variance = share * (1 - share);
  if (slices.length < 2 || variance === 0) return 1;
  const spread = slices.reduce(
    (sum, { hits, total }) => sum + (hits - total * share) ** 2 / (total * variance),
    0,
  );
  return Math.max(1, spread / (slices.length - 1));
}
