import { RearguardError } from '../../../core/errors.ts';
import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import type { Configuration, WhatIf } from '../what-if/types.ts';
import type { WorkloadQuery } from '../workload.ts';
import { canBeWhatRan } from './counters.ts';
import { sameText, tableOf } from './definition.ts';
import type { CatalogFacts } from './facts.ts';
import { absentVariant, genericVariant, type Variant, variantsOf } from './values.ts';

/** An index that is part of a configuration; `id` is its identity. */
export interface Indexed {
  id: string;
  index: IndexDefinition;
}

export interface CostedQuery {
  query: WorkloadQuery;
  variants: readonly CostedVariant[];
}

export interface CostedVariant {
  variant: Variant;
  /** Without any change. */
  asItIs: Plan;
}

/** Asks the back-end once for every (query, relevant indexes); the planner's statistics do not change meanwhile. */
export interface CostModel {
  queries: readonly CostedQuery[];
  /** Queries that the planner does not take, by the key of their shape, and why. */
  refusals: ReadonlyMap<string, string>;
  isRelevant(index: IndexDefinition, query: WorkloadQuery): boolean;
  plan(query: CostedQuery, position: number, added: readonly Indexed[]): Promise<Plan>;
  /** Cost with these indexes as a share of the cost without, the mean over its values; 1 where none of them matters. */
  ratio(query: CostedQuery, added: readonly Indexed[]): Promise<number>;
  plansAsked(): number;
}

export async function costModel(
  queries: readonly WorkloadQuery[],
  facts: CatalogFacts,
  whatIf: WhatIf,
  signal: AbortSignal,
): Promise<CostModel> {
  let asked = 0;
  const cache = new Map<string, Plan>();
  const refusals = new Map<string, string>();

  function ask({ sql, generic }: Variant, configuration: Configuration): Promise<Plan> {
    signal.throwIfAborted();
    asked += 1;
    return whatIf.plan(sql, configuration, { generic });
  }

  /** null when the server does not take it. */
  async function asItIs(query: WorkloadQuery, variant: Variant): Promise<CostedVariant | null> {
    try {
      return { variant, asItIs: await ask(variant, { add: [], hide: [] }) };
    } catch (error) {
      if (!(error instanceof RearguardError) || error.code !== 'E_SQL_REFUSED') throw error;
      refusals.set(query.shape.key, error.message);
      return null;
    }
  }

  async function costed(query: WorkloadQuery): Promise<CostedQuery | null> {
    const variants: CostedVariant[] = [];
    for (const variant of variantsOf(query, facts)) {
      const one = await asItIs(query, variant);
      if (one !== null) variants.push(one);
    }
    const generic = variants.length === 0 ? genericVariant(query) : null;
    const fallback = generic === null ? null : await asItIs(query, generic);
    if (fallback !== null) variants.push(fallback);
    if (variants.length === 0) return null;
    refusals.delete(query.shape.key);
    return { query, variants: await likely(query, variants) };
  }

  /** Without the values whose plans the counters contradict; where they contradict all, with those that no row has. */
  async function likely(
    query: WorkloadQuery,
    variants: readonly CostedVariant[],
  ): Promise<readonly CostedVariant[]> {
    const possible = variants.filter((one) => canBeWhatRan(one, query));
    if (possible.length > 0) return possible;
    const variant = absentVariant(query, facts);
    const absent = variant === null ? null : await asItIs(query, variant);
    refusals.delete(query.shape.key);
    return absent !== null && canBeWhatRan(absent, query) ? [absent] : variants;
  }

  const found: CostedQuery[] = [];
  for (const query of queries) {
    const one = await costed(query);
    if (one !== null) found.push(one);
  }

  async function plan(query: CostedQuery, position: number, added: readonly Indexed[]): Promise<Plan> {
    const one = query.variants[position];
    if (one === undefined) throw new RangeError(`no variant ${position}`);
    const relevant = added
      .filter(({ index }) => isRelevant(index, query.query))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (relevant.length === 0) return one.asItIs;
    const key = [query.query.shape.key, position, ...relevant.map(({ id }) => id)].join('\n');
    const known = cache.get(key);
    if (known !== undefined) return known;
    const answer = await ask(one.variant, { add: relevant.map(({ index }) => index), hide: [] });
    cache.set(key, answer);
    return answer;
  }

  return {
    queries: found,
    refusals,
    isRelevant,
    plan,
    async ratio(query, added) {
      let sum = 0;
      for (const [position, { asItIs: before }] of query.variants.entries()) {
        sum += costRatio(before, await plan(query, position, added));
      }
      return sum / query.variants.length;
    },
    plansAsked: () => asked,
  };
}

/** 1 where a back-end has no costs (MySQL, SQLite): then nothing is gained by what it says. */
export function costRatio(before: Plan, after: Plan): number {
  if (before.totalCost === null || after.totalCost === null || before.totalCost <= 0) return 1;
  return after.totalCost / before.totalCost;
}

/** Whether the query uses the first key of the index in a way that could make a planner look at it. */
function isRelevant(index: IndexDefinition, { shape }: WorkloadQuery): boolean {
  const [first] = index.keys;
  if (first === undefined) return false;
  const table = tableOf(index);
  return shape.uses.some(
    (use) =>
      use.table === table &&
      use.role !== 'projected' &&
      use.role !== 'written' &&
      (first.column === null ? sameText(use.expression, first.expression) : use.column === first.column),
  );
}
