import type { Node, SelectStmt, SubLink as Sublink } from '@pgsql/types';
import { qualifiedName } from '../database/catalog.ts';
import { baseType, columnPath, constantText, functionName, typeNameOf, walk } from './ast.ts';
import type { SqlParser } from './parser.ts';
import {
  type BaseColumn,
  columnsOf,
  type Lineage,
  type Resolved,
  resolveColumn,
  type Scope,
} from './scope.ts';
import { sourceNamed, type TableLookup } from './scope.ts';
import type { ColumnUse, QueryTraits, Subquery, TableUse, Value } from './types.ts';

/** What is collected while a statement is read. */
export interface Reading {
  parser: SqlParser;
  lookup: TableLookup;
  /** UTF-8 bytes of the whole text: the offsets of the tree count them. */
  bytes: Buffer;
  tables: TableUse[];
  uses: ColumnUse[];
  parameters: Map<number, string | null>;
  traits: { -readonly [Name in keyof QueryTraits]: QueryTraits[Name] };
  subqueries: Subquery[];
  alternatives: QueryTraits['alternatives'][number][];
  casts: QueryTraits['casts'][number][];
  functions: string[];
  limit: Value | null;
  offset: Value | null;
  /** Scopes that use a column of a query around them. */
  correlated: Set<number>;
  cteNames: Set<string>;
  nextScope: number;
  /** Reads a (sub)query; here, so that expressions need not know how that is done. */
  select(statement: SelectStmt, around: Surroundings): Output;
  /** The same for INSERT, UPDATE, DELETE and MERGE. */
  change(node: Node, around: Surroundings): Output;
}

export interface Surroundings {
  outer: Scope | null;
  ctes: Scope['ctes'];
  link: Scope['link'];
  /** Only whether there are rows is asked: what it selects is never looked at. */
  probe?: boolean;
}

/** The columns that a query returns, in order. */
export type Output = readonly { name: string; lineage: Lineage }[];

/** What an index could be made of: a column, or an expression over columns of one mention of a table. */
export interface Target {
  base: Resolved;
  column: string | null;
  expression: string | null;
}

type UseDetail = Pick<ColumnUse, 'role' | 'conjunct'> &
  Partial<Pick<ColumnUse, 'operator' | 'value' | 'position' | 'direction' | 'nulls'>>;

export function addUse(
  reading: Reading,
  base: BaseColumn,
  of: Pick<Target, 'column' | 'expression'>,
  detail: UseDetail,
): void {
  reading.uses.push({
    table: qualifiedName(base.table),
    alias: base.alias,
    scope: base.scope,
    column: of.column,
    expression: of.expression,
    operator: null,
    value: null,
    position: null,
    direction: null,
    nulls: null,
    ...detail,
  });
}

export function addProjected(reading: Reading, base: BaseColumn): void {
  const { uses } = reading;
  const table = qualifiedName(base.table);
  const known = uses.some(
    (use) =>
      use.role === 'projected' &&
      use.column === base.column.name &&
      use.table === table &&
      use.alias === base.alias &&
      use.scope === base.scope,
  );
  if (known) return;
  addUse(
    reading,
    base,
    { column: base.column.name, expression: null },
    { role: 'projected', conjunct: true },
  );
}

/** Remembers the type a parameter is compared with; the first that is known counts. */
export function noteParameter(reading: Reading, number: number, type: string | null): void {
  const known = reading.parameters.get(number);
  if (known === undefined || (known === null && type !== null)) reading.parameters.set(number, type);
}

/** What a column reference means; marks the scopes that are correlated by it. */
export function resolve(reading: Reading, path: readonly string[], scope: Scope): Resolved | null {
  const found = resolveColumn(path, scope);
  if (found !== null) {
    let at: Scope | null = scope;
    for (let left = found.depth; left > 0 && at !== null; left -= 1, at = at.outer) {
      reading.correlated.add(at.id);
    }
  }
  return found;
}

/** Everything a part of an expression needs is projected; subqueries in it are read as well. */
export function readExpression(
  reading: Reading,
  value: unknown,
  scope: Scope,
  place: Subquery['place'] = 'other',
): void {
  walk(value, (tag, content) => {
    if (tag === 'ColumnRef') {
      readColumn(reading, content, scope);
      return false;
    }
    if (tag === 'SubLink') {
      const { testexpr } = content as Sublink;
      if (testexpr !== undefined) readExpression(reading, testexpr, scope, place);
      readSubquery(reading, content, scope, place);
      return false;
    }
    if (tag === 'SelectStmt') {
      reading.select(content, { outer: scope, ctes: scope.ctes, link: 'scalar' });
      return false;
    }
    noteLeaf(reading, tag, content);
    return true;
  });
}

/** Functions and parameters of an expression whose columns are spoken for. */
export function noteLeaves(reading: Reading, node: Node): void {
  walk(node, (tag, content) => {
    noteLeaf(reading, tag, content);
    return tag !== 'SubLink';
  });
}

function noteLeaf(reading: Reading, tag: string, content: never): void {
  if (tag === 'ParamRef') noteParameter(reading, (content as { number?: number }).number ?? 0, null);
  if (tag === 'FuncCall') {
    const name = functionName(content);
    if (!reading.functions.includes(name)) reading.functions.push(name);
  }
  if (tag === 'TypeCast') {
    const cast = content as { arg?: Node; typeName?: Parameters<typeof typeNameOf>[0] };
    if (cast.arg && 'ParamRef' in cast.arg) {
      noteParameter(reading, cast.arg.ParamRef.number ?? 0, typeNameOf(cast.typeName));
    }
  }
}

function readColumn(reading: Reading, reference: Parameters<typeof columnPath>[0], scope: Scope): void {
  const { path, star } = columnPath(reference);
  const found = star ? null : resolve(reading, path, scope);
  if (found !== null) return addProjected(reading, found);
  // `t`, `t.*`: the row as a whole.
  const source = path.length === 1 ? sourceNamed(path[0] ?? '', scope) : null;
  if (source === null) return;
  for (const { lineage } of columnsOf(source, scope.id)) {
    if (lineage !== null) addProjected(reading, lineage);
  }
}

/** Reads a subquery of an expression and notes it; what it is compared with is read by the caller. */
export function readSubquery(
  reading: Reading,
  { subselect, ...link }: Sublink,
  scope: Scope,
  place: Subquery['place'],
  negated = false,
): Output {
  if (subselect === undefined || !('SelectStmt' in subselect)) return [];
  const id = reading.nextScope;
  const found = subqueryKind(link);
  const semi = found === 'in' || found === 'exists';
  const output = reading.select(subselect.SelectStmt, {
    outer: scope,
    ctes: scope.ctes,
    link: semi ? (negated ? 'anti' : 'semi') : 'scalar',
    probe: found === 'exists',
  });
  reading.subqueries.push({
    kind: found === 'in' && negated ? 'not-in' : found,
    place,
    scope: id,
    outerScope: scope.id,
    correlated: reading.correlated.has(id),
    nullable: null,
    outerColumn: null,
    innerColumn: null,
    sql: sqlOf(reading, subselect),
  });
  return output;
}

function subqueryKind({ subLinkType, operName }: Sublink): Subquery['kind'] {
  if (subLinkType === 'EXISTS_SUBLINK') return 'exists';
  if (subLinkType === 'EXPR_SUBLINK') return 'scalar';
  return subLinkType === 'ANY_SUBLINK' && operName === undefined ? 'in' : 'other';
}

/** SQL of a node as it is shown; a node that cannot be written is `…`. */
export function sqlOf(reading: Reading, node: Node): string {
  try {
    return reading.parser.deparse(node).trim();
  } catch {
    return '…';
  }
}

/** The index target that an expression is; null when it is none, or spans several tables. */
export function targetOf(reading: Reading, node: Node, scope: Scope): Target | null {
  const bare = withoutRelabel(reading, node, scope);
  if ('ColumnRef' in bare) {
    const { path, star } = columnPath(bare.ColumnRef);
    const base = star ? null : resolve(reading, path, scope);
    return base && { base, column: base.column.name, expression: null };
  }
  const columns: Resolved[] = [];
  let simple = true;
  walk(bare, (tag, content) => {
    if (tag === 'SubLink' || tag === 'SelectStmt') simple = false;
    if (tag === 'FuncCall' && (content as { over?: unknown }).over !== undefined) simple = false;
    if (tag !== 'ColumnRef') return simple;
    const { path, star } = columnPath(content);
    const found = star ? null : resolve(reading, path, scope);
    if (found === null) simple = false;
    else columns.push(found);
    return false;
  });
  const [first] = columns;
  if (!simple || first === undefined) return null;
  if (columns.some(({ alias, scope }) => alias !== first.alias || scope !== first.scope)) return null;
  return { base: first, column: null, expression: sqlOf(reading, unqualified(bare)) };
}

/** varchar, text and their like share one representation: the server only relabels, and an index still serves. */
function withoutRelabel(reading: Reading, node: Node, scope: Scope): Node {
  if (!('TypeCast' in node) || node.TypeCast.arg === undefined || !('ColumnRef' in node.TypeCast.arg))
    return node;
  const found = resolve(reading, columnPath(node.TypeCast.arg.ColumnRef).path, scope);
  if (found === null) return node;
  const from = baseType(found.column.type);
  const to = typeNameOf(node.TypeCast.typeName);
  return from === to || (from === 'character varying' && to === 'text') ? node.TypeCast.arg : node;
}

/** A copy in which columns have their own name only, as in the definition of an index. */
function unqualified(node: Node): Node {
  return JSON.parse(JSON.stringify(node), (key, value: unknown) => {
    if (key !== 'ColumnRef') return value;
    const reference = value as { fields?: Node[] };
    return { ...reference, fields: reference.fields?.slice(-1) };
  }) as Node;
}

/** What something is compared with. `against` is the column on the other side, for the type of a parameter. */
export function valueOf(reading: Reading, node: Node, scope: Scope, against: Target | null): Value {
  if ('A_Const' in node) return { kind: 'constant', text: constantText(node.A_Const) };
  if ('ParamRef' in node) {
    const number = node.ParamRef.number ?? 0;
    noteParameter(reading, number, (against?.column ?? null) && (against?.base.column.type ?? null));
    return { kind: 'parameter', number };
  }
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) {
    const { arg, typeName } = node.TypeCast;
    if ('ParamRef' in arg) {
      noteParameter(reading, arg.ParamRef.number ?? 0, typeNameOf(typeName));
      return { kind: 'parameter', number: arg.ParamRef.number ?? 0 };
    }
    if ('A_Const' in arg) return { kind: 'constant', text: constantText(arg.A_Const) };
  }
  if ('ColumnRef' in node) {
    const found = resolve(reading, columnPath(node.ColumnRef).path, scope);
    if (found !== null) {
      return { kind: 'column', table: qualifiedName(found.table), column: found.column.name };
    }
  }
  noteLeaves(reading, node);
  return { kind: 'expression', sql: sqlOf(reading, node) };
}
