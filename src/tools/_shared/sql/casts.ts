import type { Node } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { baseType, columnPath, typeNameOf } from './ast.ts';
import { type Reading, resolve, type Target } from './reading.ts';
import type { Scope } from './scope.ts';

const INTEGERS = new Set(['smallint', 'integer', 'bigint']);
const FLOATS = new Set(['real', 'double precision']);

/** Notes a comparison in which the column becomes another type than the one its index is made for. */
export function noteCast(
  reading: Reading,
  {
    node,
    other,
    target,
    scope,
    operator,
    conjunct,
  }: { node: Node; other: Node; target: Target; scope: Scope; operator: string; conjunct: boolean },
): void {
  const { base } = target;
  const found = explicitCast(reading, node, scope) ?? implicitCast(reading, other, target, scope);
  if (found === null) return;
  reading.casts.push({
    table: qualifiedName(base.table),
    alias: base.alias,
    scope: base.scope,
    column: base.column.name,
    from: base.column.type,
    operator,
    conjunct,
    ...found,
  });
}

function explicitCast(reading: Reading, node: Node, scope: Scope): { to: string; how: 'explicit' } | null {
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined || !('ColumnRef' in node.TypeCast.arg)) {
    return null;
  }
  const column = resolve(reading, columnPath(node.TypeCast.arg.ColumnRef).path, scope);
  const to = typeNameOf(node.TypeCast.typeName);
  if (column === null) return null;
  const from = baseType(column.column.type);
  return from === to || (from === 'character varying' && to === 'text') ? null : { to, how: 'explicit' };
}

/**
 * Types within one operator family are compared as they are: integers of any size, dates and timestamps. An integer
 * beside numeric or a float is not, nor is character(n) beside text; there the server casts the column.
 */
function implicitCast(
  reading: Reading,
  other: Node,
  { base, column }: Target,
  scope: Scope,
): { to: string; how: 'implicit' } | null {
  const to = column === null ? null : typeOf(reading, other, scope);
  if (to === null) return null;
  const from = baseType(base.column.type);
  const widens =
    (INTEGERS.has(from) && (to === 'numeric' || FLOATS.has(to))) ||
    (from === 'numeric' && FLOATS.has(to)) ||
    (from === 'character' && to === 'text');
  return widens ? { to, how: 'implicit' } : null;
}

/** The type of a value as far as its text says; a parameter without a cast takes the type of the column. */
function typeOf(reading: Reading, node: Node, scope: Scope): string | null {
  if ('TypeCast' in node) return typeNameOf(node.TypeCast.typeName);
  // What does not fit into an integer of the grammar may still be a bigint.
  if ('A_Const' in node) return /[.eE]|^\d{19,}$/.test(node.A_Const.fval?.fval ?? '') ? 'numeric' : null;
  if (!('ColumnRef' in node)) return null;
  const found = resolve(reading, columnPath(node.ColumnRef).path, scope);
  return found && baseType(found.column.type);
}
