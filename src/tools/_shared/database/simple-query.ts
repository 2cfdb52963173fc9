import { type SqlToken, tokenize, type TokenDialect } from '../../../core/sql-tokens.ts';
import type { Catalog, CatalogTable } from './catalog.ts';
import {
  columnAt,
  columnOf,
  type Condition,
  conditionOf,
  conjuncts,
  type Scope,
} from './simple-conditions.ts';
import { closing, endOf, isName, isSymbol, same, splitAtCommas, topLevel, word } from './simple-tokens.ts';

/**
 * What a plain statement of MySQL, MariaDB or SQLite asks of each of its tables, read from its words. It understands one
 * SELECT, UPDATE or DELETE over tables and joins with conditions joined by AND; of anything else it says why not.
 */
export interface SimpleQuery {
  kind: 'select' | 'update' | 'delete';
  tables: readonly TableNeeds[];
  hasLimit: boolean;
  hasOffset: boolean;
  /** `SELECT COUNT(*)` and nothing beside it. */
  isCount: boolean;
}

export interface TableNeeds {
  table: CatalogTable;
  alias: string;
  /** Compared with a value by =, or with a list. Names as the catalogue has them. */
  equality: readonly string[];
  /** Compared with a column of another table by =. */
  joined: readonly string[];
  /** Compared by <, BETWEEN, LIKE and their like. */
  range: readonly string[];
  /** The whole ORDER BY, where all of it is about this table; else empty. */
  order: readonly { column: string; direction: 'asc' | 'desc' }[];
  /** All columns that are used anywhere, also those returned. */
  used: readonly string[];
}

export type SimpleReading = { known: true; query: SimpleQuery } | { known: false; reason: string };

const ENDS_FROM = new Set([
  'WHERE',
  'GROUP',
  'ORDER',
  'HAVING',
  'LIMIT',
  'WINDOW',
  'SET',
  'FOR',
  'RETURNING',
]);
const JOIN_WORDS = new Set([
  'INNER',
  'LEFT',
  'RIGHT',
  'FULL',
  'CROSS',
  'OUTER',
  'NATURAL',
  'JOIN',
  'STRAIGHT_JOIN',
]);
const NOT_ALIAS = new Set([
  ...ENDS_FROM,
  ...JOIN_WORDS,
  'ON',
  'USING',
  'AS',
  'USE',
  'FORCE',
  'IGNORE',
  'INDEXED',
  'NOT',
  'PARTITION',
]);
export function readSimpleQuery(
  sql: string,
  dialect: TokenDialect,
  catalog: Pick<Catalog, 'tables'>,
  database: string | null = null,
): SimpleReading {
  const tokens = tokenize(sql, dialect).filter(({ text }) => text !== ';');
  if (/\.\.\.\s*$/.test(sql)) return unread('the server cut its text');
  const [verb = ''] = tokens.map(word);
  const kind =
    verb === 'SELECT' ? 'select' : verb === 'UPDATE' ? 'update' : verb === 'DELETE' ? 'delete' : null;
  if (kind === null)
    return unread(verb === 'WITH' ? 'it has a WITH clause' : 'it is no query that reads through indexes');
  if (tokens.filter((token) => word(token) === 'SELECT').length > (kind === 'select' ? 1 : 0)) {
    return unread('it has a query within the query');
  }
  const top = topLevel(tokens);
  const at = (name: string): number => top.find((index) => word(tokens[index]) === name) ?? -1;
  if (['UNION', 'INTERSECT', 'EXCEPT'].some((name) => at(name) !== -1))
    return unread('it joins results of several queries');
  const fromAt = kind === 'update' ? 0 : at('FROM');
  if (fromAt === -1) return unread('it reads no table');
  const fromEnd = top.find((index) => index > fromAt && ENDS_FROM.has(word(tokens[index]))) ?? tokens.length;
  const from = tokens.slice(fromAt + 1, fromEnd);
  const scope = scopeOf(from, catalog, database);
  if (scope === null)
    return unread('it reads a table that the catalogue does not have, or something else than tables');
  const whereAt = at('WHERE');
  const where =
    whereAt === -1
      ? []
      : tokens.slice(
          whereAt + 1,
          endOf(tokens, top, whereAt, ['GROUP', 'ORDER', 'HAVING', 'LIMIT', 'WINDOW', 'FOR', 'RETURNING']),
        );
  const conditions = [...onConditions(from), ...conjuncts(where)].flatMap((part) => conditionOf(part, scope));
  const orderAt = at('ORDER');
  const order =
    orderAt === -1
      ? []
      : orderOf(tokens.slice(orderAt + 2, endOf(tokens, top, orderAt, ['LIMIT', 'FOR', 'RETURNING'])), scope);
  const limitAt = at('LIMIT');
  const afterLimit = limitAt === -1 ? [] : tokens.slice(limitAt + 1);
  const using = usingColumns(from);
  return {
    known: true,
    query: {
      kind,
      hasLimit: limitAt !== -1,
      hasOffset: afterLimit.some((token) => word(token) === 'OFFSET' || token.text === ','),
      isCount: isCount(tokens.slice(1, fromAt)),
      tables: scope.tables.map(({ table, alias }) => {
        const own = conditions.filter((one) => one.alias === alias);
        const columns = (role: Condition['role']): string[] => [
          ...new Set(own.filter((one) => one.role === role).map(({ column }) => column)),
        ];
        const shared = using.map((name) => columnOf(table, name)).filter((name) => name !== null);
        return {
          table,
          alias,
          equality: columns('equality'),
          joined: [...new Set([...columns('join'), ...shared])],
          range: columns('range'),
          order:
            order !== null && order.every((one) => one.alias === alias)
              ? order.map(({ column, direction }) => ({ column, direction }))
              : [],
          used: usedColumns(tokens, table, alias, scope),
        };
      }),
    },
  };
}

function unread(reason: string): SimpleReading {
  return { known: false, reason };
}

/** Tables of FROM with their aliases; null when there is anything else in it, or a table nobody knows. */
function scopeOf(
  from: readonly SqlToken[],
  catalog: Pick<Catalog, 'tables'>,
  database: string | null,
): Scope | null {
  const tables: Scope['tables'] = [];
  let expectsTable = true;
  for (let index = 0; index < from.length; index += 1) {
    const token = from[index] as SqlToken;
    if (isSymbol(token, '(')) {
      // The condition of ON or the list of USING is skipped; a table in parentheses is not understood.
      if (expectsTable) return null;
      index = closing(from, index);
      continue;
    }
    if (isSymbol(token, ',') || JOIN_WORDS.has(word(token))) {
      expectsTable = true;
      continue;
    }
    if (!expectsTable || !isName(token)) continue;
    const isQualified = isSymbol(from[index + 1], '.');
    const name = isQualified ? from[index + 2]?.text : token.text;
    const schema = isQualified ? token.text : database;
    if (isQualified) index += 2;
    const table = catalog.tables.find(
      (one) => same(one.name, name) && (schema === null || one.schema === '' || same(one.schema, schema)),
    );
    if (table === undefined) return null;
    if (word(from[index + 1]) === 'AS') index += 1;
    const next = from[index + 1];
    const hasAlias = next !== undefined && isName(next) && !NOT_ALIAS.has(word(next));
    tables.push({ table, alias: hasAlias ? next.text : table.name });
    expectsTable = false;
  }
  return tables.length === 0 ? null : { tables };
}

/** The parts between the ANDs of every ON. */
function onConditions(from: readonly SqlToken[]): SqlToken[][] {
  return topLevel(from).flatMap((index) => {
    if (word(from[index]) !== 'ON') return [];
    const end = topLevel(from).find(
      (later) => later > index && (isSymbol(from[later], ',') || JOIN_WORDS.has(word(from[later]))),
    );
    return conjuncts(from.slice(index + 1, end ?? from.length));
  });
}

function usingColumns(from: readonly SqlToken[]): string[] {
  return from.flatMap((token, index) =>
    word(token) === 'USING' && isSymbol(from[index + 1], '(')
      ? from
          .slice(index + 2, closing(from, index + 1))
          .filter(isName)
          .map(({ text }) => text)
      : [],
  );
}

/** null: something else than columns of known tables. */
function orderOf(
  tokens: readonly SqlToken[],
  scope: Scope,
): { alias: string; column: string; direction: 'asc' | 'desc' }[] | null {
  const order: { alias: string; column: string; direction: 'asc' | 'desc' }[] = [];
  for (const item of splitAtCommas(tokens)) {
    const found = columnAt(item, 0, scope);
    if (found === null) return null;
    const rest = item.slice(found.length).map(word);
    if (rest.length > 1 || (rest.length === 1 && rest[0] !== 'ASC' && rest[0] !== 'DESC')) return null;
    order.push({ alias: found.alias, column: found.column, direction: rest[0] === 'DESC' ? 'desc' : 'asc' });
  }
  return order;
}

function usedColumns(
  tokens: readonly SqlToken[],
  table: CatalogTable,
  alias: string,
  scope: Scope,
): string[] {
  const star = tokens.some(
    (token, index) =>
      isSymbol(token, '*') &&
      !isSymbol(tokens[index - 1], '(') &&
      ['SELECT', ',', '.', 'DISTINCT'].includes(word(tokens[index - 1]) || (tokens[index - 1]?.text ?? '')),
  );
  if (star) return table.columns.map(({ name }) => name);
  const found = tokens
    .flatMap((_, index) => columnAt(tokens, index, scope) ?? [])
    .filter((one) => one.alias === alias);
  return [...new Set(found.map(({ column }) => column))];
}

function isCount(selected: readonly SqlToken[]): boolean {
  const text = selected
    .map((token) => (token.kind === 'name' ? token.text.toUpperCase() : word(token) || token.text))
    .join('');
  return /^COUNT\((?:\*|\d+|\?)\)(?:AS\w+|\w*)$/.test(text);
}
