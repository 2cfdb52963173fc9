import type { Catalog, IndexDefinition } from '../../../src/tools/_shared/database/catalog.ts';
import { identityOf, ascending } from '../../../src/tools/query-optimizer/advisor/definition.ts';
import { isServed } from '../../../src/tools/query-optimizer/advisor/candidates.ts';
import { factsOf } from '../../../src/tools/query-optimizer/advisor/facts.ts';
import type { WhatIf } from '../../../src/tools/query-optimizer/what-if/types.ts';
import type { Workload, WorkloadQuery } from '../../../src/tools/query-optimizer/workload.ts';

/** dexter's default: a set has to halve the cost of a query. */
const MIN_SAVED_SHARE = 0.5;

/**
 * The procedure that dexter documents, written anew for the same back-end: for each query all single columns, and all
 * ordered pairs, of the columns that it uses as hypothetical indexes at once; those that its plan uses are kept when its
 * cost falls by half. What a plan uses is found by taking candidates away until the cost changes.
 */
export async function dexterIndexes(
  workload: Workload,
  catalog: Catalog,
  whatIf: WhatIf,
): Promise<IndexDefinition[]> {
  const facts = factsOf(catalog);
  const kept = new Map<string, IndexDefinition>();
  for (const query of workload.queries) {
    const [sql] = query.texts;
    if (sql === undefined) continue;
    const cost = async (add: readonly IndexDefinition[]): Promise<number> =>
      (await whatIf.plan(sql, { add, hide: [] })).totalCost ?? Infinity;
    const before = await cost([]);
    const all = singlesAndPairs(query).filter((index) => {
      const table = facts.table(`${index.schema}.${index.table}`);
      return table !== undefined && !isServed(index, { table });
    });
    const after = await cost(all);
    if (after > before * (1 - MIN_SAVED_SHARE)) continue;
    for (const index of await needed(all, after, cost)) kept.set(identityOf(index), index);
  }
  return [...kept.values()];
}

function singlesAndPairs({ shape }: WorkloadQuery): IndexDefinition[] {
  const columns = new Map<string, Set<string>>();
  for (const { table, column, role } of shape.uses) {
    if (column === null || role === 'projected' || role === 'written') continue;
    columns.set(table, (columns.get(table) ?? new Set()).add(column));
  }
  return [...columns].flatMap(([path, names]) => {
    const [schema = '', table = ''] = path.split('.');
    const of = (keys: readonly string[]): IndexDefinition => ({
      schema,
      table,
      method: 'btree',
      keys: keys.map(ascending),
      include: [],
      predicate: null,
      unique: false,
    });
    const pairs = [...names].flatMap((a) => [...names].filter((b) => b !== a).map((b) => of([a, b])));
    return [...[...names].map((name) => of([name])), ...pairs];
  });
}

/** Takes halves away as long as the cost stays the same. */
async function needed(
  indexes: readonly IndexDefinition[],
  target: number,
  cost: (add: readonly IndexDefinition[]) => Promise<number>,
): Promise<IndexDefinition[]> {
  let left = [...indexes];
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < left.length;) {
      const without = [...left.slice(0, start), ...left.slice(start + size)];
      if ((await cost(without)) <= target * 1.000_1) left = without;
      else start += size;
    }
  }
  return left;
}
