import type { IndexDefinition, IndexKey } from '../../_shared/database/catalog.ts';
import { identityOf, servesAll } from './definition.ts';
import type { CatalogFacts } from './facts.ts';
import { coveringVariants } from './candidates-covering.ts';
import { partialVariants, type PredicateCalls } from './candidates-partial.ts';
import { specialCandidates } from './candidates-special.ts';
import type { Attribute, ScanNeeds } from './needs.ts';

/** An index worth asking the planner about, and the queries it was thought of for (keys of their shapes). */
export interface Candidate {
  id: string;
  index: IndexDefinition;
  queries: ReadonlySet<string>;
}

export interface CandidateOptions {
  maxColumns: number;
  minTablePages: number;
}

/**
 * Everything that could serve these needs: for each mention of a table the single columns, the equalities with one range
 * or with the order, the join columns, GROUP BY; each of these with INCLUDE and as a partial index where that promises
 * something; and what only GIN, GiST or BRIN can serve. Sorted by identity. What an existing index serves already is
 * left out: the planner would like a fresh twin of the primary key better than the key itself.
 */
export function candidatesOf(
  needs: readonly ScanNeeds[],
  facts: CatalogFacts,
  calls: PredicateCalls,
  options: CandidateOptions,
): Candidate[] {
  const found = new Map<string, { index: IndexDefinition; queries: Set<string> }>();
  for (const need of needs) {
    if (need.table.pages < options.minTablePages) continue;
    const plain = keyLists(need, options.maxColumns).map((keys) => btree(need, keys));
    const indexes = plain.flatMap((index) => [
      index,
      ...coveringVariants(index, need, facts),
      ...partialVariants(index, need, facts, calls),
    ]);
    for (const index of [...indexes, ...specialCandidates(need, facts)]) {
      if (isServed(index, need)) continue;
      const id = identityOf(index);
      const known = found.get(id) ?? { index, queries: new Set<string>() };
      known.queries.add(need.query.shape.key);
      found.set(id, known);
    }
  }
  return [...found]
    .map(([id, { index, queries }]) => ({ id, index, queries }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export function btree(need: Pick<ScanNeeds, 'table'>, keys: readonly IndexKey[]): IndexDefinition {
  const { schema, name } = need.table;
  return { schema, table: name, method: 'btree', keys, include: [], predicate: null, unique: false };
}

/** Served by an existing index as it is, or led by a whole unique key: then it finds one row already. */
export function isServed(index: IndexDefinition, { table }: Pick<ScanNeeds, 'table'>): boolean {
  return table.indexes.some((existing) => {
    if (!existing.valid) return false;
    if (servesAll(existing, index)) return true;
    // The same keys with more columns stored beside them: as good as a second primary key.
    if (existing.unique && servesAll(existing, { ...index, include: [] })) return true;
    const isUniqueKey = existing.unique && existing.predicate === null && existing.method === 'btree';
    if (!isUniqueKey || index.method !== 'btree') return false;
    const leading = index.keys.slice(0, existing.keys.length).map(({ column }) => column);
    return existing.keys.every(({ column }) => column !== null && leading.includes(column));
  });
}

function keyLists(need: ScanNeeds, maxColumns: number): IndexKey[][] {
  const equal = need.equal.filter(({ use }) => use.role === 'equality');
  const { lists, joins, ranges, prefixes, order, group, alternatives } = need;
  const trailing = [...ranges, ...prefixes];
  const found: (readonly Attribute[])[] = [];
  const singles = [
    ...need.equal,
    ...lists,
    ...joins,
    ...trailing,
    ...order.slice(0, 1),
    ...group.slice(0, 1),
  ];
  for (const attribute of [...singles, ...alternatives]) found.push([attribute]);

  const fixed = [...equal, ...lists];
  found.push(equal, fixed, order, group, [...equal, ...order], [...equal, ...group], [...fixed, ...order]);
  for (const range of trailing)
    found.push([...equal, range], [...fixed, range], ...fixed.map((one) => [one, range]));
  for (const one of equal)
    found.push([one, ...order], ...fixed.filter((other) => other !== one).map((other) => [one, other]));
  for (const join of joins) {
    found.push(
      [join, ...fixed],
      [...fixed, join],
      [join, ...order],
      joins.length > 1 ? [join, ...joins] : [join],
    );
    for (const one of [...fixed, ...trailing]) found.push([join, one]);
    for (const one of fixed) found.push([one, join]);
  }
  return found.map((list) => keysOf(list, maxColumns)).filter((keys) => keys.length > 0);
}

/** Each column once, at its first place. */
function keysOf(attributes: readonly Attribute[], maxColumns: number): IndexKey[] {
  const seen = new Set<string>();
  const keys: IndexKey[] = [];
  for (const { key, text } of attributes) {
    if (seen.has(text)) continue;
    seen.add(text);
    keys.push(key);
  }
  return keys.slice(0, maxColumns);
}
