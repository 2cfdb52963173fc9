import type { Node, RangeVar, SelectStmt, SortBy, WithClause } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { columnPath, functionName, hasAggregate, hasWindow, namesOf } from './ast.ts';
import { IN_WHERE, settleOuter } from './condition-parts.ts';
import { readCondition } from './conditions.ts';
import { readFrom } from './from.ts';
import {
  addProjected,
  addUse,
  type Output,
  readExpression,
  type Reading,
  type Surroundings,
} from './reading.ts';
import { targetOf, valueOf } from './reading.ts';
import { columnsOf, type Lineage, type Scope } from './scope.ts';
import type { QueryTraits } from './types.ts';

/** Reads one (sub)query and everything in it; returns its columns and where they come from. */
export function readSelect(reading: Reading, statement: SelectStmt, around: Surroundings): Output {
  const from = reading.uses.length;
  const scope: Scope = {
    id: reading.nextScope,
    outer: around.outer,
    sources: [],
    ctes: around.ctes,
    link: around.link,
  };
  reading.nextScope += 1;
  scope.ctes = readWith(reading, statement.withClause, scope);
  const output =
    statement.larg && statement.rarg
      ? readSetOperation(reading, statement, scope)
      : readOne(reading, statement, scope, around.probe === true);
  readLimits(reading, statement, scope);
  if (scope.id === 0) readTopTraits(reading, statement);
  if (around.outer !== null) settleOuter(reading, from, scope);
  return output;
}

/** CTEs are seen by what follows; one that calls itself sees its own name, not its columns' origin. */
export function readWith(reading: Reading, clause: WithClause | undefined, scope: Scope): Scope['ctes'] {
  const ctes = new Map(scope.ctes);
  for (const node of clause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery, aliascolnames, ctematerialized } = node.CommonTableExpr;
    const names = namesOf(aliascolnames);
    reading.cteNames.add(ctename);
    if (clause?.recursive) ctes.set(ctename, null);
    const output = ctequery === undefined ? [] : readCteQuery(reading, ctequery, { ...scope, ctes });
    const open = clause?.recursive !== true && ctematerialized !== 'CTEMaterializeAlways';
    ctes.set(
      ctename,
      new Map(renamed(output, names).map(({ name, lineage }) => [name, narrowed(lineage, open)])),
    );
  }
  return ctes;
}

function readCteQuery(reading: Reading, query: Node, scope: Scope): Output {
  if ('SelectStmt' in query) {
    return reading.select(query.SelectStmt, { outer: scope.outer, ctes: scope.ctes, link: 'from' });
  }
  return reading.change(query, { outer: scope.outer, ctes: scope.ctes, link: 'from' });
}

export function renamed(output: Output, names: readonly string[]): Output {
  return output.map(({ name, lineage }, index) => ({ name: names[index] ?? name, lineage }));
}

function narrowed(lineage: Lineage, open: boolean): Lineage {
  return lineage && { ...lineage, reachesScan: lineage.reachesScan && open };
}

function readSetOperation(reading: Reading, { larg, rarg }: SelectStmt, scope: Scope): Output {
  const [left] = [larg, rarg].map((one) =>
    one === undefined ? [] : reading.select(one, { outer: scope.outer, ctes: scope.ctes, link: 'from' }),
  );
  return (left ?? []).map(({ name, lineage }) => ({ name, lineage: narrowed(lineage, false) }));
}

function readOne(reading: Reading, statement: SelectStmt, scope: Scope, probe: boolean): Output {
  for (const row of statement.valuesLists ?? []) readExpression(reading, row, scope);
  readFrom(reading, statement.fromClause ?? [], scope);
  if (statement.whereClause) readCondition(reading, statement.whereClause, scope, IN_WHERE);
  if (!probe) readSelectList(reading, statement.targetList ?? [], scope);
  readGroups(reading, statement, scope);
  if (statement.havingClause) readCondition(reading, statement.havingClause, scope, IN_WHERE);
  for (const window of statement.windowClause ?? []) readExpression(reading, window, scope);
  readOrder(reading, statement, scope);
  readExtreme(reading, statement, scope);
  return outputOf(reading, statement, scope);
}

function readSelectList(reading: Reading, list: readonly Node[], scope: Scope): void {
  for (const node of list) {
    if (!('ResTarget' in node) || node.ResTarget.val === undefined) continue;
    const { val } = node.ResTarget;
    const star = 'ColumnRef' in val ? columnPath(val.ColumnRef) : null;
    if (star?.star !== true) {
      readExpression(reading, val, scope, 'select-list');
      continue;
    }
    for (const source of scope.sources) {
      if (star.path.length > 0 && source.alias !== star.path.at(-1)) continue;
      if (scope.id === 0) reading.traits.stars = [...reading.traits.stars, source.alias];
      for (const { lineage } of columnsOf(source, scope.id)) {
        if (lineage !== null) addProjected(reading, lineage);
      }
    }
  }
}

function readGroups(reading: Reading, statement: SelectStmt, scope: Scope): void {
  const { groupClause = [], distinctClause = [], targetList = [] } = statement;
  const sets = groupClause.some((node) => 'GroupingSet' in node);
  if (sets) return readExpression(reading, groupClause, scope);
  // DISTINCT without ON is one empty entry: it groups by the whole select list.
  const isPlain = distinctClause.length > 0 && distinctClause.every((node) => Object.keys(node).length === 0);
  const distinct = isPlain
    ? targetList.flatMap((node) => ('ResTarget' in node && node.ResTarget.val ? [node.ResTarget.val] : []))
    : distinctClause;
  for (const [position, node] of [...groupClause, ...distinct].entries()) {
    const meant = meantBy(node, targetList);
    const target = targetOf(reading, meant, scope);
    if (target === null || !target.base.reachesScan) readExpression(reading, meant, scope);
    else addUse(reading, target.base, target, { role: 'group', position, conjunct: true });
  }
}

/** A bare name or a number in ORDER BY and GROUP BY means a column of the select list. */
function meantBy(node: Node, list: readonly Node[]): Node {
  if ('A_Const' in node && node.A_Const.ival) {
    const found = list[(node.A_Const.ival.ival ?? 0) - 1];
    return found && 'ResTarget' in found ? (found.ResTarget.val ?? node) : node;
  }
  if (!('ColumnRef' in node)) return node;
  const { path } = columnPath(node.ColumnRef);
  if (path.length !== 1) return node;
  const found = list.find((one) => 'ResTarget' in one && one.ResTarget.name === path[0]);
  return found && 'ResTarget' in found ? (found.ResTarget.val ?? node) : node;
}

function readOrder(
  reading: Reading,
  { sortClause = [], targetList = [], groupClause }: SelectStmt,
  scope: Scope,
): void {
  // An order that begins with something else than a column of a table is no use for an index.
  let ordered = groupClause === undefined;
  for (const [position, node] of sortClause.entries()) {
    if (!('SortBy' in node) || node.SortBy.node === undefined) continue;
    const meant = meantBy(node.SortBy.node, targetList);
    const target = hasAggregate(meant) || hasWindow(meant) ? null : targetOf(reading, meant, scope);
    ordered &&= target !== null && target.base.reachesScan && target.base.depth === 0;
    if (target === null || !ordered) readExpression(reading, meant, scope);
    else {
      addUse(reading, target.base, target, {
        role: 'order',
        position,
        conjunct: true,
        ...directionOf(node.SortBy),
      });
    }
  }
}

function directionOf({ sortby_dir, sortby_nulls }: SortBy): {
  direction: 'asc' | 'desc';
  nulls: 'first' | 'last';
} {
  const direction = sortby_dir === 'SORTBY_DESC' ? 'desc' : 'asc';
  const usual = direction === 'desc' ? 'first' : 'last';
  const nulls =
    sortby_nulls === 'SORTBY_NULLS_FIRST' ? 'first' : sortby_nulls === 'SORTBY_NULLS_LAST' ? 'last' : usual;
  return { direction, nulls };
}

/** The server answers a lone min() or max() by the first entry of an index: it is an ORDER BY of its own. */
function readExtreme(reading: Reading, { targetList = [], groupClause }: SelectStmt, scope: Scope): void {
  const [only] = targetList;
  const isAlone = targetList.length === 1 && groupClause === undefined && scope.sources.length === 1;
  if (!isAlone || only === undefined) return;
  const call =
    'ResTarget' in only && only.ResTarget.val && 'FuncCall' in only.ResTarget.val
      ? only.ResTarget.val.FuncCall
      : null;
  const name = call === null ? '' : functionName(call);
  const [argument] = call?.args ?? [];
  if ((name !== 'min' && name !== 'max') || argument === undefined || call?.over !== undefined) return;
  const target = targetOf(reading, argument, scope);
  if (target === null || !target.base.reachesScan || target.base.depth > 0) return;
  const direction = name === 'max' ? 'desc' : 'asc';
  addUse(reading, target.base, target, {
    role: 'order',
    position: 0,
    conjunct: true,
    direction,
    nulls: direction === 'desc' ? 'first' : 'last',
  });
}

/** A condition on a column reaches the scan below unless something in between counts, cuts or numbers rows. */
function outputOf(reading: Reading, statement: SelectStmt, scope: Scope): Output {
  const { targetList = [], limitCount, limitOffset, groupClause, distinctClause = [] } = statement;
  const cuts =
    limitCount !== undefined ||
    limitOffset !== undefined ||
    distinctClause.some((node) => Object.keys(node).length > 0) ||
    hasWindow(targetList) ||
    (groupClause === undefined && hasAggregate(targetList));
  const columns = statement.valuesLists?.[0];
  if (columns && 'List' in columns) {
    return (columns.List.items ?? []).map((_, index) => ({ name: `column${index + 1}`, lineage: null }));
  }
  return targetList.flatMap((node): Output => {
    if (!('ResTarget' in node) || node.ResTarget.val === undefined) return [];
    const { val, name } = node.ResTarget;
    if ('ColumnRef' in val) {
      const { path, star } = columnPath(val.ColumnRef);
      if (star) {
        return scope.sources
          .filter((source) => path.length === 0 || source.alias === path.at(-1))
          .flatMap((source) => columnsOf(source, scope.id))
          .map(({ name, lineage }) => ({
            name,
            lineage: narrowed(lineage, !cuts && groupClause === undefined),
          }));
      }
      const found = targetOf(reading, val, scope);
      const grouped = groupClause === undefined || isGrouped(reading, statement, found, scope);
      const lineage = found && { ...found.base, reachesScan: found.base.reachesScan && !cuts && grouped };
      return [{ name: name ?? path.at(-1) ?? '', lineage }];
    }
    return [{ name: name ?? impliedName(val), lineage: null }];
  });
}

function isGrouped(
  reading: Reading,
  { groupClause = [], targetList = [] }: SelectStmt,
  found: ReturnType<typeof targetOf>,
  scope: Scope,
): boolean {
  return groupClause.some((node) => {
    const group = targetOf(reading, meantBy(node, targetList), scope);
    return (
      group !== null &&
      group.column !== null &&
      group.column === found?.column &&
      group.base.alias === found.base.alias &&
      group.base.scope === found.base.scope
    );
  });
}

/** The server's own name for a column without one: of its function or its cast. */
function impliedName(node: Node): string {
  if ('FuncCall' in node) return namesOf(node.FuncCall.funcname).at(-1) ?? '';
  if ('TypeCast' in node && node.TypeCast.arg) {
    return 'ColumnRef' in node.TypeCast.arg
      ? (columnPath(node.TypeCast.arg.ColumnRef).path.at(-1) ?? '')
      : impliedName(node.TypeCast.arg);
  }
  if ('CoalesceExpr' in node) return 'coalesce';
  return 'CaseExpr' in node ? 'case' : '?column?';
}

function readLimits(reading: Reading, { limitCount, limitOffset }: SelectStmt, scope: Scope): void {
  for (const [node, name] of [
    [limitCount, 'limit'],
    [limitOffset, 'offset'],
  ] as const) {
    if (node === undefined) continue;
    const value = valueOf(reading, node, scope, null);
    if (value.kind === 'parameter') reading.parameters.set(value.number, 'bigint');
    // LIMIT ALL is written as a constant NULL.
    if (scope.id === 0 && !('A_Const' in node && node.A_Const.isnull)) reading[name] = value;
  }
}

const STRENGTHS: Readonly<Record<string, NonNullable<QueryTraits['locking']>['strength']>> = {
  LCS_FORUPDATE: 'update',
  LCS_FORNOKEYUPDATE: 'no-key-update',
  LCS_FORSHARE: 'share',
  LCS_FORKEYSHARE: 'key-share',
};

function readTopTraits({ traits }: Reading, statement: SelectStmt): void {
  const { targetList = [], groupClause, distinctClause, lockingClause = [], larg } = statement;
  const [first] = targetList;
  const counted = first && 'ResTarget' in first ? withoutCast(first.ResTarget.val) : undefined;
  traits.grouped = groupClause !== undefined;
  traits.distinct = distinctClause !== undefined;
  traits.setOperation = larg !== undefined;
  traits.singleRow = groupClause === undefined && larg === undefined && hasAggregate(targetList);
  traits.counts =
    traits.singleRow &&
    targetList.length === 1 &&
    counted !== undefined &&
    'FuncCall' in counted &&
    functionName(counted.FuncCall) === 'count' &&
    counted.FuncCall.agg_distinct !== true;
  const [lock] = lockingClause;
  if (lock && 'LockingClause' in lock) {
    const { strength = '', waitPolicy } = lock.LockingClause;
    const wait =
      waitPolicy === 'LockWaitSkip' ? 'skip-locked' : waitPolicy === 'LockWaitError' ? 'nowait' : 'wait';
    traits.locking = { strength: STRENGTHS[strength] ?? 'update', wait };
  }
}

function withoutCast(node: Node | undefined): Node | undefined {
  return node && 'TypeCast' in node ? node.TypeCast.arg : node;
}

/** A mention of a relation, as the text and the catalogue have it. */
export function mention(reading: Reading, relation: RangeVar, scope: Scope, access: 'read' | 'write'): void {
  const { schemaname, relname = '', alias } = relation;
  const table = reading.lookup(schemaname, relname);
  const name = alias?.aliasname ?? relname;
  scope.sources.push({ alias: name, table, columns: null, nullable: false });
  reading.tables.push({
    table: table && qualifiedName(table),
    name: schemaname === undefined ? relname : `${schemaname}.${relname}`,
    alias: name,
    scope: scope.id,
    access,
  });
}
