import { groupBy } from '../../../../core/group-by.ts';
import { tokenize } from '../../../../core/sql-tokens.ts';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import type { Catalog, CatalogIndex, CatalogTable, ForeignKey, IndexKey } from '../catalog.ts';

type Row = Record<string, string | number | null>;

interface TableRow extends Row {
  name: string;
  type: string;
  sql: string | null;
}

interface IndexRow extends Row {
  table_name: string;
  index_name: string;
  is_unique: number;
  origin: string;
  partial: number;
  sql: string | null;
  position: number;
  cid: number;
  column_name: string | null;
  descending: number;
  collation: string | null;
  is_key: number;
}

const TABLES = `
  SELECT name, type, sql FROM sqlite_schema
  WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`;

const COLUMNS = `
  SELECT s.name AS table_name, c.cid AS position, c.name AS column_name, c.type AS type, c."notnull" AS is_not_null, c.pk AS pk
  FROM sqlite_schema s JOIN pragma_table_xinfo(s.name) c
  WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden <> 1 ORDER BY 1, 2`;

const INDEXES = `
  SELECT s.name AS table_name, l.name AS index_name, l."unique" AS is_unique, l.origin AS origin, l.partial AS partial,
         (SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = l.name) AS sql,
         x.seqno AS position, x.cid AS cid, x.name AS column_name, x."desc" AS descending, x.coll AS collation, x.key AS is_key
  FROM sqlite_schema s JOIN pragma_index_list(s.name) l JOIN pragma_index_xinfo(l.name) x
  WHERE s.type = 'table' ORDER BY 1, 2, 7`;

const KEYS = `
  SELECT s.name AS table_name, k.id AS id, k.seq AS seq, k."table" AS referenced_table, k."from" AS column_name,
         k."to" AS referenced_column, k.on_delete AS on_delete
  FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) k WHERE s.type = 'table' ORDER BY 1, 2, 3`;

/** `100000 250 3`: rows, then rows for each value of the first key, of the first two, … (file format, section 2.6.3). */
export interface SqliteStatistics {
  table: string;
  /** null: the table without an index. */
  index: string | null;
  rows: number;
  perKey: readonly number[];
}

export interface SqliteCatalog extends Catalog {
  /** Empty when ANALYZE was never run. */
  statistics: readonly SqliteStatistics[];
}

/** Pages of each table and index; null where the engine is not built with dbstat, or the file is too large to walk. */
export type SqlitePages = ReadonlyMap<string, number> | null;

export async function readSqliteCatalog(
  session: SqlSession,
  pages: SqlitePages = null,
): Promise<SqliteCatalog> {
  const tables = await session.query<TableRow>(TABLES);
  const columns = groupBy(await session.query<Row>(COLUMNS), ({ table_name }) => String(table_name));
  const indexes = groupBy(await session.query<IndexRow>(INDEXES), ({ table_name }) => table_name);
  const keys = groupBy(await session.query<Row>(KEYS), ({ table_name }) => String(table_name));
  const statistics = await readStatistics(session);
  const [{ page_size: pageBytes } = { page_size: 4_096 }] = await session.query<{ page_size: number }>(
    'PRAGMA page_size',
  );
  const sizes = { pages, pageBytes };
  return {
    searchPath: [],
    extensions: new Map(),
    statistics,
    tables: tables.map((row): CatalogTable => {
      const own = statistics.filter(({ table }) => table === row.name);
      const parts = [...groupBy(indexes.get(row.name) ?? [], ({ index_name }) => index_name).values()];
      const ownIndexes = parts.map((entries) => toIndex(entries, own, sizes));
      const ownPages = pages?.get(row.name) ?? 0;
      return {
        schema: '',
        name: row.name,
        kind: row.type === 'view' ? 'view' : 'table',
        oid: null,
        rows: own.length === 0 ? null : Math.max(...own.map(({ rows }) => rows)),
        pages: ownPages,
        allVisibleShare: 1,
        totalBytes: ownPages * pageBytes + ownIndexes.reduce((sum, { bytes }) => sum + bytes, 0),
        parent: null,
        columns: (columns.get(row.name) ?? []).map((column) => ({
          name: String(column['column_name']),
          number: Number(column['position']) + 1,
          type: String(column['type']),
          notNull: column['is_not_null'] === 1,
          statistics: null,
        })),
        indexes: [...rowidIndex(row, columns.get(row.name) ?? []), ...ownIndexes],
        foreignKeys: [...groupBy(keys.get(row.name) ?? [], ({ id }) => String(id)).values()].map(
          toForeignKey,
        ),
      };
    }),
  };
}

async function readStatistics(session: SqlSession): Promise<SqliteStatistics[]> {
  const [found] = await session.query("SELECT 1 AS found FROM sqlite_schema WHERE name = 'sqlite_stat1'");
  if (found === undefined) return [];
  const rows = await session.query<{ tbl: string; idx: string | null; stat: string }>(
    'SELECT tbl, idx, stat FROM sqlite_stat1',
  );
  return rows.map(({ tbl, idx, stat }) => {
    const [rowCount = 0, ...perKey] = stat.split(' ').map(Number).filter(Number.isFinite);
    return { table: tbl, index: idx, rows: rowCount, perKey };
  });
}

/** An INTEGER PRIMARY KEY is the table itself; no list of indexes has it. */
function rowidIndex({ name }: TableRow, columns: readonly Row[]): CatalogIndex[] {
  const keys = columns.filter(({ pk }) => Number(pk) > 0);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined || String(key['type']).toUpperCase() !== 'INTEGER') return [];
  return [
    {
      schema: '',
      table: name,
      method: 'btree',
      keys: [plainKey(String(key['column_name']))],
      include: [],
      predicate: null,
      unique: true,
      name: 'rowid',
      oid: null,
      statement: '',
      primary: true,
      constraint: 'PRIMARY KEY',
      replicaIdentity: false,
      valid: true,
      parent: null,
      bytes: 0,
      pages: 0,
      entries: null,
    },
  ];
}

function toIndex(
  entries: readonly IndexRow[],
  statistics: readonly SqliteStatistics[],
  { pages, pageBytes }: { pages: SqlitePages; pageBytes: number },
): CatalogIndex {
  const first = entries[0] as IndexRow;
  const ownPages = pages?.get(first.index_name) ?? 0;
  return {
    schema: '',
    table: first.table_name,
    method: 'btree',
    keys: entries
      .filter(({ is_key }) => is_key === 1)
      .map((entry): IndexKey => ({
        ...plainKey(entry.column_name ?? ''),
        column: entry.cid === -2 ? null : (entry.column_name ?? 'rowid'),
        expression: entry.cid === -2 ? expressionAt(first.sql ?? '', entry.position) : null,
        collation: entry.collation === 'BINARY' ? null : entry.collation,
        direction: entry.descending === 1 ? 'desc' : 'asc',
        nulls: entry.descending === 1 ? 'last' : 'first',
      })),
    include: [],
    predicate: first.partial === 1 ? predicateOf(first.sql ?? '') : null,
    unique: first.is_unique === 1,
    name: first.index_name,
    oid: null,
    statement: first.sql ?? '',
    primary: first.origin === 'pk',
    // `c` was made by CREATE INDEX; the others belong to PRIMARY KEY and UNIQUE.
    constraint: first.origin === 'c' ? null : first.index_name,
    replicaIdentity: false,
    valid: true,
    parent: null,
    bytes: ownPages * pageBytes,
    pages: ownPages,
    entries: statistics.find(({ index }) => index === first.index_name)?.rows ?? null,
  };
}

function plainKey(column: string): IndexKey {
  return { column, expression: null, operatorClass: null, collation: null, direction: 'asc', nulls: 'first' };
}

/** What stands behind WHERE in CREATE INDEX. */
function predicateOf(sql: string): string {
  const where = tokenize(sql, 'sqlite').find(({ kind, text }) => kind === 'word' && /^where$/i.test(text));
  return where === undefined ? '' : sql.slice(where.end).trim();
}

/** The nth entry of the list in CREATE INDEX. */
function expressionAt(sql: string, position: number): string {
  const tokens = tokenize(sql, 'sqlite');
  let depth = 0;
  let index = 0;
  let start = -1;
  for (const token of tokens) {
    if (token.text === ')' && token.kind === 'symbol') depth -= 1;
    const ends = depth === 0 && start !== -1 && token.text === ')';
    if (ends || (depth === 1 && token.kind === 'symbol' && token.text === ',')) {
      if (index === position) return sql.slice(start, token.start).trim();
      index += 1;
      start = token.end;
      if (ends) break;
    }
    if (token.text === '(' && token.kind === 'symbol') {
      depth += 1;
      if (depth === 1) start = token.end;
    }
  }
  return '';
}

function toForeignKey(parts: readonly Row[]): ForeignKey {
  const first = parts[0] as Row;
  const rules: Readonly<Record<string, ForeignKey['onDelete']>> = {
    CASCADE: 'cascade',
    RESTRICT: 'restrict',
    'SET NULL': 'set-null',
    'SET DEFAULT': 'set-default',
  };
  const columns = parts.map(({ column_name }) => String(column_name));
  return {
    // SQLite keeps no names of them.
    name: columns.join(', '),
    columns,
    referencedTable: String(first['referenced_table']),
    referencedColumns: parts.map(({ referenced_column }) => String(referenced_column ?? '')),
    onDelete: rules[String(first['on_delete'])] ?? 'no-action',
  };
}

/** A name in quotes, as SQLite reads it back. */
export function quoteSqlite(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !KEYWORDS.has(name.toUpperCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** Those that cannot be a name without quotes (sqlite.org/lang_keywords.html). */
const KEYWORDS = new Set(
  'ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTO IS ISNULL JOIN LIMIT NOT NOTNULL NULL ON OR ORDER PRIMARY REFERENCES SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE'.split(
    ' ',
  ),
);

/** CREATE INDEX in SQLite's words, without a semicolon. */
export function createSqliteIndex(
  { table, keys, unique }: Pick<CatalogIndex, 'table' | 'keys' | 'unique'>,
  name: string,
): string {
  const list = keys.map(({ column, expression, direction }) => {
    const what = column === null ? (expression ?? '') : quoteSqlite(column);
    return direction === 'desc' ? `${what} DESC` : what;
  });
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteSqlite(name)} ON ${quoteSqlite(table)} (${list.join(', ')})`;
}
