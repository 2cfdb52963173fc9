import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import { quoteIdentifier, quoteLiteral } from '../../_shared/database/index-statement.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';
import { type CatalogFacts, selectivityOf } from './facts.ts';
import type { ScanNeeds } from './needs.ts';

/** Of the calls that could use such an index, how many must have the predicate: the others cannot use it. */
const MIN_CALL_SHARE = 0.9;
/** A predicate that keeps more of the rows makes the index hardly smaller. */
const MAX_ROW_SHARE = 0.2;

/** Calls by table and leading key, and of these by predicate. */
export interface PredicateCalls {
  share(table: string, leading: string, predicate: string): number;
}

/** Predicates that leave a small part of the table and that nearly all calls have which could use the index. */
export function partialVariants(
  index: IndexDefinition,
  need: ScanNeeds,
  facts: CatalogFacts,
  calls: PredicateCalls,
): IndexDefinition[] {
  return need.constants.flatMap((use): IndexDefinition[] => {
    const predicate = predicateOf(use);
    if (predicate === null || use.column === null || selectivityOf(use, facts) >= MAX_ROW_SHARE) return [];
    // A key that is the same in every entry orders nothing.
    const keys = index.keys.filter(({ column }) => column !== use.column || use.role === 'is-not-null');
    const [first] = keys;
    if (first === undefined) return [];
    const share = calls.share(need.tableName, first.column ?? first.expression ?? '', predicate);
    return share < MIN_CALL_SHARE ? [] : [{ ...index, keys, predicate }];
  });
}

export function callsByPredicate(needs: readonly ScanNeeds[]): PredicateCalls {
  const totals = new Map<string, number>();
  const withPredicate = new Map<string, number>();
  for (const need of needs) {
    const { calls } = need.query;
    const leadings = new Set(
      [need.equal, need.lists, need.joins, need.ranges, need.prefixes, need.order.slice(0, 1)]
        .flat()
        .map(({ text }) => text),
    );
    const predicates = new Set(need.constants.flatMap((use) => predicateOf(use) ?? []));
    for (const leading of leadings) {
      const id = `${need.tableName} ${leading}`;
      totals.set(id, (totals.get(id) ?? 0) + calls);
      for (const predicate of predicates) {
        const one = `${id} ${predicate}`;
        withPredicate.set(one, (withPredicate.get(one) ?? 0) + calls);
      }
    }
  }
  return {
    share(table, leading, predicate) {
      const id = `${table} ${leading}`;
      const total = totals.get(id) ?? 0;
      return total === 0 ? 0 : (withPredicate.get(`${id} ${predicate}`) ?? 0) / total;
    },
  };
}

function predicateOf({ column, role, value }: ColumnUse): string | null {
  if (column === null) return null;
  const name = quoteIdentifier(column);
  if (role === 'is-null') return `${name} IS NULL`;
  if (role === 'is-not-null') return `${name} IS NOT NULL`;
  return role === 'equality' && value?.kind === 'constant' ? `${name} = ${quoteLiteral(value.text)}` : null;
}
