import type { IndexDefinition, IndexKey } from '../../../src/tools/_shared/database/catalog.ts';

/** One query and the index that is thought of for it. */
export interface GhostCase {
  sql: string;
  index: IndexDefinition;
  /** Of a query that HypoPG could plan with, too. */
  isBtree: boolean;
}

export const EXTENSIONS = 'CREATE EXTENSION pg_trgm';
/** Tables that are queried; others beside them only have to be cloned. */
const QUERIED = 10;
const OTHERS = 50;

function key(what: Partial<IndexKey>): IndexKey {
  const none = { column: null, expression: null, operatorClass: null, collation: null };
  return { ...none, direction: 'asc', nulls: 'last', ...what };
}

function index(
  table: string,
  keys: readonly Partial<IndexKey>[],
  more: Partial<IndexDefinition> = {},
): IndexDefinition {
  const base = { schema: 'public', table, include: [], predicate: null, unique: false };
  return { ...base, method: 'btree', keys: keys.map(key), ...more };
}

/** Sixty tables with keys, foreign keys, secondary indexes and rows of skewed values; those queried differ in size. */
export function sourceSql(rows: number): string[] {
  const queried = Array.from({ length: QUERIED }, (_, n) => {
    const count = Math.round((rows * (n + 1)) / QUERIED);
    return `
      CREATE TABLE t${n} (
        id bigint PRIMARY KEY, parent_id bigint${n > 0 ? ` REFERENCES t${n - 1} (id)` : ''}, tenant_id int NOT NULL,
        status text NOT NULL, email text NOT NULL, amount numeric(10, 2), tags text[] NOT NULL, meta jsonb NOT NULL,
        deleted_at timestamptz, created_at timestamptz NOT NULL);
      INSERT INTO t${n}
      SELECT n, 1 + (hashint8(n) & 1023), (500 / (1 + abs(hashint8(n * 3)) % 500))::int,
             (ARRAY['done', 'done', 'done', 'done', 'done', 'done', 'done', 'open', 'open', 'failed'])[1 + abs(hashint8(n * 5)) % 10],
             'User' || n || '@Example.com', abs(hashint8(n * 7)) % 100000 / 100.0,
             ARRAY['t' || abs(hashint8(n * 11)) % 300, 't' || abs(hashint8(n * 13)) % 20],
             jsonb_build_object('plan', abs(hashint8(n * 17)) % 50, 'source', 's' || abs(hashint8(n * 19)) % 500),
             CASE WHEN n % 12 = 0 THEN timestamptz '2026-05-01' END,
             timestamptz '2026-01-01' + n * interval '37 s'
      FROM generate_series(1, ${count}) AS n;`;
  });
  const others = Array.from(
    { length: OTHERS },
    (_, n) => `
      CREATE TABLE other${n} (id bigint PRIMARY KEY, name text NOT NULL, code text UNIQUE, kind int, at date, note varchar(80));
      CREATE INDEX ON other${n} (kind, at);
      INSERT INTO other${n} SELECT n, 'name ' || n % 40, 'code ' || n, n % 9, date '2026-01-01' + n % 200, repeat('x', n % 60)
      FROM generate_series(1, 300) AS n;`,
  );
  return [EXTENSIONS, ...queried, ...others, 'VACUUM (ANALYZE)'];
}

/** Six queries of each queried table, each with its own index. */
export function ghostCases(): GhostCase[] {
  return Array.from({ length: QUERIED }, (_, n) => [...plain(`t${n}`, n), special(`t${n}`, n)]).flat();
}

function plain(table: string, n: number): GhostCase[] {
  const parent = `t${Math.max(0, n - 1)}`;
  const cases: Omit<GhostCase, 'isBtree'>[] = [
    {
      sql: `SELECT * FROM ${table} WHERE tenant_id = ${3 + n} AND created_at > '2026-01-01 06:00' ORDER BY created_at LIMIT 50`,
      index: index(table, [{ column: 'tenant_id' }, { column: 'created_at' }]),
    },
    {
      sql: `SELECT id, email FROM ${table} WHERE deleted_at IS NULL AND status = 'failed' ORDER BY created_at DESC LIMIT 20`,
      index: index(table, [{ column: 'created_at', direction: 'desc', nulls: 'first' }], {
        predicate: `deleted_at IS NULL AND status = 'failed'`,
      }),
    },
    {
      sql: `SELECT * FROM ${table} WHERE lower(email) = 'user77@example.com'`,
      index: index(table, [{ expression: 'lower(email)' }]),
    },
    {
      sql: `SELECT tenant_id, sum(amount) FROM ${table} WHERE tenant_id BETWEEN 100 AND 200 GROUP BY tenant_id`,
      index: index(table, [{ column: 'tenant_id' }], { include: ['amount'] }),
    },
    {
      sql: `SELECT c.id, p.email FROM ${table} AS c JOIN ${parent} AS p ON p.id = c.parent_id WHERE c.parent_id < 20 AND c.amount > 900`,
      index: index(table, [{ column: 'parent_id' }, { column: 'amount' }]),
    },
  ];
  return cases.map((one) => ({ ...one, isBtree: true }));
}

function special(table: string, n: number): GhostCase {
  const kinds: Omit<GhostCase, 'isBtree'>[] = [
    {
      sql: `SELECT id FROM ${table} WHERE meta @> '{"source": "s7"}'`,
      index: index(table, [{ column: 'meta', operatorClass: 'jsonb_path_ops' }], { method: 'gin' }),
    },
    {
      sql: `SELECT id FROM ${table} WHERE email ILIKE '%ser4711@%'`,
      index: index(table, [{ column: 'email', operatorClass: 'gin_trgm_ops' }], { method: 'gin' }),
    },
    {
      sql: `SELECT id FROM ${table} WHERE tags @> ARRAY['t3', 't250']`,
      index: index(table, [{ column: 'tags' }], { method: 'gin' }),
    },
    {
      sql: `SELECT count(*) FROM ${table} WHERE created_at >= '2026-01-02' AND created_at < '2026-01-02 03:00'`,
      index: index(table, [{ column: 'created_at' }], { method: 'brin' }),
    },
  ];
  return { ...(kinds[n % kinds.length] as Omit<GhostCase, 'isBtree'>), isBtree: false };
}
