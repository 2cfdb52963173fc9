import type {
  Catalog,
  CatalogColumn,
  CatalogTable,
  IndexDefinition,
} from '../../_shared/database/catalog.ts';
import type { ColumnRole, ColumnUse, QueryShape, Value } from '../../_shared/sql/types.ts';
import type { CreateIndex } from '../recommendation.ts';
import type { WorkloadQuery } from '../workload.ts';

/** A column from its type, as the server writes it; `!` at the end is NOT NULL. */
export function tableOf(
  name: string,
  columns: Readonly<Record<string, string>>,
  primaryKey: readonly string[] = ['id'],
): CatalogTable {
  return {
    schema: 'public',
    name,
    kind: 'table',
    oid: null,
    rows: 50_000,
    pages: 500,
    allVisibleShare: 1,
    totalBytes: 4_000_000,
    parent: null,
    columns: Object.entries(columns).map(([column, type], position): CatalogColumn => ({
      name: column,
      number: position + 1,
      type: type.replace('!', ''),
      notNull: type.endsWith('!'),
      statistics: null,
    })),
    indexes: [
      {
        ...btree(name, ...primaryKey),
        unique: true,
        name: `${name}_pkey`,
        oid: null,
        statement: '',
        primary: true,
        constraint: `${name}_pkey`,
        replicaIdentity: false,
        valid: true,
        parent: null,
        bytes: 1_000_000,
        pages: 120,
        entries: 50_000,
      },
    ],
    foreignKeys: [],
  };
}

export function catalogOf(...tables: readonly CatalogTable[]): Catalog {
  return { searchPath: ['public'], tables, extensions: new Map() };
}

export function btree(table: string, ...columns: readonly string[]): IndexDefinition {
  return {
    schema: 'public',
    table,
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
    unique: false,
  };
}

export function use(
  table: string,
  column: string,
  role: ColumnRole,
  operator: string | null,
  parameter: number,
): ColumnUse {
  return {
    table: `public.${table}`,
    alias: table,
    scope: 0,
    column,
    expression: null,
    role,
    operator,
    value: { kind: 'parameter', number: parameter },
    conjunct: true,
    position: null,
    direction: null,
    nulls: null,
  };
}

export function shapeOf(
  label: string,
  tables: readonly string[],
  uses: readonly ColumnUse[],
  more: { limit?: Value; offset?: Value; kind?: QueryShape['kind']; functions?: readonly string[] } = {},
): QueryShape {
  const kind = more.kind ?? 'select';
  return {
    key: label,
    fingerprint: label,
    kind,
    label,
    tables: tables.map((name) => ({
      table: `public.${name}`,
      name,
      alias: name,
      scope: 0,
      access: kind === 'select' ? 'read' : 'write',
    })),
    uses,
    limit: more.limit ?? null,
    offset: more.offset ?? null,
    parameters: new Map(),
    traits: {
      stars: [],
      singleRow: false,
      counts: false,
      grouped: false,
      distinct: false,
      setOperation: false,
      modifiesData: kind !== 'select',
      locking: null,
      subqueries: [],
      alternatives: [],
      returned: [],
      casts: [],
      functions: more.functions ?? [],
    },
  };
}

export function queryOf(text: string, shape: QueryShape, more: Partial<WorkloadQuery> = {}): WorkloadQuery {
  return {
    shape,
    texts: [text],
    calls: 100,
    totalMs: 1_000,
    meanMs: 10,
    rows: 100,
    sharedBuffers: 1_000,
    exactness: 'exact',
    origins: [],
    ...more,
  };
}

export function createIndex(index: IndexDefinition, more: Partial<CreateIndex> = {}): CreateIndex {
  const name = `${index.table}_${index.keys.map(({ column }) => column).join('_')}`;
  return {
    kind: 'create-index',
    id: name,
    because: 'it is asked for',
    statement: '',
    rollback: '',
    notes: [],
    gainShare: 0.5,
    proof: null,
    index,
    name,
    sizeBytes: 1,
    writeShare: 0,
    effects: [],
    ...more,
  };
}
