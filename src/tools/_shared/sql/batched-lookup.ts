import type { A_Expr, Node } from '@pgsql/types';
import { columnPath, operatorName, walk } from './ast.ts';
import type { SqlParser } from './parser.ts';

/**
 * The look-up `… WHERE column = $n` for several keys at once, `= ANY($n)`; null when it has no such condition, or a
 * LIMIT, an order or an aggregate that would then mean something else.
 */
export function batchedLookup(
  parser: SqlParser,
  sql: string,
  { column, parameter }: { column: string; parameter: number },
): string | null {
  const [statement] = parser.parse(sql);
  if (statement === undefined || !('SelectStmt' in statement.node)) return null;
  const copy = structuredClone(statement.node);
  const { sortClause, groupClause, targetList = [], limitCount, limitOffset } = copy.SelectStmt;
  if (sortClause !== undefined || groupClause !== undefined || limitOffset !== undefined) return null;
  // LIMIT 1 of a look-up by key says what the key says already.
  if (limitCount !== undefined) {
    delete copy.SelectStmt.limitCount;
    copy.SelectStmt.limitOption = 'LIMIT_OPTION_DEFAULT';
  }
  let changed = false;
  walk(copy.SelectStmt.whereClause, (tag, content) => {
    if (tag === 'SubLink') return false;
    if (tag === 'A_Expr' && !changed) changed = batch(content, column, parameter);
    return !changed;
  });
  if (!changed) return null;
  const key = keyOf(copy.SelectStmt.whereClause, column);
  // Whoever asks for many must be able to tell whose each row is.
  if (key !== null && !returns(targetList, column)) targetList.push({ ResTarget: { val: key } });
  return parser.deparse(copy);
}

function batch(comparison: A_Expr, column: string, parameter: number): boolean {
  const { kind, lexpr, rexpr } = comparison;
  if (kind !== 'AEXPR_OP' || operatorName(comparison) !== '=' || !isColumn(lexpr, column)) return false;
  if (rexpr === undefined || !('ParamRef' in rexpr) || rexpr.ParamRef.number !== parameter) return false;
  comparison.kind = 'AEXPR_OP_ANY';
  return true;
}

function isColumn(node: Node | undefined, column: string): boolean {
  return node !== undefined && 'ColumnRef' in node && columnPath(node.ColumnRef).path.at(-1) === column;
}

function keyOf(condition: Node | undefined, column: string): Node | null {
  let found: Node | null = null;
  walk(condition, (tag, content) => {
    const node = { [tag]: content } as unknown as Node;
    if (tag === 'ColumnRef' && isColumn(node, column)) found ??= structuredClone(node);
  });
  return found;
}

function returns(list: readonly Node[], column: string): boolean {
  return list.some((node) => {
    if (!('ResTarget' in node) || node.ResTarget.val === undefined) return false;
    const { val } = node.ResTarget;
    return 'ColumnRef' in val && (columnPath(val.ColumnRef).star || isColumn(val, column));
  });
}
