import { systemClock } from '../../../platform/clock.ts';
import { createSandboxes } from '../../../platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { openPostgresSite, type PostgresClient } from '../../../platform/test-support/postgres.ts';
import type { Catalog, IndexDefinition, IndexKey } from '../../_shared/database/catalog.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { WhatIfContext } from './open.ts';

/** A database with one of each thing that plans depend on, and a role of ours that only reads. */
export interface TestSource {
  owner: PostgresClient;
  url: string;
  session: SqlSession;
  context: WhatIfContext;
  catalog(): Promise<Catalog>;
  close(): Promise<void>;
}

export const SOURCE_SCHEMA = `
  CREATE EXTENSION pg_trgm;
  CREATE TYPE status AS ENUM ('new', 'paid', 'shipped');
  CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
  CREATE FUNCTION norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;
  CREATE TABLE customer (
    id bigint PRIMARY KEY, email email NOT NULL, name text, "Upper" text GENERATED ALWAYS AS (upper(name)) STORED,
    tags text[], meta jsonb, active tstzrange);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer (id), status status NOT NULL,
    total numeric(10, 2), deleted_at timestamptz, created_at timestamptz NOT NULL, note text);
  CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
  CREATE INDEX customer_norm ON customer (norm(name));
  CREATE VIEW open_orders AS SELECT * FROM orders WHERE deleted_at IS NULL;
  INSERT INTO customer (id, email, name, tags, meta, active)
  SELECT n, 'u' || n || '@x.test', E'Name\\t\\\\ "' || n, ARRAY['t' || n % 7, 't' || n % 13],
         jsonb_build_object('plan', n % 5), tstzrange('2026-01-01', timestamptz '2026-01-01' + n * interval '1 hour')
  FROM generate_series(1, 5000) AS n;
  INSERT INTO orders
  SELECT n, 1 + n * 7919::bigint % 5000, (ARRAY['new', 'paid', 'shipped'])[1 + (n % 20 = 0)::int + (n % 40 = 0)::int]::status,
         n % 1000, CASE WHEN n % 10 = 0 THEN timestamptz '2026-01-02' END, timestamptz '2026-01-01' + n * interval '1 min', md5(n::text)
  FROM generate_series(1, 30000) AS n;
  INSERT INTO events SELECT n, date '2024-01-01' + n % 360, n % 50 FROM generate_series(1, 20000) AS n;
`;

export async function openTestSource(): Promise<TestSource> {
  const site = await openPostgresSite({ work_mem: '7MB', random_page_cost: '1.5' });
  const { owner } = site;
  const url = site.urlOf('watcher');
  await owner.query(SOURCE_SCHEMA);
  await owner.query('VACUUM (ANALYZE)');
  await owner.query('GRANT pg_read_all_data TO watcher');
  const { signal } = new AbortController();
  const sql = createSqlConnector();
  const session = await sql.open(url, { statementTimeoutMs: 10_000, signal });
  return {
    owner,
    url,
    session,
    context: { sandboxes: createSandboxes(process.cwd()), sql, clock: systemClock, signal },
    catalog: () => readCatalog(session),
    async close() {
      await session.close();
      await site.close();
    },
  };
}

export async function readCatalog(session: SqlSession): Promise<Catalog> {
  const { parts } = await readSnapshot(session, ['catalog'], 0);
  if (!parts.catalog.known) throw new Error(parts.catalog.reason);
  return parts.catalog.value;
}

export function keyOf(what: Partial<IndexKey>): IndexKey {
  const none = { column: null, expression: null, operatorClass: null, collation: null };
  return { ...none, direction: 'asc', nulls: 'last', ...what };
}

export function indexOn(
  table: string,
  keys: readonly (string | Partial<IndexKey>)[],
  more: Partial<IndexDefinition> = {},
): IndexDefinition {
  return {
    schema: 'public',
    table,
    method: 'btree',
    keys: keys.map((key) => keyOf(typeof key === 'string' ? { column: key } : key)),
    include: [],
    predicate: null,
    unique: false,
    ...more,
  };
}
