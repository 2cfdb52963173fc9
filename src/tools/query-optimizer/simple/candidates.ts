import type { CatalogTable, IndexDefinition, IndexKey } from '../../_shared/database/catalog.ts';
import type { TableNeeds } from '../../_shared/database/simple-query.ts';

/** More keys than this are more to write than they are worth. */
const MAX_KEYS = 4;

/**
 * Indexes that a query could use on one table, the likeliest first: what is compared by = (the most selective first),
 * then the order that is wanted, or else one range. Those that an index of the table begins with already are left out.
 */
export function candidatesFor({ table, equality, joined, range, order }: TableNeeds): IndexDefinition[] {
  const fixed = bySelectivity(table, [...new Set([...equality, ...joined])]);
  const [firstRange] = range.filter((column) => !fixed.includes(column));
  const wanted = order.filter(({ column }) => !fixed.includes(column));
  const keys: { column: string; direction: 'asc' | 'desc' }[][] = [];
  const head = fixed.map((column) => ({ column, direction: 'asc' as const }));
  if (wanted.length > 0 && (firstRange === undefined || firstRange === wanted[0]?.column)) {
    keys.push([...head, ...sameWay(wanted)]);
  }
  if (firstRange !== undefined) keys.push([...head, { column: firstRange, direction: 'asc' }]);
  if (wanted.length > 0) keys.push([...head, ...sameWay(wanted)]);
  if (head.length > 0) keys.push(head);
  return keys
    .map((list) => list.slice(0, MAX_KEYS))
    .filter((list) => list.length > 0 && !isThere(table, list))
    .filter((list, index, all) => all.findIndex((other) => textOf(other) === textOf(list)) === index)
    .map((list) => ({
      schema: table.schema,
      table: table.name,
      method: 'btree',
      keys: list.map(toKey),
      include: [],
      predicate: null,
      unique: false,
    }));
}

/** An index can be read from either end: when all of the order falls, a rising one serves as well. */
function sameWay(
  order: readonly { column: string; direction: 'asc' | 'desc' }[],
): { column: string; direction: 'asc' | 'desc' }[] {
  return order.every(({ direction }) => direction === 'desc')
    ? order.map(({ column }) => ({ column, direction: 'asc' }))
    : [...order];
}

/** Most distinct values first, as far as known; else in the order of the table. */
function bySelectivity(table: CatalogTable, columns: readonly string[]): string[] {
  const distinct = (name: string): number => {
    const own = table.columns.find((column) => column.name === name)?.statistics?.distinct ?? 0;
    return own < 0 ? -own * (table.rows ?? 1) : own;
  };
  const position = (name: string): number => table.columns.findIndex((column) => column.name === name);
  return columns.toSorted((a, b) => distinct(b) - distinct(a) || position(a) - position(b));
}

/** An index that is read, for all rows, whose first keys are these. */
function isThere({ indexes }: CatalogTable, keys: readonly { column: string }[]): boolean {
  return indexes.some(
    (index) =>
      index.valid &&
      index.predicate === null &&
      index.method === 'btree' &&
      keys.every(({ column }, position) => index.keys[position]?.column === column),
  );
}

function textOf(keys: readonly { column: string; direction: string }[]): string {
  return keys.map(({ column, direction }) => `${column} ${direction}`).join(', ');
}

function toKey({ column, direction }: { column: string; direction: 'asc' | 'desc' }): IndexKey {
  return {
    column,
    expression: null,
    operatorClass: null,
    collation: null,
    direction,
    nulls: direction === 'desc' ? 'last' : 'first',
  };
}
