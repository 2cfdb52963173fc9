import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { CatalogTable, IndexMethod } from '../../_shared/database/catalog.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import { sizeInput } from './hypothetical.ts';
import { distinctOf, indexPages } from './index-size.ts';

let server: RunningPostgres;
let owner: Client;
let table: CatalogTable;

beforeAll(async () => {
  server = await startPostgres();
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    CREATE EXTENSION pg_trgm;
    CREATE TABLE sized AS
    SELECT n::bigint AS id, n % 500 AS few, n % 3 AS status, (n * 7919::bigint % 100000)::int AS many, n::numeric AS amount,
           CASE WHEN n % 2 = 0 THEN timestamptz '2026-01-01' + n * interval '1 min' END AS at,
           'user' || n || '@example.com' AS email, md5(n::text)::uuid AS token
    FROM generate_series(1, 100000) AS n;
    ANALYZE sized;
  `);
  const session = await createSqlConnector().open(server.url, {
    statementTimeoutMs: 5_000,
    signal: new AbortController().signal,
  });
  const { parts } = await readSnapshot(session, ['catalog'], 0);
  if (!parts.catalog.known) throw new Error(parts.catalog.reason);
  table = parts.catalog.value.tables[0] as CatalogTable;
  await session.close();
});
afterAll(async () => {
  await owner.end();
  await server.stop();
});

async function realPages(definition: string): Promise<number> {
  await owner.query(`CREATE INDEX measured ON sized ${definition}`);
  const { rows } = await owner.query<{ pages: number }>(
    `SELECT (pg_relation_size('measured') / 8192)::int AS pages`,
  );
  await owner.query('DROP INDEX measured');
  return rows[0]?.pages ?? 0;
}

function guess(
  columns: readonly string[],
  method: IndexMethod = 'btree',
  include: readonly string[] = [],
): number {
  const keys = columns.map((column) => ({
    column,
    expression: null,
    operatorClass: null,
    collation: null,
    direction: 'asc' as const,
    nulls: 'last' as const,
  }));
  const index = { schema: 'public', table: 'sized', method, keys, include, predicate: null, unique: false };
  return indexPages(sizeInput(index, table, 100_000));
}

describe('the size of an index', () => {
  it.each([
    ['(id)', ['id'], []],
    ['(few)', ['few'], []],
    ['(status)', ['status'], []],
    ['(at)', ['at'], []],
    ['(amount)', ['amount'], []],
    ['(email)', ['email'], []],
    ['(token)', ['token'], []],
    ['(few, id)', ['few', 'id'], []],
    ['(few) INCLUDE (many)', ['few'], ['many']],
  ] as const)('is that of the real B-tree on %s within 12 %%', async (definition, columns, include) => {
    const real = await realPages(definition);
    expect(Math.abs(guess(columns, 'btree', include) / real - 1)).toBeLessThan(0.12);
  });

  it.each([
    ['USING brin (id)', 'brin', 'id', 2],
    ['USING hash (id)', 'hash', 'id', 2],
    ['USING gin (email gin_trgm_ops)', 'gin', 'email', 2.5],
  ] as const)('is of the order of the real one for %s', async (definition, method, column, factor) => {
    const ratio = guess([column], method) / (await realPages(definition));
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(factor);
  });

  it('counts combinations as if columns were independent, and never more than rows', () => {
    const value = (distinct: number) => ({
      type: 'integer',
      statistics: {
        nullShare: 0,
        averageWidth: 4,
        distinct,
        mostCommonValues: [],
        mostCommonShares: [],
        histogram: [],
        correlation: null,
      },
    });
    expect(distinctOf([value(100), value(10)], 1_000_000)).toBeCloseTo(1_000);
    expect(distinctOf([value(-1), value(10)], 1_000)).toBeLessThanOrEqual(1_000);
    expect(distinctOf([value(1_000), value(1_000)], 1_000_000)).toBeCloseTo(632_121, -1);
  });
});
