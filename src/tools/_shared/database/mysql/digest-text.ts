import { type SqlToken, tokenize } from '../../../../core/sql-tokens.ts';
import { fingerprintOf } from '../../../../core/fingerprint.ts';
import type { Catalog, CatalogTable } from '../catalog.ts';

/** What a digest's text says of a statement, as far as its words show; the server has taken out the values. */
export interface DigestShape {
  /** Stable: `SELECT orders, order_items`. */
  label: string;
  key: string;
  kind: 'select' | 'insert' | 'update' | 'delete' | 'other';
  /** Tables it names that the catalogue has, in the order of the text. */
  tables: readonly CatalogTable[];
  /** It skips rows: `LIMIT ? OFFSET ?`, `LIMIT ?, ?`. */
  hasOffset: boolean;
  hasLimit: boolean;
  /** It ends in `...`: the server cut it at max_digest_length. */
  isCut: boolean;
}

const KINDS: Readonly<Record<string, DigestShape['kind']>> = {
  SELECT: 'select',
  WITH: 'select',
  INSERT: 'insert',
  REPLACE: 'insert',
  UPDATE: 'update',
  DELETE: 'delete',
};
/** A name of a table follows. */
const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'UPDATE', 'INTO', 'STRAIGHT_JOIN']);

/**
 * Reads the text of a digest. MariaDB prints names that are also keywords as those, in capitals and without quotes
 * (`STATUS` for a column `status`), so names are compared without regard to case, as columns are anyway.
 */
export function digestShape(
  text: string,
  database: string | null,
  catalog: Pick<Catalog, 'tables'>,
): DigestShape {
  const tokens = tokenize(text, 'mysql');
  const verb = upper(tokens.find(({ kind }) => kind === 'word'));
  const tables = tablesOf(tokens, database, catalog);
  const limit = tokens.findLastIndex((token) => upper(token) === 'LIMIT');
  const afterLimit = limit === -1 ? [] : tokens.slice(limit + 1);
  const names = tables.map(({ name }) => name);
  return {
    label: [verb || 'statement', [...new Set(names)].join(', ')].filter((part) => part !== '').join(' '),
    key: fingerprintOf([database ?? '', tokens.map(({ text: part }) => part).join(' ')]),
    kind: KINDS[verb] ?? 'other',
    tables,
    hasLimit: limit !== -1,
    hasOffset: afterLimit.some((token) => upper(token) === 'OFFSET' || token.text === ','),
    isCut: /\.\.\.\s*$/.test(text),
  };
}

function tablesOf(
  tokens: readonly SqlToken[],
  database: string | null,
  { tables }: Pick<Catalog, 'tables'>,
): CatalogTable[] {
  const found: CatalogTable[] = [];
  let isListed = false;
  for (const [index, token] of tokens.entries()) {
    const previous = upper(tokens[index - 1]);
    // FROM a, b
    isListed = BEFORE_TABLE.has(previous) || (isListed && token.text !== '(' && !isClause(token));
    const begins = BEFORE_TABLE.has(previous) || (isListed && previous === ',');
    if (!begins || (token.kind !== 'name' && token.kind !== 'word')) continue;
    const isQualified = tokens[index + 1]?.text === '.';
    const schema = isQualified ? token.text : database;
    const name = isQualified ? tokens[index + 2]?.text : token.text;
    const table = tables.find((one) => same(one.name, name) && (schema === null || same(one.schema, schema)));
    if (table !== undefined) found.push(table);
  }
  return found;
}

const CLAUSES = new Set([
  'WHERE',
  'SET',
  'ON',
  'USING',
  'GROUP',
  'ORDER',
  'LIMIT',
  'VALUES',
  'SELECT',
  'HAVING',
]);

function isClause(token: SqlToken): boolean {
  return CLAUSES.has(upper(token));
}

function upper(token: SqlToken | undefined): string {
  if (token === undefined || token.kind === 'name' || token.kind === 'string') return '';
  return token.text.toUpperCase();
}

function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
