import type { Node } from '@pgsql/types';
import { columnPath, walk } from './ast.ts';
import { addUse, type Reading, resolve, type Target } from './reading.ts';
import type { Resolved, Scope, Source } from './scope.ts';
import type { ColumnRole, ColumnUse, Value } from './types.ts';

/** Where a condition stands. */
export interface Place {
  /** It must hold for every row: false under OR and NOT. */
  conjunct: boolean;
  /** An odd number of NOTs stands above it. */
  negated: boolean;
  /** Sources whose rows are kept although the condition fails: those on the outer side of an outer join. */
  preserved: ReadonlySet<Source>;
}

export const IN_WHERE: Place = { conjunct: true, negated: false, preserved: new Set() };

export function sameMention(a: Resolved, b: Resolved): boolean {
  return a.alias === b.alias && a.scope === b.scope;
}

/** Whether an expression uses the same mention of the table. */
export function dependsOn(reading: Reading, node: Node, base: Resolved, scope: Scope): boolean {
  let found = false;
  walk(node, (tag, content) => {
    if (tag === 'SubLink') return false;
    if (tag !== 'ColumnRef') return !found;
    const { path, star } = columnPath(content);
    const column = star ? null : resolve(reading, path, scope);
    if (column !== null && sameMention(column, base)) found = true;
    return false;
  });
  return found;
}

/** Also a column of a CTE or a function, which is none of a table's. */
export function namesColumn(node: Node): boolean {
  let found = false;
  walk(node, (tag) => {
    if (tag === 'ColumnRef') found = true;
    return !found && tag !== 'SubLink';
  });
  return found;
}

export function holdsColumn(node: Node): boolean {
  let found = false;
  walk(node, (tag) => {
    if (tag === 'ColumnRef' || tag === 'FuncCall') found = true;
    return !found && tag !== 'SubLink';
  });
  return found;
}

/** Gives a target its role, as far as the condition reaches the scan of its table. */
export function useTarget(
  reading: Reading,
  target: Target,
  role: ColumnRole,
  { operator = null, value = null }: { operator?: string | null; value?: Value | null },
  place: Place,
): void {
  const { base } = target;
  if (!base.reachesScan) return;
  let conjunct = place.conjunct && !place.preserved.has(base.source);
  // On the side of an outer join that may be missing, `IS NULL` asks for what was not found.
  if (role === 'is-null' && base.source.nullable) conjunct = false;
  addUse(reading, base, target, { role, operator, value, conjunct });
}

/** A column of the query around a subquery: a join there if the subquery can become one, else only needed. */
export function settleOuter(reading: Reading, from: number, scope: Scope): void {
  for (let index = from; index < reading.uses.length; index += 1) {
    const use = reading.uses[index];
    if (use === undefined || use.scope >= scope.id || use.role === 'projected') continue;
    const isJoin = use.role === 'join' && (scope.link === 'semi' || scope.link === 'from');
    reading.uses[index] = isJoin
      ? use
      : { ...use, role: 'projected', operator: null, value: null, conjunct: true };
  }
}

/** The same without the subqueries, which have been read. */
export function withoutLinks(node: Node): Node {
  return JSON.parse(JSON.stringify(node), (key, value: unknown) =>
    key === 'SubLink' ? undefined : value,
  ) as Node;
}

export function identityOf({ alias, scope, column, expression, role, operator, value }: ColumnUse): string {
  return JSON.stringify([alias, scope, column, expression, role, operator, value]);
}

export function rowPart(item: Node, index: number): Node {
  return 'RowExpr' in item ? (item.RowExpr.args?.[index] ?? item) : item;
}

export function rowsOf(left: Node, right: Node): { left: Node[]; right: Node[] } | null {
  if (!('RowExpr' in left) || !('RowExpr' in right)) return null;
  return { left: left.RowExpr.args ?? [], right: right.RowExpr.args ?? [] };
}
