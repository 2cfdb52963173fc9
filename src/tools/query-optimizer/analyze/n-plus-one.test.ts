import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { catalogOf, indexOf } from '../../_shared/sql/catalog-fixture.ts';
import { assessNPlusOne, findNPlusOne } from './n-plus-one.ts';
import { contextFor, type Seen } from './observation-fixture.ts';
import { compareSteps } from './together.ts';

function shop(): Catalog {
  return catalogOf(
    {
      orders: 'id bigint!, user_id bigint!, total numeric',
      users: 'id bigint!, name text',
      items: 'id bigint!, order_id bigint!, quantity integer',
      authors: 'id bigint!, name text',
      posts: 'id bigint!, author_id bigint!',
    },
    {
      orders: {
        indexes: [indexOf('orders', 'orders_pkey', ['id'], { primary: true })],
        foreignKeys: [
          {
            name: 'orders_user_id_fkey',
            columns: ['user_id'],
            referencedTable: 'public.users',
            referencedColumns: ['id'],
            onDelete: 'no-action',
          },
        ],
      },
      items: {
        foreignKeys: [
          {
            name: 'items_order_id_fkey',
            columns: ['order_id'],
            referencedTable: 'public.orders',
            referencedColumns: ['id'],
            onDelete: 'cascade',
          },
        ],
      },
      users: { indexes: [indexOf('users', 'users_pkey', ['id'], { primary: true })] },
    },
  );
}

const BURSTS = [0.1, 0.3, 0.05, 0.4, 0.15];
const LIST: Seen = {
  sql: 'select id, user_id from orders order by id limit $1',
  calls: 50,
  rows: 25,
  steps: BURSTS,
};
const LOOK_UP: Seen = {
  sql: 'select id, name from users where id = $1',
  calls: 1_250,
  rows: 1,
  meanMs: 0.1,
  steps: BURSTS,
};

async function found(seen: readonly Seen[], steps = 5): Promise<string[]> {
  const context = await contextFor(shop(), seen, { steps });
  return findNPlusOne(context).map(({ lookup, parent }) => `${parent.shape.label} -> ${lookup.table.name}`);
}

describe('findNPlusOne', () => {
  it('finds a look-up for each row of a list, also of what refers to it, and by a name alone', async () => {
    expect(await found([LIST, LOOK_UP])).toEqual(['SELECT orders -> users']);
    const items = { ...LOOK_UP, sql: 'select * from items where order_id = $1', rows: 4 };
    expect(await found([LIST, items])).toEqual(['SELECT orders -> items']);
    const posts = { ...LIST, sql: 'select id, author_id from posts limit $1' };
    expect(await found([posts, { ...LOOK_UP, sql: 'select name from authors where id = $1' }])).toEqual([
      'SELECT posts -> authors',
    ]);
  });

  it('finds it where one row more than a page is fetched', async () => {
    expect(await found([{ ...LIST, rows: 26 }, LOOK_UP])).toEqual(['SELECT orders -> users']);
  });

  it('finds it in a single step when the counts are the same, and large', async () => {
    expect(await found([LIST, LOOK_UP], 1)).toEqual(['SELECT orders -> users']);
    expect(await found([LIST, { ...LOOK_UP, calls: 1_350 }], 1)).toEqual([]);
    expect(
      await found(
        [
          { ...LIST, calls: 4 },
          { ...LOOK_UP, calls: 100 },
        ],
        1,
      ),
    ).toEqual([]);
  });

  it.each<[string, Seen[]]>([
    [
      'a batched look-up',
      [LIST, { ...LOOK_UP, sql: 'select id, name from users where id = any($1)', calls: 50, rows: 25 }],
    ],
    [
      'a look-up for a list',
      [LIST, { ...LOOK_UP, sql: 'select id, name from users where id in ($1 /*, ... */)' }],
    ],
    ['a hot look-up whose calls are others', [LIST, { ...LOOK_UP, calls: 2_000 }]],
    [
      'a hot look-up with as many calls that does not move with the list',
      [LIST, { ...LOOK_UP, steps: [0.2, 0.2, 0.2, 0.2, 0.2] }],
    ],
    [
      'a hot look-up that is nearly constant, and whose noise happens to rise with the list',
      [
        { ...LIST, steps: [0.12, 0.16, 0.2, 0.24, 0.28] },
        { ...LOOK_UP, steps: [0.19, 0.195, 0.2, 0.205, 0.21] },
      ],
    ],
    ['a look-up by another user', [LIST, { ...LOOK_UP, user: 'reports' }]],
    [
      'a look-up of what the list has nothing to do with',
      [LIST, { ...LOOK_UP, sql: 'select name from authors where id = $1' }],
    ],
    ['a list that does not return the key', [{ ...LIST, sql: 'select total from orders limit $1' }, LOOK_UP]],
    ['a list of one row', [{ ...LIST, calls: 1_250, rows: 1 }, LOOK_UP]],
    ['a search', [LIST, { ...LOOK_UP, sql: 'select id from users where id > $1 limit 1' }]],
    [
      'a few calls',
      [
        { ...LIST, calls: 1 },
        { ...LOOK_UP, calls: 25 },
      ],
    ],
    ['a change for each row', [LIST, { ...LOOK_UP, sql: 'update users set name = $2 where id = $1' }]],
  ])('leaves %s alone', async (_, seen) => {
    expect(await found(seen)).toEqual([]);
  });

  it('reports ratio, both texts, how they belong together and the rewrite', async () => {
    const context = await contextFor(shop(), [LIST, LOOK_UP], { steps: 5 });
    const { findings, checked } = assessNPlusOne(context, () => 'select … = any($1)');
    expect(checked).toHaveLength(2);
    expect(findings).toMatchObject([
      {
        rule: 'query-optimizer/n-plus-one',
        severity: 'high',
        confidence: 'likely',
        title: 'SELECT users by id runs 25 times after each SELECT orders',
        fix: { patch: 'select … = any($1)' },
        check: { input: { rule: 'n-plus-one' } },
      },
    ]);
    const evidence = findings[0]?.evidence ?? [];
    expect(evidence).toEqual(
      expect.arrayContaining([
        { label: 'look-ups for each list', value: 25 },
        { label: 'rows of the lists', value: 1_250 },
        { label: 'led to by', value: 'public.orders.user_id (foreign key)' },
        { label: 'list', value: '', sample: LIST.sql },
        { label: 'query', value: '', sample: LOOK_UP.sql },
      ]),
    );
  });
});

describe('compareSteps', () => {
  it('tells the same process from two that happen to be as many', () => {
    expect(compareSteps([25, 75, 0, 100], [25, 75, 0, 100])).toEqual({
      ratio: 1,
      difference: 0,
      correlation: 1,
      slope: 1,
      steps: 4,
    });
    const other = compareSteps([25, 75, 0, 100], [50, 50, 50, 50]);
    expect(other.ratio).toBe(1);
    expect(other.difference).toBeCloseTo(0.75);
    expect(other.correlation).toBe(0);
  });

  it('is not taken in by a correlation of next to nothing', () => {
    const { correlation, slope } = compareSteps([150, 200, 250, 300, 350], [240, 245, 250, 255, 260]);
    expect(correlation).toBeCloseTo(1);
    expect(slope).toBeCloseTo(0.1);
  });

  it('says nothing of a correlation between counts that hardly vary', () => {
    expect(compareSteps([100, 101, 100, 99], [99, 100, 101, 100]).correlation).toBeNull();
    expect(compareSteps([], [])).toMatchObject({ ratio: 0, steps: 0, correlation: null });
  });
});
