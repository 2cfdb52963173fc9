import type { QueryEffect } from '../recommendation.ts';
import { type CostedQuery, type CostModel, costRatio, type Indexed } from './cost.ts';
import type { ValueKind } from './values.ts';

/** What one of the chosen indexes does, the others being there as well. */
export interface IndexEffect {
  /** Only queries for which it makes a difference, the ones that save most first. */
  queries: readonly QueryDifference[];
  /** Time that it saves by queries whose plans get better with most of their values. */
  savedMs: number;
}

export interface QueryDifference {
  costed: CostedQuery;
  savedMs: number;
  /** From as it is to all chosen indexes, with typical values. */
  effect: QueryEffect;
  /** Values with which the planner expects something of the whole choice, and those with which it does not. */
  helpsWith: readonly ValueKind[];
  idleWith: readonly ValueKind[];
  isSteady: boolean;
}

/** Smaller differences are noise of the cost model. */
const LEAST_DIFFERENCE = 0.01;
const HELPS_BELOW = 0.95;

export async function effectOf(
  one: Indexed,
  chosen: readonly Indexed[],
  model: CostModel,
): Promise<IndexEffect> {
  const others = chosen.filter((other) => other !== one);
  const queries: QueryDifference[] = [];
  for (const costed of model.queries) {
    if (!model.isRelevant(one.index, costed.query)) continue;
    const without = await model.ratio(costed, others);
    const withIt = await model.ratio(costed, chosen);
    if (Math.abs(without - withIt) < LEAST_DIFFERENCE * without) continue;
    queries.push(await difference(costed, (without - withIt) * costed.query.totalMs, chosen, model));
  }
  queries.sort(
    (a, b) => b.savedMs - a.savedMs || (a.costed.query.shape.key < b.costed.query.shape.key ? -1 : 1),
  );
  const savedMs = queries
    .filter(({ isSteady, savedMs: saved }) => isSteady || saved < 0)
    .reduce((sum, query) => sum + query.savedMs, 0);
  return { queries, savedMs };
}

async function difference(
  costed: CostedQuery,
  savedMs: number,
  chosen: readonly Indexed[],
  model: CostModel,
): Promise<QueryDifference> {
  const helpsWith: ValueKind[] = [];
  const idleWith: ValueKind[] = [];
  const effects: QueryEffect[] = [];
  for (const [position, { variant, asItIs }] of costed.variants.entries()) {
    const after = await model.plan(costed, position, chosen);
    (costRatio(asItIs, after) <= HELPS_BELOW ? helpsWith : idleWith).push(variant.values);
    effects.push({
      query: costed.query,
      values: variant.values,
      costBefore: asItIs.totalCost ?? 0,
      costAfter: after.totalCost ?? 0,
      planBefore: asItIs,
      planAfter: after,
    });
  }
  const [effect] = effects;
  if (effect === undefined) throw new RangeError('a query without a plan');
  return {
    costed,
    savedMs,
    effect,
    helpsWith,
    idleWith,
    // Two of three: an index for one rare value is not one for the query.
    isSteady: helpsWith.length * 3 >= costed.variants.length * 2,
  };
}
