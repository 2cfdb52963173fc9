import type { A_Expr, Node, SubLink } from '@pgsql/types';
import { fingerprintOf } from '../../../core/fingerprint.ts';
import { columnPath, operatorName, walk } from './ast.ts';
import type { QueryShape } from './types.ts';

/**
 * The identity of a query. The parser's fingerprint alone says that `= $1`, `IN (…)` and `= ANY ($1)` are one, so that
 * a look-up by key and its batched form could not be told apart, and that ev_2024_01 is ev_2024_02. IN lists of any
 * length stay equal: servers shorten them, or not.
 */
export function keyOf(fingerprint: string, node: Node, tables: QueryShape['tables']): string {
  const relations = [...new Set(tables.map(({ table, name }) => table ?? name))].toSorted();
  return fingerprintOf([fingerprint, relations.join(' '), operatorsOf(node).toSorted().join(' ')]);
}

/** Each kind of comparison once for each column, as the number of rows in VALUES must not count. */
function operatorsOf(node: Node): string[] {
  const operators = new Set<string>();
  walk(node, (tag, content) => {
    if (tag === 'A_Expr') {
      const comparison = content as A_Expr;
      operators.add(`${comparison.kind ?? ''}${operatorName(comparison)} ${columnOf(comparison.lexpr)}`);
    }
    if (tag === 'SubLink') operators.add((content as SubLink).subLinkType ?? '');
  });
  return [...operators];
}

function columnOf(node: Node | undefined): string {
  return node && 'ColumnRef' in node ? (columnPath(node.ColumnRef).path.at(-1) ?? '') : '';
}
