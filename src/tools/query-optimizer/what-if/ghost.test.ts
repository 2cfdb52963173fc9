import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql } from '../../_shared/database/index-statement.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import { usedIndexes } from '../../_shared/database/plan-walk.ts';
import { openGhost } from './ghost.ts';
import { hypotheticalName } from './hypothetical.ts';
import { openWhatIf } from './open.ts';
import { indexOn, openTestSource, type TestSource } from './source-fixture.ts';
import { AS_IT_IS, type WhatIf } from './types.ts';

let source: TestSource;
let catalog: Catalog;
let ghost: WhatIf;

beforeAll(async () => {
  source = await openTestSource();
  catalog = await source.catalog();
  ghost = await openGhost(source.context, source.session, catalog, 18);
});
afterAll(async () => {
  await ghost.close();
  await source.close();
});

async function planOfSource(sql: string): Promise<Plan> {
  const document = /\$\d/.test(sql)
    ? await source.session.genericPlan?.(sql)
    : (await source.session.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`))[0]?.[
        'QUERY PLAN'
      ];
  const plan = parsePlan(document);
  if (plan === null) throw new Error('no plan');
  return plan;
}

/** The real index, gone afterwards; without ANALYZE, so that statistics stay what the ghost has. */
async function withIndex<T>(index: IndexDefinition, work: () => Promise<T>): Promise<T> {
  await source.owner.query(createIndexSql(index, { name: hypotheticalName(index) }));
  try {
    return await work();
  } finally {
    await source.owner.query(`DROP INDEX ${hypotheticalName(index)}`);
  }
}

const isGeneric = (sql: string): boolean => /\$\d/.test(sql);

describe('a ghost', () => {
  it('has nothing left out, and says what it is', () => {
    expect(ghost.limits).toEqual([]);
    expect(ghost).toMatchObject({
      kind: 'ghost',
      label: expect.stringMatching(/clone in PostgreSQL 18\./) as string,
    });
  });

  it.each([
    'SELECT * FROM orders WHERE id = 7',
    'SELECT * FROM orders WHERE customer_id = $1 AND created_at > $2 ORDER BY created_at LIMIT $3',
    `SELECT * FROM customer WHERE norm(name) = 'name 5'`,
    `SELECT c.name, o.total FROM customer AS c JOIN orders AS o ON o.customer_id = c.id WHERE c.id < 100 AND o.status = 'paid'`,
    `SELECT status, count(*) FROM open_orders GROUP BY status`,
    `SELECT * FROM events WHERE at = '2024-03-01' AND id > 100`,
    `SELECT * FROM customer WHERE active @> timestamptz '2026-01-05' AND tags @> ARRAY['t3']`,
    `SELECT * FROM customer WHERE "Upper" LIKE 'NAME%'`,
  ])('plans as its source: %s', async (sql) => {
    const [there, here] = [
      await planOfSource(sql),
      await ghost.plan(sql, AS_IT_IS, { generic: isGeneric(sql) }),
    ];
    expect(here.hash).toBe(there.hash);
    expect(here.totalCost).toBe(there.totalCost);
  });

  it.each([
    ['SELECT * FROM orders WHERE customer_id = $1', indexOn('orders', ['customer_id'])],
    [
      'SELECT * FROM orders WHERE deleted_at IS NULL ORDER BY created_at DESC LIMIT 20',
      indexOn('orders', [{ column: 'created_at', direction: 'desc', nulls: 'first' }], {
        predicate: 'deleted_at IS NULL',
      }),
    ],
    [
      'SELECT total FROM orders WHERE customer_id = 9',
      indexOn('orders', ['customer_id'], { include: ['total'] }),
    ],
    [
      `SELECT * FROM customer WHERE tags @> ARRAY['t3', 't9']`,
      indexOn('customer', ['tags'], { method: 'gin' }),
    ],
    [
      `SELECT * FROM customer WHERE name ILIKE '%e 4999%'`,
      indexOn('customer', [{ column: 'name', operatorClass: 'gin_trgm_ops' }], { method: 'gin' }),
    ],
    [
      `SELECT * FROM orders WHERE created_at < '2026-01-01 02:00'`,
      indexOn('orders', ['created_at'], { method: 'brin' }),
    ],
  ] as const)('plans with an index that is not there as with the real one: %s', async (sql, index) => {
    const here = await ghost.plan(sql, { add: [index], hide: [] }, { generic: isGeneric(sql) });
    const there = await withIndex(index, () => planOfSource(sql));
    expect(usedIndexes(here.root)).toEqual([hypotheticalName(index)]);
    expect(here.hash).toBe(there.hash);
    const without = await ghost.plan(sql, AS_IT_IS, { generic: isGeneric(sql) });
    expect(usedIndexes(without.root)).toEqual([]);
  });

  it('plans writes, which our role may not even plan on the source', async () => {
    const plan = await ghost.plan('UPDATE orders SET total = 0 WHERE id = $1', AS_IT_IS, { generic: true });
    expect(plan.root).toMatchObject({ type: 'Update', children: [{ index: 'orders_pkey' }] });
  });

  it('thinks of an index on each partition', async () => {
    const index = indexOn('events', ['kind', 'at']);
    const plan = await ghost.plan(`SELECT * FROM events WHERE kind = 3 AND at = '2024-02-03'`, {
      add: [index],
      hide: [],
    });
    expect(usedIndexes(plan.root)).toEqual(['events_1_kind_at_idx']);
    expect(await ghost.sizeOf(index)).toBeGreaterThan(100_000);
  });

  it('knows how many values an expression of one column has', async () => {
    const index = indexOn('customer', [{ expression: 'lower(name)' }]);
    const plan = await ghost.plan(`SELECT * FROM customer WHERE lower(name) = 'x'`, {
      add: [index],
      hide: [],
    });
    expect(plan.root).toMatchObject({ index: hypotheticalName(index), estimatedRows: 1 });
  });

  it('hides indexes that are there', async () => {
    const sql = 'SELECT * FROM orders WHERE id = $1';
    const options = { generic: true };
    const plans = [
      await ghost.plan(sql, AS_IT_IS, options),
      await ghost.plan(sql, { add: [], hide: ['public.orders_pkey'] }, options),
      await ghost.plan(sql, AS_IT_IS, options),
    ];
    expect(plans.map(({ root }) => usedIndexes(root))).toEqual([['orders_pkey'], [], ['orders_pkey']]);
  });

  it('refuses what the server refuses, and more than one statement, and goes on', async () => {
    for (const sql of [
      'SELECT nothing FROM orders',
      'SELECT 1; DROP TABLE orders',
      'ANALYZE SELECT 1',
      'EXECUTE none',
    ]) {
      await expect(ghost.plan(sql, AS_IT_IS)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
      await expect(ghost.plan(sql, AS_IT_IS, { generic: true })).rejects.toMatchObject({
        code: 'E_SQL_REFUSED',
      });
    }
    await expect(
      ghost.plan('SELECT 1', { add: [indexOn('orders', ['nothing'])], hide: [] }),
    ).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    expect((await ghost.plan('SELECT * FROM orders WHERE id = 7', AS_IT_IS)).root.index).toBe('orders_pkey');
  });

  it('lets a function of the source reach nothing but the ghost', async () => {
    await source.owner.query(`
      CREATE FUNCTION inner_evil() RETURNS int LANGUAGE plpgsql VOLATILE AS
      $$ BEGIN COPY (SELECT 1) TO PROGRAM 'true'; RETURN 1; END $$;
      CREATE FUNCTION evil() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN RETURN (SELECT inner_evil()); END $$`);
    const other = await openGhost(source.context, source.session, catalog, 18);
    await expect(other.plan('SELECT * FROM orders WHERE id = evil()', AS_IT_IS)).rejects.toThrow(
      'permission denied',
    );
    await other.close();
    await source.owner.query('DROP FUNCTION evil, inner_evil');
  });
});

describe('openWhatIf', () => {
  const target = (): { kind: 'database'; name: string; url: string } => ({
    kind: 'database',
    name: 'shop',
    url: source.url,
  });

  it('waits for HypoPG where that is asked for and not there', async () => {
    const opened = await openWhatIf(source.context, target(), source.session, catalog, { backEnd: 'hypopg' });
    expect(opened).toMatchObject({
      whatIf: null,
      waits: [{ hint: expect.stringContaining('CREATE EXTENSION') }],
    });
  });

  it('names the command where no PostgreSQL is here', async () => {
    const sandboxes = { ...source.context.sandboxes, majors: () => Promise.resolve([]) };
    const context = { ...source.context, sandboxes };
    const opened = await openWhatIf(context, target(), source.session, catalog, { backEnd: 'auto' });
    expect(opened.whatIf).toBeNull();
    expect(opened.waits).toMatchObject([
      {
        subject: { kind: 'target', name: 'shop' },
        hint: expect.stringContaining('rearguard-postgres-18@npm:'),
      },
    ]);
  });
});
