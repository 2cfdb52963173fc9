import type { CatalogIndex, CatalogTable, IndexKey } from './catalog.ts';

export interface Redundancy {
  /** The index that can go. */
  index: CatalogIndex;
  /** The one that serves in its place, and stays. */
  by: CatalogIndex;
  kind: 'identical' | 'prefix';
  /** Continues "it": `has the same keys as by_email`. */
  reason: string;
}

/**
 * Indexes of one table whose work another of its indexes does as well. What a constraint, a replica identity or a
 * partitioned parent needs is never among them, and two that are equal are never both.
 */
export function redundantIndexes(table: Pick<CatalogTable, 'indexes'>): Redundancy[] {
  // Those that stay come first, so that nothing is said to be covered by what goes itself.
  const byKeep = table.indexes.filter(({ valid }) => valid).toSorted(compareKeep);
  const kept: CatalogIndex[] = [];
  const redundant: Redundancy[] = [];
  for (const index of byKeep) {
    const covers = kept
      .map((by) => coverOf(index, by))
      .filter((cover) => cover !== null)
      .toSorted((a, b) => a.by.keys.length - b.by.keys.length || compareText(a.by.name, b.by.name));
    const [cover] = covers;
    if (cover === undefined || isNeededItself(index)) kept.push(index);
    else redundant.push(cover);
  }
  return redundant;
}

/** Whether `by` answers and enforces all that `index` does; null when not. Both are of one table. */
export function coverOf(index: CatalogIndex, by: CatalogIndex): Redundancy | null {
  if (index.name === by.name && index.schema === by.schema) return null;
  if (index.method !== by.method || index.predicate !== by.predicate || !by.valid) return null;
  if (index.keys.length > by.keys.length) return null;
  if (!index.keys.every((key, position) => isSameKey(key, by.keys[position] as IndexKey))) return null;
  const isWhole = index.keys.length === by.keys.length;
  // Only a B-tree is ordered by its first keys; a hash has one key, and each other method its own rules.
  if (!isWhole && index.method !== 'btree') return null;
  if (index.unique && !(by.unique && isWhole && nullsOf(index) === nullsOf(by))) return null;
  const has = new Set([...by.include, ...by.keys.map(({ column }) => column)]);
  if (!index.include.every((column) => has.has(column))) return null;
  return {
    index,
    by,
    kind: isWhole ? 'identical' : 'prefix',
    reason: reasonOf(index, by, isWhole),
  };
}

/** A constraint, a replica identity or a partitioned parent depends on it: it cannot be dropped by itself. */
export function isNeededItself(
  index: Pick<CatalogIndex, 'primary' | 'constraint' | 'replicaIdentity' | 'parent'>,
): boolean {
  return index.primary || index.constraint !== null || index.replicaIdentity || index.parent !== null;
}

function isSameKey(a: IndexKey, b: IndexKey): boolean {
  return (
    a.column === b.column &&
    a.expression === b.expression &&
    a.operatorClass === b.operatorClass &&
    a.collation === b.collation &&
    a.direction === b.direction &&
    a.nulls === b.nulls
  );
}

/** PostgreSQL 15 and newer: a unique index may treat nulls as equal. */
function nullsOf({ statement }: CatalogIndex): boolean {
  return /\bNULLS NOT DISTINCT\b/i.test(statement);
}

/** What cannot go first, then the wider, the unique, the older: each stays before what it covers. */
function compareKeep(a: CatalogIndex, b: CatalogIndex): number {
  return (
    Number(isNeededItself(b)) - Number(isNeededItself(a)) ||
    Number(b.unique) - Number(a.unique) ||
    b.keys.length - a.keys.length ||
    b.include.length - a.include.length ||
    (a.oid ?? 0) - (b.oid ?? 0) ||
    compareText(a.name, b.name)
  );
}

function reasonOf(index: CatalogIndex, by: CatalogIndex, isWhole: boolean): string {
  const keys = index.keys.length === 1 ? 'its key is' : 'its keys are';
  if (!isWhole) return `${keys} the first of those of ${by.name}`;
  if (by.include.length > index.include.length) return `${by.name} has the same keys and includes more`;
  if (by.unique && !index.unique) return `${by.name} has the same keys and is unique besides`;
  return `${by.name} is the same index`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
