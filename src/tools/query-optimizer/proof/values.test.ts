import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/statistics/random.ts';
import type { CatalogTable } from '../../_shared/database/catalog.ts';
import { readShape } from '../../_shared/sql/shape.ts';
import { bindValues } from './bind.ts';
import { openTestSandbox, type TestSandbox } from './sandbox-fixture.ts';
import { type Drawn, drawValues } from './values.ts';
import { catalogOf, tableOf } from './workload-fixture.ts';

/** Tenant 1 has nine of ten rows; every tenant has its own names. */
const SET_UP = `
  CREATE TABLE items (id int PRIMARY KEY, tenant_id int NOT NULL, name text NOT NULL, tags text[], data jsonb, created_at timestamptz NOT NULL);
  INSERT INTO items SELECT n, t, 'item ' || t || '-' || n % 50, ARRAY['a' || n % 3, 'b'], jsonb_build_object('color', n % 5),
    timestamptz '2026-01-01' + n * interval '1 hour'
    FROM (SELECT n, CASE WHEN n % 10 = 0 THEN 2 + n % 30 ELSE 1 END AS t FROM generate_series(1, 5000) AS n) AS s;
`;
const ITEMS = tableOf('items', {
  id: 'integer!',
  tenant_id: 'integer!',
  name: 'text!',
  tags: 'text[]',
  data: 'jsonb',
  created_at: 'timestamp with time zone!',
});
const WITH_STATISTICS: CatalogTable = {
  ...ITEMS,
  columns: ITEMS.columns.map((column) =>
    column.name === 'tenant_id'
      ? {
          ...column,
          statistics: {
            nullShare: 0,
            averageWidth: 4,
            distinct: 4,
            mostCommonValues: ['1', '2'],
            mostCommonShares: [0.9, 0.03],
            histogram: [],
            correlation: null,
          },
        }
      : column,
  ),
};
const CATALOG = catalogOf(WITH_STATISTICS);

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openTestSandbox(SET_UP);
}, 60_000);
afterAll(() => sandbox.close());

async function draw(text: string, calls = 100, rows = 700): Promise<Drawn> {
  const query = { shape: await readShape(text, CATALOG), calls, rows };
  return drawValues({ query, text, catalog: CATALOG, sandbox, random: seededRandom(5) });
}

/** Rows that a query returns for each draw. */
async function counts(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const { values } of (await draw(text)).draws) {
    const sql = await bindValues(text, values);
    const [row] = await sandbox.query<{ count: number }>(`SELECT count(*)::int AS count FROM (${sql}) AS q`);
    found.push(row?.count ?? 0);
  }
  return found;
}

describe('values of placeholders', () => {
  it('are of a common tenant, and of one that is not', async () => {
    const { draws } = await draw('SELECT * FROM items WHERE tenant_id = $1');
    const byKind = new Map(draws.map(({ kind, values }) => [kind, values.get(1)?.text]));
    expect(byKind.get('frequent') ?? byKind.get('typical')).toBe('1');
    expect(byKind.get('rare')).not.toBe('1');
  });

  it('belong together: a tenant comes with a name of its own', async () => {
    for (const count of await counts('SELECT * FROM items WHERE tenant_id = $1 AND name = $2')) {
      expect(count).toBeGreaterThan(0);
    }
  });

  it.each([
    ['a range with both ends', 'SELECT * FROM items WHERE created_at >= $1 AND created_at < $2'],
    ['a range within a tenant', 'SELECT * FROM items WHERE tenant_id = $1 AND created_at > $2'],
    ['a list', 'SELECT * FROM items WHERE id = ANY ($1)'],
    ['places of a list', 'SELECT * FROM items WHERE id IN ($1, $2)'],
    ['the beginning of a text', 'SELECT * FROM items WHERE name LIKE $1'],
    ['a field of a document', 'SELECT * FROM items WHERE data @> $1'],
    ['an element of an array', 'SELECT * FROM items WHERE tags @> $1'],
    ['an expression', 'SELECT * FROM items WHERE upper(name) = $1'],
  ])('fit %s', async (_, text) => {
    const found = await counts(text);
    expect(Math.max(...found)).toBeGreaterThan(0);
  });

  it('give a page the size that calls have, and a place', async () => {
    const { draws } = await draw('SELECT * FROM items ORDER BY id LIMIT $1 OFFSET $2');
    expect(draws.map(({ values }) => values.get(1)?.text)).toEqual(['7', '7', '7']);
    expect(new Set(draws.map(({ values }) => values.get(2)?.text)).size).toBe(3);
  });

  it('are not made up where nobody can know them', async () => {
    expect(await draw('SELECT * FROM items WHERE to_char(created_at, $1) = $2')).toEqual({
      draws: [],
      unknown: expect.stringMatching(/^nobody knows what values \$\d has$/) as string,
    });
  });
});
