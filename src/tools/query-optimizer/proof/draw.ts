import { randomInteger } from '../../../core/statistics/random.ts';
import { type Catalog, type CatalogTable, qualifiedName } from '../../_shared/database/catalog.ts';
import { quoteIdentifier, quoteLiteral } from '../../_shared/database/index-statement.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';
import { absentValue } from '../absent-value.ts';
import type { Literal } from './bind.ts';
import type { Sandbox } from './types.ts';

/** typical: of any row; frequent: the most common value; rare: none of the common ones; absent: of no row at all. */
export type DrawKind = 'typical' | 'frequent' | 'rare' | 'absent';

interface KeysRequest {
  /** Numbers of placeholders that take an array: `= ANY ($1)`. */
  arrays: ReadonlySet<number>;
  /** Of one mention of one table, each with a placeholder as its value. */
  uses: readonly ColumnUse[];
  kind: DrawKind;
  catalog: Catalog;
  sandbox: Sandbox;
  random: () => number;
}

export interface DrawnKeys {
  values: ReadonlyMap<number, Literal>;
  /** SQL that holds for the rows these values select; null: all rows. */
  condition: string | null;
}

/** A value with a smaller share is no more common than others. */
const COMMON_SHARE = 0.05;
const LIST_LENGTH = 10;
const MAX_TEXT = 1_000;

/** Values of one row for all columns that are compared with a placeholder. Empty where the table has no such row. */
export async function drawKeys(request: KeysRequest): Promise<DrawnKeys> {
  const { uses, sandbox, arrays } = request;
  const [first] = uses;
  const table = first === undefined ? undefined : tableOf(request.catalog, first.table);
  if (first === undefined || table === undefined) return { values: new Map(), condition: null };
  const row = await rowFor(request, table);
  if (row === null) return { values: new Map(), condition: null };
  const values = new Map<number, Literal>();
  const conditions: string[] = [];
  for (const [position, use] of uses.entries()) {
    const text = absentFor(request, table, use) ?? row[`v${position}`];
    if (use.value?.kind !== 'parameter' || typeof text !== 'string') continue;
    if (arrays.has(use.value.number)) {
      values.set(use.value.number, { text: await listFor(sandbox, table, use, text), type: null });
    } else {
      values.set(use.value.number, { text: operandOf(use, text), type: null });
      if (use.role === 'equality') conditions.push(`${keyExpression(use)} = ${quoteLiteral(text)}`);
    }
  }
  return { values, condition: conditions.length === 0 ? null : conditions.join(' AND ') };
}

/** null where the use wants a value of some row. */
function absentFor({ kind }: KeysRequest, { columns }: CatalogTable, use: ColumnUse): string | null {
  if (kind !== 'absent' || use.role !== 'equality') return null;
  const column = columns.find(({ name }) => name === use.column);
  return column === undefined ? null : absentValue(column);
}

interface RangeRequest {
  /** Comparisons of one column or expression with placeholders. */
  sides: readonly ColumnUse[];
  kind: DrawKind;
  /** SQL that holds for the rows among which the range lies. */
  within: string | null;
  catalog: Catalog;
  sandbox: Sandbox;
}

/** What share of the rows a range takes, by the kind of call: mostly the last tenth, sometimes half, sometimes hardly any. */
const RANGE_SHARE: Readonly<Record<DrawKind, number>> = {
  typical: 0.1,
  frequent: 0.5,
  rare: 0.01,
  absent: 0.01,
};

/** Bounds for a range of one column, as quantiles of the data. */
export async function drawRange(request: RangeRequest): Promise<Map<number, Literal>> {
  const { sides, sandbox, kind } = request;
  const [first] = sides;
  const values = new Map<number, Literal>();
  const table = first === undefined ? undefined : tableOf(request.catalog, first.table);
  if (first === undefined || table === undefined) return values;
  const share = RANGE_SHARE[kind];
  const lower = sides.filter(({ operator }) => operator?.startsWith('>') === true);
  const upper = sides.filter(({ operator }) => operator?.startsWith('<') === true);
  // A range with both ends lies in the middle; an open one at the end that it looks at.
  const isClosed = lower.length > 0 && upper.length > 0;
  const from = isClosed ? (1 - share) / 2 : 1 - share;
  const to = isClosed ? (1 + share) / 2 : share;
  const expression = keyExpression(first);
  const conditions = [`${expression} IS NOT NULL`, ...(request.within === null ? [] : [request.within])];
  const [row] = await sandbox.query(
    `SELECT percentile_disc(${from}) WITHIN GROUP (ORDER BY k)::text AS low, percentile_disc(${to}) WITHIN GROUP (ORDER BY k)::text AS high ` +
      `FROM (SELECT ${expression} AS k FROM ${nameOf(table)} WHERE ${conditions.join(' AND ')} LIMIT 200000) AS s`,
  );
  for (const [uses, bound] of [
    [lower, row?.['low']],
    [upper, row?.['high']],
  ] as const) {
    for (const { value } of uses) {
      if (value?.kind === 'parameter' && typeof bound === 'string') {
        values.set(value.number, { text: bound, type: null });
      }
    }
  }
  return values;
}

/** The column, or the expression, that is compared. */
export function keyExpression({ column, expression }: Pick<ColumnUse, 'column' | 'expression'>): string {
  return column === null ? `(${expression ?? 'NULL'})` : quoteIdentifier(column);
}

/** Text of what each use compares, out of one row that has all of them. */
async function rowFor(request: KeysRequest, table: CatalogTable): Promise<Record<string, unknown> | null> {
  const { uses, sandbox, random } = request;
  const present = uses.map((use) => `${keyExpression(use)} IS NOT NULL`).join(' AND ');
  const conditions = kindCondition(request, table);
  const columns = uses.map(
    (use, position) => `left(${keyExpression(use)}::text, ${MAX_TEXT}) AS v${position}`,
  );
  for (const condition of conditions === null ? [present] : [`${present} AND ${conditions}`, present]) {
    const [counted] = await sandbox.query(
      `SELECT count(*)::int AS count FROM ${nameOf(table)} WHERE ${condition}`,
    );
    const count = Number(counted?.['count'] ?? 0);
    if (count === 0) continue;
    const [row] = await sandbox.query(
      `SELECT ${columns.join(', ')} FROM ${nameOf(table)} WHERE ${condition} OFFSET ${randomInteger(random, count)} LIMIT 1`,
    );
    if (row !== undefined) return row;
  }
  return null;
}

/** What a row must have to be a frequent or a rare one; null: any will do. */
function kindCondition({ uses, kind }: KeysRequest, table: CatalogTable): string | null {
  if (kind === 'typical' || kind === 'absent') return null;
  for (const { column, role } of uses) {
    const statistics = table.columns.find(({ name }) => name === column)?.statistics;
    if (column === null || (role !== 'equality' && role !== 'list') || !statistics) continue;
    const common = statistics.mostCommonValues.filter(
      (_, position) => (statistics.mostCommonShares[position] ?? 0) >= COMMON_SHARE,
    );
    const [most] = common;
    if (most === undefined) continue;
    const name = quoteIdentifier(column);
    return kind === 'frequent'
      ? `${name}::text = ${quoteLiteral(most)}`
      : `${name}::text NOT IN (${common.map(quoteLiteral).join(', ')})`;
  }
  return null;
}

/** As it is compared: a value, a pattern made of a piece of it, or a document that it contains. */
function operandOf({ role, operator }: ColumnUse, text: string): string {
  if (role === 'prefix')
    return `${operator === '~' ? '^' : ''}${escapePattern(text.slice(0, 3))}${operator === '~' ? '' : '%'}`;
  if (role === 'pattern') {
    const middle = text.slice(Math.floor(text.length / 3), Math.floor(text.length / 3) + 4);
    return operator?.startsWith('~~') === false ? middle : `%${escapePattern(middle)}%`;
  }
  return role === 'contains' ? containedIn(text, operator) : text;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** One field of a document, or one element of an array. */
function containedIn(text: string, operator: string | null): string {
  if (text.startsWith('{')) {
    try {
      const [entry] = Object.entries(JSON.parse(text) as Record<string, unknown>);
      if (entry === undefined) return text;
      return operator === '?' ? entry[0] : JSON.stringify({ [entry[0]]: entry[1] });
    } catch {
      // An array: its text form is {a,b}.
      return `${text.split(',', 1)[0] ?? ''}${text.includes(',') ? '}' : ''}`;
    }
  }
  return text;
}

async function listFor(
  sandbox: Sandbox,
  table: CatalogTable,
  use: ColumnUse,
  first: string,
): Promise<string> {
  const key = keyExpression(use);
  const [row] = await sandbox.query(
    `SELECT array_agg(k)::text AS list FROM (SELECT DISTINCT ${key}::text AS k FROM ${nameOf(table)} ` +
      `WHERE ${key}::text >= ${quoteLiteral(first)} LIMIT ${LIST_LENGTH}) AS s`,
  );
  return typeof row?.['list'] === 'string' ? row['list'] : `{}`;
}

function nameOf({ schema, name }: CatalogTable): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

function tableOf({ tables }: Catalog, name: string): CatalogTable | undefined {
  return tables.find((table) => qualifiedName(table) === name);
}
