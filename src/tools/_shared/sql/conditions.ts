import type { A_Expr, BoolExpr, Node, SubLink } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { columnPath, hasAggregate, operatorName, walk } from './ast.ts';
import { noteCast } from './casts.ts';
import { comparisonRole, mirrored } from './operators.ts';
import { addUse, noteLeaves, noteParameter, readExpression, readSubquery, type Reading } from './reading.ts';
import { resolve, sqlOf, type Target, targetOf, valueOf } from './reading.ts';
import type { Lineage, Resolved, Scope, Source } from './scope.ts';
import type { ColumnRole, Value } from './types.ts';

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

/** Reads a condition of WHERE, ON or HAVING: every column of it gets its role. */
export function readCondition(reading: Reading, node: Node, scope: Scope, place: Place): void {
  if ('BoolExpr' in node) return readBoolean(reading, node.BoolExpr, scope, place);
  if (hasAggregate(node)) return readExpression(reading, node, scope, 'condition');
  if ('A_Expr' in node) return readComparison(reading, node.A_Expr, scope, place);
  if ('SubLink' in node) return readLink(reading, node.SubLink, scope, place);
  if ('NullTest' in node && node.NullTest.arg !== undefined) {
    const isNull = (node.NullTest.nulltesttype === 'IS_NULL') !== place.negated;
    return readTest(reading, node.NullTest.arg, scope, place, isNull ? 'is-null' : 'is-not-null');
  }
  if ('BooleanTest' in node && node.BooleanTest.arg !== undefined) {
    return readBooleanTest(reading, node.BooleanTest.arg, node.BooleanTest.booltesttype ?? '', scope, place);
  }
  if ('ColumnRef' in node) return readFlag(reading, node, scope, place, !place.negated);
  return readOther(reading, node, scope, place);
}

function readBoolean(reading: Reading, { boolop, args = [] }: BoolExpr, scope: Scope, place: Place): void {
  if (boolop === 'NOT_EXPR') {
    const [inner] = args;
    if (inner === undefined) return;
    // NOT of one thing is a condition like any other; of several it is not.
    const single = !('BoolExpr' in inner);
    const within = { ...place, negated: !place.negated, conjunct: place.conjunct && single };
    return readCondition(reading, inner, scope, within);
  }
  if (boolop === 'AND_EXPR') {
    const within = { ...place, conjunct: place.conjunct && !place.negated };
    for (const arg of args) readCondition(reading, arg, scope, within);
    return;
  }
  const arms = args.map((arg) => {
    const before = reading.uses.length;
    readCondition(reading, arg, scope, { ...place, conjunct: false });
    return {
      sql: sqlOf(reading, arg),
      uses: reading.uses.slice(before).filter(({ role }) => role !== 'projected'),
    };
  });
  if (!place.conjunct || place.negated) return;
  reading.alternatives.push({ scope: scope.id, sql: arms.map(({ sql }) => sql).join(' OR '), arms });
}

function readComparison(reading: Reading, comparison: A_Expr, scope: Scope, place: Place): void {
  const { kind, lexpr, rexpr } = comparison;
  const operator = operatorName(comparison);
  const whole: Node = { A_Expr: comparison };
  if (lexpr === undefined || rexpr === undefined) return readOther(reading, whole, scope, place);
  switch (kind) {
    case 'AEXPR_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
      return readBetween(reading, lexpr, rexpr, scope, place);
    case 'AEXPR_IN':
      return readList(reading, comparison, lexpr, rexpr, scope, place);
    case 'AEXPR_OP_ANY':
      return readAny(reading, lexpr, rexpr, operator, scope, place);
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR': {
      const rows = rowsOf(lexpr, rexpr);
      if (rows !== null) return readRows(reading, rows, operator, scope, place);
      // SIMILAR TO is rewritten to a regular expression that is not anchored for certain.
      const known = kind === 'AEXPR_SIMILAR' && operator === '~' ? '~*' : operator;
      return readPair(reading, lexpr, rexpr, known, scope, place);
    }
    default:
      return readOther(reading, whole, scope, place);
  }
}

/** `left operator right`: each side that is a column, or an expression over one table, gets a role. */
function readPair(
  reading: Reading,
  left: Node,
  right: Node,
  operator: string,
  scope: Scope,
  place: Place,
): void {
  const correlated = [left, right].map((node) => readLinks(reading, node, scope));
  const sides = [
    { node: left, target: targetOf(reading, left, scope), other: right, operator },
    { node: right, target: targetOf(reading, right, scope), other: left, operator: mirrored(operator) },
  ] as const;
  for (const [index, { node, target, other, operator }] of sides.entries()) {
    const across = sides[1 - index]?.target ?? null;
    if (target === null) {
      // Constants and parameters hold no column; whatever else does is needed.
      if (across === null || holdsColumn(node))
        readExpression(reading, withoutLinks(node), scope, 'condition');
      else valueOf(reading, node, scope, across);
      continue;
    }
    noteLeaves(reading, node);
    noteCast(reading, { node, other, target, scope, operator, conjunct: place.conjunct && !place.negated });
    if (correlated[1 - index] === true || dependsOn(reading, other, target.base, scope)) {
      useTarget(reading, target, 'other-condition', { operator }, place);
      continue;
    }
    const value = valueOf(reading, other, scope, target);
    const role = place.negated
      ? 'other-condition'
      : across !== null || namesColumn(other)
        ? joinRole(operator, target, across)
        : comparisonRole(operator, value);
    useTarget(reading, target, role, { operator, value }, place);
  }
}

/** Reads the subqueries of one side; tells whether one of them depends on the row that is compared. */
function readLinks(reading: Reading, node: Node, scope: Scope): boolean {
  const before = reading.subqueries.length;
  walk(node, (tag, content) => {
    if (tag === 'SubLink') readExpression(reading, { SubLink: content }, scope, 'condition');
    return tag !== 'SubLink' && tag !== 'SelectStmt';
  });
  return reading.subqueries.slice(before).some((one) => one.correlated && one.outerScope === scope.id);
}

/** The same without the subqueries, which have been read. */
function withoutLinks(node: Node): Node {
  return JSON.parse(JSON.stringify(node), (key, value: unknown) =>
    key === 'SubLink' ? undefined : value,
  ) as Node;
}

/** Of two sides that are both columns: a join, when they belong to different tables. */
function joinRole(operator: string, target: Target, across: Target | null): ColumnRole {
  if (!['=', '<', '<=', '>', '>='].includes(operator)) return 'other-condition';
  // Seen from inside a subquery, a column of the query around it is there before the scan begins.
  return across !== null && sameMention(target.base, across.base) ? 'other-condition' : 'join';
}

function sameMention(a: Resolved, b: Resolved): boolean {
  return a.alias === b.alias && a.scope === b.scope;
}

/** Whether an expression uses the same mention of the table. */
function dependsOn(reading: Reading, node: Node, base: Resolved, scope: Scope): boolean {
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
function namesColumn(node: Node): boolean {
  let found = false;
  walk(node, (tag) => {
    if (tag === 'ColumnRef') found = true;
    return !found && tag !== 'SubLink';
  });
  return found;
}

function holdsColumn(node: Node): boolean {
  let found = false;
  walk(node, (tag) => {
    if (tag === 'ColumnRef' || tag === 'FuncCall') found = true;
    return !found && tag !== 'SubLink';
  });
  return found;
}

/** Gives a target its role, as far as the condition reaches the scan of its table. */
function useTarget(
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

function readBetween(reading: Reading, left: Node, right: Node, scope: Scope, place: Place): void {
  const bounds = 'List' in right ? (right.List.items ?? []) : [];
  const [low, high] = bounds;
  if (low === undefined || high === undefined) return readExpression(reading, left, scope, 'condition');
  readPair(reading, left, low, '>=', scope, place);
  readPair(reading, left, high, '<=', scope, place);
}

/** `IN (…)`; servers that shorten long lists leave one value and a comment. */
function readList(
  reading: Reading,
  { name, rexpr_list_start: from, rexpr_list_end: to }: A_Expr,
  left: Node,
  right: Node,
  scope: Scope,
  place: Place,
): void {
  const items = 'List' in right ? (right.List.items ?? []) : [];
  const shortened = reading.bytes.subarray(from ?? 0, to ?? 0).includes('/*, ... */');
  const negated = place.negated !== (operatorName({ name: name ?? [] }) === '<>');
  const columns = 'RowExpr' in left ? (left.RowExpr.args ?? []) : [left];
  for (const [index, column] of columns.entries()) {
    const values = columns.length === 1 ? items : items.map((item) => rowPart(item, index));
    const target = targetOf(reading, column, scope);
    if (target === null) {
      readExpression(reading, column, scope, 'condition');
      continue;
    }
    noteLeaves(reading, column);
    const read = values.map((value) => valueOf(reading, value, scope, target));
    const single = values.length === 1 && !shortened ? (read[0] ?? null) : null;
    const role = negated ? 'other-condition' : single !== null ? 'equality' : 'list';
    useTarget(
      reading,
      target,
      role,
      { operator: negated ? '<>' : '=', value: single ?? read[0] ?? null },
      place,
    );
  }
  for (const item of items) if (holdsColumn(item)) readExpression(reading, item, scope, 'condition');
}

function rowPart(item: Node, index: number): Node {
  return 'RowExpr' in item ? (item.RowExpr.args?.[index] ?? item) : item;
}

function readAny(
  reading: Reading,
  left: Node,
  right: Node,
  operator: string,
  scope: Scope,
  place: Place,
): void {
  const target = targetOf(reading, left, scope);
  const array = targetOf(reading, right, scope);
  if (target === null) {
    // `$1 = ANY (tags)`: the array is the column.
    readExpression(reading, left, scope, 'condition');
    if (array === null) return readExpression(reading, right, scope, 'condition');
    return useTarget(reading, array, 'other-condition', { operator }, place);
  }
  noteLeaves(reading, left);
  if (array !== null) {
    const role =
      operator === '=' && !place.negated && !sameMention(target.base, array.base)
        ? 'join'
        : 'other-condition';
    useTarget(reading, target, role, { operator, value: valueOf(reading, right, scope, null) }, place);
    return readExpression(reading, right, scope, 'condition');
  }
  const value = valueOf(reading, right, scope, null);
  if (value.kind === 'parameter' && target.column !== null) {
    noteParameter(reading, value.number, `${target.base.column.type}[]`);
  }
  if (value.kind === 'expression') readExpression(reading, right, scope, 'condition');
  const found = comparisonRole(operator, value);
  const role = place.negated
    ? 'other-condition'
    : found === 'equality'
      ? 'list'
      : found === 'pattern'
        ? found
        : 'other-condition';
  useTarget(reading, target, role, { operator, value }, place);
}

function rowsOf(left: Node, right: Node): { left: Node[]; right: Node[] } | null {
  if (!('RowExpr' in left) || !('RowExpr' in right)) return null;
  return { left: left.RowExpr.args ?? [], right: right.RowExpr.args ?? [] };
}

/** `(a, b) > ($1, $2)` bounds the first column for certain, and the rest only beside it. */
function readRows(
  reading: Reading,
  { left, right }: { left: Node[]; right: Node[] },
  operator: string,
  scope: Scope,
  place: Place,
): void {
  for (const [index, column] of left.entries()) {
    const other = right[index];
    if (other === undefined) continue;
    const certain = operator === '=' || index === 0;
    readPair(reading, column, other, operator, scope, { ...place, conjunct: place.conjunct && certain });
  }
}

function readLink(reading: Reading, link: SubLink, scope: Scope, place: Place): void {
  const { testexpr } = link;
  if (link.subLinkType !== 'ANY_SUBLINK' || link.operName !== undefined || testexpr === undefined) {
    if (testexpr !== undefined) readExpression(reading, testexpr, scope, 'condition');
    readSubquery(reading, link, scope, 'condition', place.negated || !place.conjunct);
    return;
  }
  const target = targetOf(reading, testexpr, scope);
  if (target === null) readExpression(reading, testexpr, scope, 'condition');
  const inner = readSubquery(reading, link, scope, 'condition', place.negated)[0]?.lineage ?? null;
  noteIn(reading, target, inner);
  if (target === null) return;
  const value: Value | null = inner && {
    kind: 'column',
    table: qualifiedName(inner.table),
    column: inner.column.name,
  };
  useTarget(reading, target, place.negated ? 'other-condition' : 'join', { operator: '=', value }, place);
  if (inner === null || !inner.reachesScan || place.negated) return;
  const outer: Value =
    target.column === null
      ? { kind: 'expression', sql: target.expression ?? '' }
      : { kind: 'column', table: qualifiedName(target.base.table), column: target.column };
  const column = { column: inner.column.name, expression: null };
  addUse(reading, inner, column, { role: 'join', operator: '=', value: outer, conjunct: true });
}

/** Completes what readSubquery() noted of the IN that it has just read. */
function noteIn(reading: Reading, target: Target | null, inner: Lineage): void {
  const last = reading.subqueries.at(-1);
  if (last === undefined) return;
  const column = target?.column ?? null;
  const outerColumn =
    target === null || column === null ? null : { table: qualifiedName(target.base.table), column };
  reading.subqueries[reading.subqueries.length - 1] = {
    ...last,
    nullable: inner === null ? null : !inner.column.notNull,
    outerColumn,
    innerColumn: inner && { table: qualifiedName(inner.table), column: inner.column.name },
  };
}

function readTest(reading: Reading, node: Node, scope: Scope, place: Place, role: ColumnRole): void {
  const target = targetOf(reading, node, scope);
  if (target === null) return readExpression(reading, node, scope, 'condition');
  noteLeaves(reading, node);
  useTarget(reading, target, role, { operator: role === 'is-null' ? 'IS NULL' : 'IS NOT NULL' }, place);
}

function readBooleanTest(reading: Reading, node: Node, test: string, scope: Scope, place: Place): void {
  if (test === 'IS_UNKNOWN' || test === 'IS_NOT_UNKNOWN') {
    return readTest(
      reading,
      node,
      scope,
      place,
      (test === 'IS_UNKNOWN') !== place.negated ? 'is-null' : 'is-not-null',
    );
  }
  const plain = (test === 'IS_TRUE' || test === 'IS_FALSE') && !place.negated;
  if (plain) return readFlag(reading, node, scope, place, test === 'IS_TRUE');
  readOther(reading, node, scope, place);
}

/** A boolean column as a condition of its own is a comparison with true or false. */
function readFlag(reading: Reading, node: Node, scope: Scope, place: Place, value: boolean): void {
  const target = targetOf(reading, node, scope);
  if (target === null) return readExpression(reading, node, scope, 'condition');
  useTarget(
    reading,
    target,
    'equality',
    { operator: '=', value: { kind: 'constant', text: String(value) } },
    place,
  );
}

/** Whatever no index serves: its columns are part of a condition all the same. */
function readOther(reading: Reading, node: Node, scope: Scope, place: Place): void {
  const before = reading.uses.length;
  readExpression(reading, node, scope, 'condition');
  const columns = new Map<string, Resolved>();
  walk(node, (tag, content) => {
    if (tag === 'SubLink' || tag === 'SelectStmt') return false;
    if (tag !== 'ColumnRef') return true;
    const { path, star } = columnPath(content);
    const found = star ? null : resolve(reading, path, scope);
    if (found) columns.set(`${found.scope} ${found.alias} ${found.column.name}`, found);
    return false;
  });
  // The condition says that they are needed: nothing has to be said twice.
  reading.uses = reading.uses.filter(
    (use, index) =>
      index < before || use.role !== 'projected' || !columns.has(`${use.scope} ${use.alias} ${use.column}`),
  );
  for (const base of columns.values()) {
    if (!base.reachesScan) continue;
    const target: Target = { base, column: base.column.name, expression: null };
    useTarget(reading, target, 'other-condition', {}, { ...place });
  }
}
