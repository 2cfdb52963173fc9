import type { A_Expr, BoolExpr, Node, SubLink } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { columnPath, hasAggregate, operatorName, walk } from './ast.ts';
import { noteCast } from './casts.ts';
import {
  dependsOn,
  holdsColumn,
  identityOf,
  namesColumn,
  type Place,
  rowPart,
  rowsOf,
  sameMention,
  useTarget,
  withoutLinks,
} from './condition-parts.ts';
import { comparisonRole, mirrored } from './operators.ts';
import { addUse, noteLeaves, noteParameter, readExpression, readSubquery, type Reading } from './reading.ts';
import { resolve, sqlOf, type Target, targetOf, valueOf } from './reading.ts';
import type { Lineage, Resolved, Scope } from './scope.ts';
import type { ColumnRole, Value } from './types.ts';

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
  readAlternatives(reading, args, scope, place);
}

/**
 * What stands in every arm of an OR holds for every row: the server takes it out, and so do we. Lists are known by their
 * first value only, so they are not compared.
 */
function readAlternatives(reading: Reading, args: readonly Node[], scope: Scope, place: Place): void {
  const [inner, alternatives, casts] = [reading.nextScope, reading.alternatives.length, reading.casts.length];
  const arms = args.map((arg) => {
    const before = reading.uses.length;
    readCondition(reading, arg, scope, place);
    return { sql: sqlOf(reading, arg), from: before, to: reading.uses.length };
  });
  // What was noted within an arm holds in that arm only.
  reading.alternatives.length = alternatives;
  for (let index = casts; index < reading.casts.length; index += 1) {
    const cast = reading.casts[index];
    if (cast !== undefined) reading.casts[index] = { ...cast, conjunct: false };
  }
  const identities = arms.map(
    ({ from, to }) =>
      new Set(
        reading.uses
          .slice(from, to)
          .filter(({ conjunct }) => conjunct)
          .map(identityOf),
      ),
  );
  for (let index = arms[0]?.from ?? 0; index < reading.uses.length; index += 1) {
    const use = reading.uses[index];
    // Those of subqueries are conditions of their own scans.
    if (use === undefined || use.role === 'projected' || use.scope >= inner) continue;
    const isCommon =
      use.conjunct && use.role !== 'list' && identities.every((known) => known.has(identityOf(use)));
    reading.uses[index] = { ...use, conjunct: isCommon && !place.negated };
  }
  if (!place.conjunct || place.negated) return;
  reading.alternatives.push({
    scope: scope.id,
    sql: arms.map(({ sql }) => sql).join(' OR '),
    arms: arms.map(({ sql, from, to }) => ({
      sql,
      uses: reading.uses.slice(from, to).filter(({ role }) => role !== 'projected'),
    })),
  });
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

/** Of two sides that are both columns: a join, when they belong to different tables. */
function joinRole(operator: string, target: Target, across: Target | null): ColumnRole {
  if (!['=', '<', '<=', '>', '>='].includes(operator)) return 'other-condition';
  // Seen from inside a subquery, a column of the query around it is there before the scan begins.
  return across !== null && sameMention(target.base, across.base) ? 'other-condition' : 'join';
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
