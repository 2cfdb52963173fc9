import type { Node, RangeVar, WithClause } from '@pgsql/types';
import { walk } from './ast.ts';
import { IN_WHERE } from './condition-parts.ts';
import { readCondition } from './conditions.ts';
import { readFrom } from './from.ts';
import {
  addUse,
  noteParameter,
  type Output,
  readExpression,
  type Reading,
  type Surroundings,
} from './reading.ts';
import { columnsOf, type Scope, type Source } from './scope.ts';
import { mention, readWith } from './select.ts';

/** Reads INSERT, UPDATE, DELETE and MERGE; anything else has no columns that matter. */
export function readChange(reading: Reading, node: Node, around: Surroundings): Output {
  const statement = changeOf(node);
  if (statement === null) return [];
  reading.traits.modifiesData = true;
  const scope: Scope = { id: reading.nextScope, ...around, sources: [] };
  reading.nextScope += 1;
  scope.ctes = readWith(reading, statement.withClause, scope);
  if (statement.relation) mention(reading, statement.relation, scope, 'write');
  const [written] = scope.sources;
  readFrom(reading, statement.from, scope);
  if (statement.condition) readCondition(reading, statement.condition, scope, IN_WHERE);
  if (written) for (const target of statement.targets) readTarget(reading, target, written, scope);
  if (statement.source && 'SelectStmt' in statement.source) {
    readInserted(reading, statement.source, statement.targets, written, scope);
  }
  readExpression(reading, statement.rest, scope);
  return returned(reading, statement.returning, scope);
}

interface Change {
  relation: RangeVar | undefined;
  withClause: WithClause | undefined;
  from: readonly Node[];
  condition: Node | undefined;
  /** Columns that are set, each with its value where it stands beside it. */
  targets: readonly Node[];
  /** Of INSERT: where the rows come from. */
  source: Node | undefined;
  returning: readonly Node[];
  rest: readonly unknown[];
}

function changeOf(node: Node): Change | null {
  if ('UpdateStmt' in node) {
    const {
      relation,
      withClause,
      fromClause = [],
      whereClause,
      targetList = [],
      returningClause,
    } = node.UpdateStmt;
    return {
      relation,
      withClause,
      from: fromClause,
      condition: whereClause,
      targets: targetList,
      source: undefined,
      returning: returningClause?.exprs ?? [],
      rest: [],
    };
  }
  if ('DeleteStmt' in node) {
    const { relation, withClause, usingClause = [], whereClause, returningClause } = node.DeleteStmt;
    return {
      relation,
      withClause,
      from: usingClause,
      condition: whereClause,
      targets: [],
      source: undefined,
      returning: returningClause?.exprs ?? [],
      rest: [],
    };
  }
  if ('InsertStmt' in node) {
    const {
      relation,
      withClause,
      cols = [],
      selectStmt,
      onConflictClause,
      returningClause,
    } = node.InsertStmt;
    const updated = onConflictClause?.targetList ?? [];
    return {
      relation,
      withClause,
      from: [],
      condition: undefined,
      targets: [...cols, ...updated],
      source: selectStmt,
      returning: returningClause?.exprs ?? [],
      rest: [onConflictClause?.whereClause],
    };
  }
  if (!('MergeStmt' in node)) return null;
  const {
    relation,
    withClause,
    sourceRelation,
    joinCondition,
    mergeWhenClauses = [],
    returningClause,
  } = node.MergeStmt;
  const clauses = mergeWhenClauses.flatMap((one) => ('MergeWhenClause' in one ? [one.MergeWhenClause] : []));
  return {
    relation,
    withClause,
    from: sourceRelation ? [sourceRelation] : [],
    condition: joinCondition,
    targets: clauses.flatMap(({ targetList }) => targetList ?? []),
    source: undefined,
    returning: returningClause?.exprs ?? [],
    rest: clauses.flatMap(({ condition, values = [] }) => [condition, ...values]),
  };
}

function readTarget(reading: Reading, target: Node, written: Source, scope: Scope): void {
  if (!('ResTarget' in target)) return;
  const { name, val } = target.ResTarget;
  const column = columnsOf(written, scope.id).find((one) => one.name === name)?.lineage;
  if (column) {
    addUse(
      reading,
      column,
      { column: column.column.name, expression: null },
      { role: 'written', conjunct: true },
    );
    if (val && 'ParamRef' in val) noteParameter(reading, val.ParamRef.number ?? 0, column.column.type);
  }
  if (val) readExpression(reading, val, scope);
}

/** The rows of INSERT: values take the types of the columns in order. */
function readInserted(
  reading: Reading,
  source: Node,
  targets: readonly Node[],
  written: Source | undefined,
  scope: Scope,
): void {
  const all = written === undefined ? [] : columnsOf(written, scope.id);
  const names = targets.flatMap((node) =>
    'ResTarget' in node && node.ResTarget.name ? [node.ResTarget.name] : [],
  );
  const columns = names.length > 0 ? names.map((name) => all.find((one) => one.name === name)) : all;
  if (names.length === 0) {
    for (const { lineage } of all) {
      if (lineage)
        addUse(
          reading,
          lineage,
          { column: lineage.column.name, expression: null },
          { role: 'written', conjunct: true },
        );
    }
  }
  const { valuesLists = [] } = 'SelectStmt' in source ? source.SelectStmt : {};
  for (const row of valuesLists) {
    if (!('List' in row)) continue;
    for (const [index, value] of (row.List.items ?? []).entries()) {
      const type = columns[index]?.lineage?.column.type ?? null;
      if ('ParamRef' in value) noteParameter(reading, value.ParamRef.number ?? 0, type);
    }
  }
  if ('SelectStmt' in source) {
    reading.select(source.SelectStmt, { outer: scope.outer, ctes: scope.ctes, link: 'from' });
  }
}

function returned(reading: Reading, list: readonly Node[], scope: Scope): Output {
  const [written] = scope.sources;
  readExpression(reading, list, scope);
  let star = false;
  walk(list, (tag) => {
    if (tag === 'A_Star') star = true;
  });
  if (star && written) return columnsOf(written, scope.id).map(({ name }) => ({ name, lineage: null }));
  return list.flatMap((node) => {
    if (!('ResTarget' in node)) return [];
    const { name, val } = node.ResTarget;
    const fields = val && 'ColumnRef' in val ? val.ColumnRef.fields : undefined;
    const last = fields?.at(-1);
    const own = last && 'String' in last ? last.String.sval : undefined;
    return [{ name: name ?? own ?? '?column?', lineage: null }];
  });
}
