import type { Node, SelectStmt } from '@pgsql/types';
import { baseType } from '../../_shared/sql/ast.ts';
import { uniqueKeys } from '../proof/result-order.ts';
import {
  equalitySides,
  conjuncts,
  type FromTable,
  fromTables,
  isPlain,
  type ResolvedColumn,
  resolveIn,
  returnsColumn,
  withConditions,
} from './tree.ts';
import type { Rewriter } from './types.ts';

interface LookUp {
  column: ResolvedColumn;
  parameter: number;
  /** The condition itself. */
  condition: Node;
}

/** The column that then says which key a row belongs to. */
const KEY_COLUMN = 'lookup_key';

/**
 * A look-up by one key as a look-up by many. Where the rows themselves hold the key, `= ANY` is all it takes; where
 * each key has a limit, an order or an aggregate of its own, the whole query is run for each key by the server.
 */
export const batch: Rewriter = ({ select, catalog, tree }) => {
  const tables = fromTables(select, catalog);
  const lookUp = tables === null ? null : lookUpOf(select, tables);
  if (tables === null || lookUp === null) return null;
  const { column, parameter, condition } = lookUp;
  const common = {
    because: 'One query for all keys takes the place of one for each of them: as many round trips less',
    notes: [`$${parameter} is then the array of all keys; rows come in no particular order of keys.`],
  };
  const others = conjuncts(select.whereClause).filter((one) => one !== condition);
  const isUnique = uniqueKeys(column.table).some((key) => key.length === 1 && key[0] === column.column.name);
  // One row for a key needs no LIMIT; any other limit is one for each key.
  const { limitCount, limitOffset, ...rest } = select;
  const unlimited: SelectStmt = { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' };
  const isSimple =
    isPlain(select) &&
    limitOffset === undefined &&
    (limitCount === undefined || (isUnique && tables.length === 1)) &&
    returnsColumn(select, column, tables);
  if (isSimple) {
    const any = tree.expression(`${column.sql} = ANY ($${parameter})`);
    return {
      ...common,
      after: tree.statement(withConditions(unlimited, [...others, any])),
      comparison: { kind: 'batch', parameter, added: null },
    };
  }
  if (select.withClause !== undefined || select.lockingClause !== undefined) return null;
  const perKey = tree.expression(`${column.sql} = keys.${KEY_COLUMN}`);
  const inner = tree.statement(withConditions(select, [...others, perKey]));
  const after =
    `SELECT keys.${KEY_COLUMN}, found.* FROM unnest($${parameter}::${baseType(column.column.type)}[]) AS keys (${KEY_COLUMN}) ` +
    `CROSS JOIN LATERAL (${inner}) AS found`;
  return {
    ...common,
    after: tree.statement(tree.select(after)),
    comparison: { kind: 'batch', parameter, added: KEY_COLUMN },
    notes: [...common.notes, `${KEY_COLUMN} says which key a row is for.`],
  };
};

/** The equality whose value changes from call to call: a key by itself before a part of one, the last before the first. */
function lookUpOf(select: SelectStmt, tables: readonly FromTable[]): LookUp | null {
  const found = conjuncts(select.whereClause).flatMap((condition) => {
    const lookUp = equalityWithParameter(condition, tables);
    return lookUp === null ? [] : [lookUp];
  });
  const rank = ({ column: { column, table } }: LookUp): number => {
    if (uniqueKeys(table).some((key) => key.length === 1 && key[0] === column.name)) return 0;
    return table.foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === column.name)
      ? 1
      : 2;
  };
  const [best] = found.toReversed().sort((a, b) => rank(a) - rank(b));
  return best ?? null;
}

function equalityWithParameter(condition: Node, tables: readonly FromTable[]): LookUp | null {
  for (const [side, value] of equalitySides(condition)) {
    if (!('ColumnRef' in side) || !('ParamRef' in value)) continue;
    const column = resolveIn(side.ColumnRef, tables);
    if (column !== null) return { column, parameter: value.ParamRef.number ?? 0, condition };
  }
  return null;
}
