import type { IndexDefinition, IndexKey } from '../../_shared/database/catalog.ts';
import { describeIndex } from '../../_shared/database/index-statement.ts';

/** Of one table, as the catalogue names it. */
export function tableOf({ schema, table }: Pick<IndexDefinition, 'schema' | 'table'>): string {
  return schema === '' ? table : `${schema}.${table}`;
}

/** Two definitions with the same identity are the same index; also the order in which ties are broken. */
export function identityOf(index: IndexDefinition): string {
  return describeIndex(index);
}

/**
 * Whether an index with these keys at its front serves all that `narrow` does: the same method, the same leading keys
 * with class, collation and order, at least its INCLUDE columns, over the same rows. Uniqueness is not looked at: it is a
 * constraint, not a way to find rows. One of the two is ours, so texts are compared without casts and parentheses; what
 * the server printed both of is compared by `_shared/database/index-cover.ts`.
 */
export function servesAll(wide: IndexDefinition, narrow: IndexDefinition): boolean {
  if (tableOf(wide) !== tableOf(narrow) || wide.method !== narrow.method) return false;
  // A partial index is small: one over all rows finds the same at a higher price, so it is no twin.
  if (!sameText(wide.predicate, narrow.predicate)) return false;
  if (wide.keys.length < narrow.keys.length) return false;
  // Only a B-tree finds by its leading keys alone.
  if (wide.method !== 'btree' && wide.keys.length !== narrow.keys.length) return false;
  if (!narrow.keys.every((key, position) => sameKey(wide.keys[position], key))) return false;
  const stored = new Set([...wide.include, ...wide.keys.map(({ column }) => column)]);
  return narrow.include.every((column) => stored.has(column));
}

function sameKey(a: IndexKey | undefined, b: IndexKey): boolean {
  return (
    a !== undefined &&
    a.column === b.column &&
    sameText(a.expression, b.expression) &&
    a.operatorClass === b.operatorClass &&
    a.collation === b.collation &&
    a.direction === b.direction &&
    a.nulls === b.nulls
  );
}

/** Whether two expressions are the same but for casts, parentheses, spaces and case. */
export function sameText(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return loosely(a) === loosely(b);
}

/** The server prints `lower((email)::text)` where the query says `lower(email)`. */
function loosely(sql: string): string {
  return sql
    .replaceAll(
      /::("[^"]+"|[a-z_]+( (varying|precision|with(out)? time zone))?)(\(\d+(,\d+)?\))?(\[\])?/gi,
      '',
    )
    .replaceAll(/[\s()]/g, '')
    .toLowerCase();
}

/** Columns whose change makes an entry of this index stale: keys, INCLUDE, and what expressions and predicate name. */
export function columnsOf(index: IndexDefinition, all: readonly string[]): string[] {
  const texts = [...index.keys.map(({ expression }) => expression ?? ''), index.predicate ?? ''];
  const named = new Set([...index.include, ...index.keys.flatMap(({ column }) => column ?? [])]);
  return all.filter((column) => named.has(column) || texts.some((text) => mentions(text, column)));
}

function mentions(sql: string, column: string): boolean {
  if (sql === '') return false;
  const escaped = column.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`(^|[^\\w$])${escaped}($|[^\\w$])`).test(sql);
}

export function ascending(column: string): IndexKey {
  return { column, expression: null, operatorClass: null, collation: null, direction: 'asc', nulls: 'last' };
}
