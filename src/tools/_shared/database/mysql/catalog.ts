import type { SqlSession } from '../../../../platform/sql/types.ts';
import type { Catalog, CatalogColumn, CatalogIndex, CatalogTable, ForeignKey } from '../catalog.ts';
import { groupBy } from '../../../../core/group-by.ts';
import { type MysqlRow, toNullable, toNumber } from './read.ts';

/** Schemas of the server itself. */
export const SYSTEM_SCHEMAS = "('mysql', 'sys', 'performance_schema', 'information_schema')";

interface TableRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  table_type: string;
  estimated_rows: number | string | null;
  data_bytes: number | string | null;
  index_bytes: number | string | null;
  engine: string | null;
}

interface ColumnRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  column_name: string;
  position: number;
  type: string;
  nullable: string;
}

interface IndexRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  index_name: string;
  position: number;
  column_name: string | null;
  expression: string | null;
  collation: string | null;
  prefix: number | null;
  non_unique: number;
  type: string;
  cardinality: number | string | null;
  visible: string | null;
}

interface KeyRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  constraint_name: string;
  column_name: string;
  referenced_schema: string;
  referenced_table: string;
  referenced_column: string;
  delete_rule: string;
}

/** A page of InnoDB, unless the server says otherwise. */
const DEFAULT_PAGE_BYTES = 16_384;

/**
 * Tables, columns, indexes and foreign keys of all schemas this account may see. Rows are InnoDB's estimate, which can be
 * half or twice the truth; of columns, the distinct values that the server keeps for the first keys of an index.
 */
export async function readCatalog(
  session: SqlSession,
  { pageBytes = DEFAULT_PAGE_BYTES }: { pageBytes?: number } = {},
): Promise<Catalog> {
  const tables = await session.query<TableRow>(`
    SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, TABLE_TYPE AS table_type, TABLE_ROWS AS estimated_rows,
           DATA_LENGTH AS data_bytes, INDEX_LENGTH AS index_bytes, ENGINE AS engine
    FROM information_schema.tables WHERE TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS} ORDER BY 1, 2`);
  const columns = await session.query<ColumnRow>(`
    SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, COLUMN_NAME AS column_name,
           ORDINAL_POSITION AS position, COLUMN_TYPE AS type, IS_NULLABLE AS nullable
    FROM information_schema.columns WHERE TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS} ORDER BY 1, 2, 4`);
  const indexes = await readIndexes(session);
  const indexPages = await readIndexPages(session);
  const keys = await session.query<KeyRow>(`
    SELECT k.TABLE_SCHEMA AS schema_name, k.TABLE_NAME AS table_name, k.CONSTRAINT_NAME AS constraint_name,
           k.COLUMN_NAME AS column_name, k.REFERENCED_TABLE_SCHEMA AS referenced_schema,
           k.REFERENCED_TABLE_NAME AS referenced_table, k.REFERENCED_COLUMN_NAME AS referenced_column,
           r.DELETE_RULE AS delete_rule
    FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r
      ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
    WHERE k.TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS} ORDER BY 1, 2, 3, k.ORDINAL_POSITION`);
  const [{ current } = { current: null }] = await session.query<{ current: string | null }>(
    'SELECT DATABASE() AS current',
  );
  const of = <Row extends { schema_name: string; table_name: string }>(rows: readonly Row[]) =>
    groupBy(rows, nameOf);
  const [columnsOf, indexesOf, keysOf] = [of(columns), of(indexes), of(keys)];
  return {
    searchPath: current === null ? [] : [current],
    extensions: new Map(),
    tables: tables.map((row) =>
      toTable(
        row,
        columnsOf.get(nameOf(row)) ?? [],
        indexesOf.get(nameOf(row)) ?? [],
        keysOf.get(nameOf(row)) ?? [],
        { pageBytes, indexPages },
      ),
    ),
  };
}

/** Only MySQL has expressions of keys and says what is invisible; only MariaDB, what is ignored. */
function readIndexes(session: SqlSession): Promise<IndexRow[]> {
  const [expression, visible] =
    session.dialect === 'mariadb'
      ? ['NULL', "IF(IGNORED = 'YES', 'NO', 'YES')"]
      : ['EXPRESSION', 'IS_VISIBLE'];
  const sql = (more: string): string => `
    SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, INDEX_NAME AS index_name, SEQ_IN_INDEX AS position,
           COLUMN_NAME AS column_name, COLLATION AS collation, SUB_PART AS prefix, NON_UNIQUE AS non_unique,
           INDEX_TYPE AS type, CARDINALITY AS cardinality, ${more}
    FROM information_schema.statistics WHERE TABLE_SCHEMA NOT IN ${SYSTEM_SCHEMAS} ORDER BY 1, 2, 3, 4`;
  return session
    .query<IndexRow>(sql(`${expression} AS expression, ${visible} AS visible`))
    .catch(() => session.query<IndexRow>(sql('NULL AS expression, NULL AS visible')));
}

interface SizeRow extends MysqlRow {
  schema_name: string;
  table_name: string;
  index_name: string;
  pages: number | string;
}

/** Pages of each index as of its last statistics; empty where the account may not read the server's own tables. */
async function readIndexPages(session: SqlSession): Promise<ReadonlyMap<string, number>> {
  const rows = await session
    .query<SizeRow>(
      `SELECT database_name AS schema_name, table_name, index_name, stat_value AS pages
       FROM mysql.innodb_index_stats WHERE stat_name = 'size'`,
    )
    .catch(() => []);
  return new Map(rows.map((row) => [`${nameOf(row)}.${row.index_name}`, toNumber(row.pages)]));
}

function nameOf({ schema_name, table_name }: { schema_name: string; table_name: string }): string {
  return `${schema_name}.${table_name}`;
}

function toTable(
  row: TableRow,
  columns: readonly ColumnRow[],
  indexes: readonly IndexRow[],
  keys: readonly KeyRow[],
  sizes: Sizes,
): CatalogTable {
  const rows = toNullable(row.estimated_rows);
  const dataBytes = toNumber(row.data_bytes);
  const distinct = distinctOf(indexes);
  return {
    schema: row.schema_name,
    name: row.table_name,
    kind: /VIEW/.test(row.table_type) ? 'view' : 'table',
    oid: null,
    rows,
    pages: Math.ceil(dataBytes / sizes.pageBytes),
    // The rows are in the primary key: there is nothing beside it to look into.
    allVisibleShare: 0,
    totalBytes: dataBytes + toNumber(row.index_bytes),
    parent: null,
    columns: columns.map((column) => toColumn(column, distinct)),
    indexes: [...groupBy(indexes, ({ index_name }) => index_name).values()].map((parts) =>
      toIndex(parts, sizes),
    ),
    foreignKeys: [...groupBy(keys, ({ constraint_name }) => constraint_name).values()].map(toForeignKey),
  };
}

/** Distinct values of columns that an index begins with. */
function distinctOf(indexes: readonly IndexRow[]): ReadonlyMap<string, number> {
  return new Map(
    indexes
      .filter(
        ({ position, column_name, cardinality }) =>
          position === 1 && column_name !== null && cardinality !== null,
      )
      .map(({ column_name, cardinality }) => [column_name ?? '', toNumber(cardinality)]),
  );
}

function toColumn(
  { column_name, position, type, nullable }: ColumnRow,
  distinct: ReadonlyMap<string, number>,
): CatalogColumn {
  const values = distinct.get(column_name);
  return {
    name: column_name,
    number: position,
    type,
    notNull: nullable === 'NO',
    statistics:
      values === undefined || values === 0
        ? null
        : {
            nullShare: 0,
            averageWidth: 0,
            distinct: values,
            mostCommonValues: [],
            mostCommonShares: [],
            histogram: [],
            correlation: null,
          },
  };
}

const METHODS: Readonly<Record<string, CatalogIndex['method']>> = {
  BTREE: 'btree',
  HASH: 'hash',
  FULLTEXT: 'fulltext',
  RTREE: 'gist',
  SPATIAL: 'gist',
};

interface Sizes {
  pageBytes: number;
  /** By `schema.table.index`. */
  indexPages: ReadonlyMap<string, number>;
}

function toIndex(parts: readonly IndexRow[], { pageBytes, indexPages }: Sizes): CatalogIndex {
  const first = parts[0] as IndexRow;
  const pages = indexPages.get(`${nameOf(first)}.${first.index_name}`) ?? 0;
  const unique = first.non_unique === 0;
  const primary = first.index_name === 'PRIMARY';
  const definition = {
    schema: first.schema_name,
    table: first.table_name,
    method: METHODS[first.type] ?? 'other',
    keys: parts.map((part) => ({
      column: part.expression === null ? part.column_name : null,
      expression: part.expression,
      // Only the first characters are indexed: another index on the whole column is another one.
      operatorClass: part.prefix === null ? null : `(${part.prefix})`,
      collation: null,
      direction: part.collation === 'D' ? ('desc' as const) : ('asc' as const),
      nulls: part.collation === 'D' ? ('last' as const) : ('first' as const),
    })),
    include: [],
    predicate: null,
    unique,
  };
  return {
    ...definition,
    name: first.index_name,
    oid: null,
    statement: createMysqlIndex(definition, first.index_name),
    primary,
    constraint: primary || unique ? first.index_name : null,
    replicaIdentity: false,
    // Invisible (MySQL) and ignored (MariaDB): kept up to date, never read.
    valid: first.visible !== 'NO',
    parent: null,
    bytes: pages * pageBytes,
    pages,
    entries: null,
  };
}

function toForeignKey(parts: readonly KeyRow[]): ForeignKey {
  const first = parts[0] as KeyRow;
  const rules: Readonly<Record<string, ForeignKey['onDelete']>> = {
    CASCADE: 'cascade',
    RESTRICT: 'restrict',
    'SET NULL': 'set-null',
    'SET DEFAULT': 'set-default',
  };
  return {
    name: first.constraint_name,
    columns: parts.map(({ column_name }) => column_name),
    referencedTable: `${first.referenced_schema}.${first.referenced_table}`,
    referencedColumns: parts.map(({ referenced_column }) => referenced_column),
    onDelete: rules[first.delete_rule] ?? 'no-action',
  };
}

/** A name in MySQL's quotes. */
export function quoteMysql(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

type Definition = Pick<CatalogIndex, 'schema' | 'table' | 'keys' | 'unique' | 'method'>;

/** CREATE INDEX in MySQL's words. InnoDB builds a B-tree without stopping writers. */
export function createMysqlIndex({ schema, table, keys, unique, method }: Definition, name: string): string {
  const kind = method === 'fulltext' ? 'FULLTEXT ' : method === 'gist' ? 'SPATIAL ' : unique ? 'UNIQUE ' : '';
  const list = keys.map(({ column, expression, operatorClass, direction }) => {
    const what = column === null ? `(${expression ?? ''})` : `${quoteMysql(column)}${operatorClass ?? ''}`;
    return direction === 'desc' ? `${what} DESC` : what;
  });
  return `CREATE ${kind}INDEX ${quoteMysql(name)} ON ${quoteMysql(schema)}.${quoteMysql(table)} (${list.join(', ')})`;
}
