import type { IndexDefinition, IndexKey } from './catalog.ts';

/** PostgreSQL's reserved words: a name among them has to be quoted. */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column ' +
    'concurrently constraint create cross current_catalog current_date current_role current_schema current_time ' +
    'current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from ' +
    'full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit ' +
    'localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references ' +
    'returning right select session_user similar some symmetric system_user table tablesample then to trailing true union ' +
    'unique user using variadic verbose when where window with'
  ).split(' '),
);

/** A name as PostgreSQL reads it back: quoted only where it must be. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A text literal that means the same with standard_conforming_strings on and off. */
export function quoteLiteral(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

export interface CreateIndexOptions {
  /** Unqualified: an index lives in the schema of its table. null lets the server choose. */
  name: string | null;
  concurrently?: boolean;
}

/** CREATE INDEX in PostgreSQL's words, without a semicolon. */
export function createIndexSql(
  index: IndexDefinition,
  { name, concurrently = false }: CreateIndexOptions,
): string {
  return [
    'CREATE',
    ...(index.unique ? ['UNIQUE'] : []),
    'INDEX',
    ...(concurrently ? ['CONCURRENTLY'] : []),
    ...(name === null ? [] : [quoteIdentifier(name)]),
    'ON',
    describeIndex(index),
  ].join(' ');
}

/** What is indexed and how: `public.orders USING btree (tenant_id, created_at DESC) WHERE (deleted_at IS NULL)`. */
export function describeIndex(index: IndexDefinition): string {
  const table = [index.schema, index.table]
    .filter((part) => part !== '')
    .map(quoteIdentifier)
    .join('.');
  const include =
    index.include.length === 0 ? '' : ` INCLUDE (${index.include.map(quoteIdentifier).join(', ')})`;
  const where = index.predicate === null ? '' : ` WHERE (${bare(index.predicate)})`;
  const keys = index.keys.map((key) => describeKey(key, index.method)).join(', ');
  return `${table} USING ${index.method} (${keys})${include}${where}`;
}

function describeKey(key: IndexKey, method: IndexDefinition['method']): string {
  const what = key.column === null ? `(${bare(key.expression ?? '')})` : quoteIdentifier(key.column);
  const parts = [what];
  if (key.collation !== null) parts.push(`COLLATE ${qualified(key.collation)}`);
  if (key.operatorClass !== null) parts.push(qualified(key.operatorClass));
  if (method !== 'btree') return parts.join(' ');
  if (key.direction === 'desc') parts.push('DESC');
  // The default is LAST for rising and FIRST for falling order.
  if (key.direction === 'asc' && key.nulls === 'first') parts.push('NULLS FIRST');
  if (key.direction === 'desc' && key.nulls === 'last') parts.push('NULLS LAST');
  return parts.join(' ');
}

function qualified(name: string): string {
  return name.includes('"') ? name : name.split('.').map(quoteIdentifier).join('.');
}

/** Without one pair of parentheses that encloses the whole. */
function bare(sql: string): string {
  const text = sql.trim();
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return text;
  }
  return text.slice(1, -1).trim();
}
