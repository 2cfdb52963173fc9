import type { Node } from '@pgsql/types';
import { baseType, typeNameOf } from '../../_shared/sql/ast.ts';
import {
  equalitySides,
  conjuncts,
  type FromTable,
  fromTables,
  mentionsColumn,
  resolveIn,
  type ResolvedColumn,
  withConditions,
} from './tree.ts';
import type { Rewriter } from './types.ts';

/** Types whose values and texts correspond one to one, apart from spellings such as `007`. */
const FROM_TEXT = new Set(['smallint', 'integer', 'bigint', 'uuid']);
const INTEGERS = new Set(['smallint', 'integer', 'bigint']);
const TEXTS = new Set(['text', 'character varying']);

/** A cast of the column, which hides it from its index, as a cast of what it is compared with. */
export const castOtherSide: Rewriter = ({ select, catalog, tree }) => {
  const tables = fromTables(select, catalog);
  if (tables === null) return null;
  const notes: string[] = [];
  const conditions = conjuncts(select.whereClause).map((condition) => {
    const found = castEquality(condition, tables);
    if (found === null) return condition;
    const { column, value, isText } = found;
    const type = baseType(column.column.type);
    notes.push(
      isText
        ? `A text that is no ${type} is then an error instead of no row, and other spellings of a value, such as 007, find it.`
        : `A value that is no ${type} is rounded instead of finding no row.`,
    );
    return tree.expression(`${column.sql} = (${tree.sql(value)})::${type}`);
  });
  if (notes.length === 0) return null;
  return {
    after: tree.statement(withConditions(select, conditions)),
    comparison: { kind: 'rows' },
    because:
      'The column is cast for every row, so its index cannot be used; the other side need be cast only once',
    notes,
  };
};

function castEquality(
  condition: Node,
  tables: readonly FromTable[],
): { column: ResolvedColumn; value: Node; isText: boolean } | null {
  for (const [side, value] of equalitySides(condition)) {
    if (mentionsColumn(value)) continue;
    if ('TypeCast' in side && side.TypeCast.arg !== undefined && 'ColumnRef' in side.TypeCast.arg) {
      const column = resolveIn(side.TypeCast.arg.ColumnRef, tables);
      if (
        column !== null &&
        FROM_TEXT.has(baseType(column.column.type)) &&
        TEXTS.has(typeNameOf(side.TypeCast.typeName))
      ) {
        return { column, value, isText: true };
      }
    }
    if ('ColumnRef' in side && 'TypeCast' in value) {
      const column = resolveIn(side.ColumnRef, tables);
      const wider = typeNameOf(value.TypeCast.typeName);
      const { arg } = value.TypeCast;
      if (
        column !== null &&
        arg !== undefined &&
        INTEGERS.has(baseType(column.column.type)) &&
        /^numeric$|^double/.test(wider)
      ) {
        return { column, value: arg, isText: false };
      }
    }
  }
  return null;
}
