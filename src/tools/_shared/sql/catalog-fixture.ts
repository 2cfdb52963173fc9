import type { Catalog, CatalogColumn, CatalogIndex, CatalogTable } from '../database/catalog.ts';

/**
 * A catalogue in few words, for tests: `{ orders: 'id bigint!, note text' }`; `!` is NOT NULL. Names may carry a
 * schema, `public` is assumed.
 */
export function catalogOf(
  tables: Readonly<Record<string, string>>,
  more: Readonly<Record<string, Partial<CatalogTable>>> = {},
): Catalog {
  return {
    searchPath: ['public'],
    extensions: new Map(),
    tables: Object.entries(tables).map(([path, columns]) => {
      const [schema, name] = path.includes('.') ? path.split('.', 2) : ['public', path];
      return {
        schema: schema ?? '',
        name: name ?? '',
        kind: 'table',
        oid: null,
        rows: 1_000_000,
        pages: 20_000,
        allVisibleShare: 1,
        totalBytes: 200_000_000,
        parent: null,
        columns: columns.split(',').map(columnOf),
        indexes: [],
        foreignKeys: [],
        ...more[path],
      };
    }),
  };
}

function columnOf(text: string, index: number): CatalogColumn {
  const [, name = '', type = '', mark] = /^\s*(\w+) (.+?)(!?)\s*$/.exec(text) ?? [];
  return { name, number: index + 1, type, notNull: mark === '!', statistics: null };
}

/** An index on plain columns: `indexOf('orders', 'orders_pkey', ['id'], { primary: true })`. */
export function indexOf(
  table: string,
  name: string,
  columns: readonly string[],
  more: Partial<CatalogIndex> = {},
): CatalogIndex {
  return {
    schema: 'public',
    table,
    name,
    method: 'btree',
    keys: columns.map((column) => ({
      column,
      expression: null,
      operatorClass: null,
      collation: null,
      direction: 'asc',
      nulls: 'last',
    })),
    include: [],
    predicate: null,
    unique: more.primary === true,
    oid: null,
    statement: '',
    primary: false,
    constraint: null,
    replicaIdentity: false,
    valid: true,
    parent: null,
    bytes: 8_192_000,
    pages: 1_000,
    entries: 1_000_000,
    ...more,
  };
}
