import type { JoinExpr, Node, RangeVar } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { functionName, namesOf, walk } from './ast.ts';
import { readCondition } from './conditions.ts';
import { addUse, type Output, readExpression, type Reading } from './reading.ts';
import { resolveColumn, type Scope, type Source } from './scope.ts';

/** Reads what stands in FROM; its sources are added to the scope in the order of the text. */
export function readFrom(reading: Reading, items: readonly Node[], scope: Scope): void {
  for (const item of items) readItem(reading, item, scope);
}

function readItem(reading: Reading, item: Node, scope: Scope): void {
  if ('RangeVar' in item) return readRelation(reading, item.RangeVar, scope);
  if ('JoinExpr' in item) return readJoin(reading, item.JoinExpr, scope);
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral } = item.RangeSubselect;
    if (subquery === undefined || !('SelectStmt' in subquery)) return;
    const output = reading.select(subquery.SelectStmt, {
      outer: lateral ? scope : scope.outer,
      ctes: scope.ctes,
      link: 'from',
    });
    return addDerived(scope, alias?.aliasname ?? '', output, namesOf(alias?.colnames));
  }
  if ('RangeTableSample' in item && item.RangeTableSample.relation !== undefined) {
    return readItem(reading, item.RangeTableSample.relation, scope);
  }
  if ('RangeFunction' in item) {
    const { functions = [], alias } = item.RangeFunction;
    readExpression(reading, functions, scope);
    let name = '';
    walk(functions, (tag, content) => {
      if (tag === 'FuncCall' && name === '') name = functionName(content);
      return tag !== 'FuncCall';
    });
    return addUnknown(reading, scope, name, alias?.aliasname ?? name);
  }
  // XMLTABLE, JSON_TABLE and whatever comes: its columns are its own.
  readExpression(reading, item, scope);
  const alias = Object.values(item as Record<string, { alias?: { aliasname?: string } }>)[0]?.alias
    ?.aliasname;
  addUnknown(reading, scope, alias ?? '', alias ?? '');
}

function readRelation(reading: Reading, relation: RangeVar, scope: Scope): void {
  const { schemaname, relname = '', alias } = relation;
  const name = alias?.aliasname ?? relname;
  const cte = schemaname === undefined ? scope.ctes.get(relname) : undefined;
  const table = cte === undefined ? reading.lookup(schemaname, relname) : null;
  reading.tables.push({
    table: table && qualifiedName(table),
    name: schemaname === undefined ? relname : `${schemaname}.${relname}`,
    alias: name,
    scope: scope.id,
    access: 'read',
  });
  if (cte) {
    const output = [...cte].map(([name, lineage]) => ({ name, lineage }));
    return addDerived(scope, name, output, namesOf(alias?.colnames));
  }
  scope.sources.push({ alias: name, table, columns: null, nullable: false });
}

function addDerived(scope: Scope, alias: string, output: Output, names: readonly string[]): void {
  const columns = new Map(output.map(({ name, lineage }, index) => [names[index] ?? name, lineage]));
  scope.sources.push({ alias, table: null, columns, nullable: false });
}

function addUnknown(reading: Reading, scope: Scope, name: string, alias: string): void {
  reading.tables.push({ table: null, name, alias, scope: scope.id, access: 'read' });
  scope.sources.push({ alias, table: null, columns: null, nullable: false });
}

function readJoin(reading: Reading, join: JoinExpr, scope: Scope): void {
  const start = scope.sources.length;
  if (join.larg) readItem(reading, join.larg, scope);
  const middle = scope.sources.length;
  if (join.rarg) readItem(reading, join.rarg, scope);
  const left = scope.sources.slice(start, middle);
  const right = scope.sources.slice(middle);
  const keepsLeft = join.jointype === 'JOIN_LEFT' || join.jointype === 'JOIN_FULL';
  const keepsRight = join.jointype === 'JOIN_RIGHT' || join.jointype === 'JOIN_FULL';
  if (keepsLeft) for (const source of right) source.nullable = true;
  if (keepsRight) for (const source of left) source.nullable = true;
  const preserved = new Set([...(keepsLeft ? left : []), ...(keepsRight ? right : [])]);
  for (const column of sharedColumns(join, left, right))
    joinUsing(reading, column, left, right, scope, preserved);
  if (join.quals) readCondition(reading, join.quals, scope, { conjunct: true, negated: false, preserved });
}

function sharedColumns(join: JoinExpr, left: readonly Source[], right: readonly Source[]): string[] {
  if (!join.isNatural) return namesOf(join.usingClause);
  const names = (sources: readonly Source[]): string[] =>
    sources.flatMap(
      ({ table, columns }) => table?.columns.map(({ name }) => name) ?? [...(columns?.keys() ?? [])],
    );
  const others = new Set(names(right));
  return [...new Set(names(left))].filter((name) => others.has(name));
}

function joinUsing(
  reading: Reading,
  name: string,
  left: readonly Source[],
  right: readonly Source[],
  scope: Scope,
  preserved: ReadonlySet<Source>,
): void {
  const find = (sources: readonly Source[]) =>
    resolveColumn([name], { ...scope, outer: null, sources: [...sources] });
  const sides = [find(left), find(right)];
  for (const [index, side] of sides.entries()) {
    const other = sides[1 - index];
    if (side === null || side === undefined || !side.reachesScan) continue;
    addUse(
      reading,
      side,
      { column: name, expression: null },
      {
        role: 'join',
        operator: '=',
        value: other
          ? { kind: 'column', table: qualifiedName(other.table), column: other.column.name }
          : null,
        conjunct: !preserved.has(side.source),
      },
    );
  }
}
