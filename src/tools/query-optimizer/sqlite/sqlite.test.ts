import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteSqliteUrl } from '../../../platform/sql/database-url.ts';
import { sqliteCopies } from '../../../platform/sqlite/copies.ts';
import { createSqliteConnector } from '../../../platform/sqlite/session.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { readSqliteCatalog, type SqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { readSqliteHealth } from '../../_shared/database/sqlite/health.ts';
import { adviseSqlite, type SqliteAdvice } from './advise.ts';
import { openPlanner, type SqlitePlanner } from './planner.ts';
import { judge, proveSqlite } from './prove.ts';
import { statementsOf } from './queries.ts';

const signal = new AbortController().signal;
const scratch = { timeoutMs: 20_000, signal };
let folder: string;
let url: string;
let session: SqlSession;
let catalog: SqliteCatalog;
let planner: SqlitePlanner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-advice-'));
  const owner = new Database(join(folder, 'app.db'));
  owner.exec(`
    PRAGMA foreign_keys = 0;
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, tenant INTEGER NOT NULL);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), total INTEGER, created TEXT, "group" TEXT);
    CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT);
    CREATE INDEX by_total ON orders (total);
    CREATE INDEX recent ON orders (created DESC) WHERE total > 10;
    CREATE INDEX lowered ON customers (lower(email), tenant);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
      INSERT INTO orders SELECT i, 1 + i % 5000, i % 100, datetime(1700000000 + i, 'unixepoch'), 'g' || (i % 7) FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO customers SELECT i, 'u' || i || '@x', i % 50 FROM n;
    INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France');
    ANALYZE;`);
  owner.close();
  url = absoluteSqliteUrl('sqlite:app.db', folder);
  session = await createSqliteConnector().open(url, { statementTimeoutMs: 10_000, signal });
  catalog = await readSqliteCatalog(session, (await readSqliteHealth(session)).pages);
  planner = await openPlanner(session, catalog, sqliteCopies, scratch);
});
afterAll(async () => {
  await planner.close();
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

const advise = (file: string): Promise<SqliteAdvice> =>
  adviseSqlite(statementsOf(file), catalog, planner, (table) => table.rows ?? 0);

describe('the catalogue of a file', () => {
  it('has tables, keys of indexes, predicates, expressions and statistics', () => {
    const [orders] = catalog.tables.filter(({ name }) => name === 'orders');
    expect(orders).toMatchObject({ rows: 60_000, kind: 'table' });
    expect(orders?.totalBytes).toBeGreaterThan(1_000_000);
    expect(orders?.foreignKeys).toMatchObject([{ columns: ['customer'], referencedTable: 'customers' }]);
    const recent = orders?.indexes.find(({ name }) => name === 'recent');
    expect(recent).toMatchObject({
      predicate: 'total > 10',
      keys: [{ column: 'created', direction: 'desc' }],
    });
    const lowered = catalog.tables.flatMap(({ indexes }) => indexes).find(({ name }) => name === 'lowered');
    expect(lowered?.keys).toMatchObject([{ column: null, expression: 'lower(email)' }, { column: 'tenant' }]);
    expect(catalog.statistics).toContainEqual({
      table: 'orders',
      index: 'by_total',
      rows: 60_000,
      perKey: [600],
    });
  });
});

describe('advice for a file of queries', () => {
  it('finds the index that is missing, and proves it on a copy with the same rows', async () => {
    const { recommendations, reasons } = await advise(`
      -- the page of a customer; it is asked for all day
      SELECT id, total FROM orders WHERE customer = 4711 ORDER BY created DESC LIMIT 10;
      SELECT * FROM customers WHERE id = 5;
      SELECT * FROM countries WHERE name = 'France;';
      SELECT COUNT(*) FROM orders WHERE customer IN (SELECT id FROM customers)`);
    expect(recommendations.map(({ statement }) => statement)).toEqual([
      'CREATE INDEX orders_customer_created_idx ON orders (customer, created); ANALYZE orders;',
    ]);
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'every table in it is looked up by an index already',
      'what it reads whole is small',
      'it has a query within the query',
    ]);
    const proof = await proveSqlite(url, recommendations[0] as (typeof recommendations)[0], sqliteCopies, {
      ...scratch,
      maxBytes: 100_000_000,
      rounds: 5,
    });
    expect(proof).toMatchObject({ verdict: 'proven', queries: [{ sameResult: true }] });
    expect(proof.sizeBytes).toBeGreaterThan(100_000);
    expect(await session.query("SELECT name FROM sqlite_schema WHERE name LIKE 'orders_customer%'")).toEqual(
      [],
    );
  });

  it('advises once what two statements need, and joins', async () => {
    const { recommendations } = await advise(`
      SELECT id FROM orders WHERE "group" = 'g1' AND created > '2024';
      SELECT total FROM orders WHERE "group" = 'g2' AND created > '2025';
      SELECT o.id FROM customers c JOIN orders o ON o.customer = c.id WHERE c.tenant = 3`);
    expect(
      recommendations.flatMap(({ statement, effects }) => [`${effects.length}: ${statement}`]).toSorted(),
    ).toEqual([
      expect.stringMatching(/^1: CREATE INDEX \w+ ON (?:orders \(customer\)|customers \(tenant\))/) as string,
      '2: CREATE INDEX orders_group_created_idx ON orders ("group", created); ANALYZE orders;',
    ]);
  });

  it('leaves a query with placeholders unproven, and says why', async () => {
    const { recommendations } = await advise('SELECT id FROM orders WHERE customer = ?');
    const [first] = recommendations;
    const options = { ...scratch, maxBytes: 100_000_000, rounds: 2 };
    const proof = await proveSqlite(url, first as NonNullable<typeof first>, sqliteCopies, options);
    expect(proof).toMatchObject({
      verdict: 'not-proven',
      reason: expect.stringContaining('placeholders') as string,
    });
    const literal = await advise('SELECT id FROM orders WHERE customer = 7');
    const small = await proveSqlite(
      url,
      literal.recommendations[0] as NonNullable<typeof first>,
      sqliteCopies,
      {
        ...options,
        maxBytes: 1_000,
      },
    );
    expect(small).toMatchObject({
      verdict: 'not-proven',
      reason: expect.stringContaining('more than') as string,
    });
  });
});

describe('the verdict', () => {
  const measured = (milliseconds: number) => ({ milliseconds, buffers: 0, checksum: '', plan: {} as never });
  it.each([
    [[100, 5, true], 'proven'],
    [[100, 5, false], 'refuted'],
    [[100, 95, true], 'refuted'],
    [[100, 130, true], 'refuted'],
  ] as const)('%j is %s', ([before, after, sameResult], verdict) => {
    expect(
      judge([{ label: 'x', before: measured(before), after: measured(after), sameResult }]).verdict,
    ).toBe(verdict);
  });
});
