import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { catalogOf, indexOf } from '../../_shared/sql/catalog-fixture.ts';
import { contextFor, type Seen } from './observation-fixture.ts';
import { assessQueries } from './query-rules.ts';
import { sameExpression } from './rules/function-on-column.ts';

const statistics = (distinct: number, averageWidth = 8) => ({
  nullShare: 0,
  averageWidth,
  distinct,
  mostCommonValues: [],
  mostCommonShares: [],
  histogram: [],
  correlation: null,
});

/** A million orders on 20,000 pages, a small table of countries, documents with wide bodies. */
function shop(): Catalog {
  const catalog = catalogOf(
    {
      orders:
        'id bigint!, user_id bigint!, status text!, parent_id bigint, code character varying(20), total numeric, created_at timestamp with time zone!',
      users: 'id bigint!, email text!, name text',
      countries: 'id integer!, name text!, parent_id integer',
      documents: 'id bigint!, title text!, body text, data jsonb',
    },
    {
      orders: {
        indexes: [
          indexOf('orders', 'orders_pkey', ['id'], { primary: true }),
          indexOf('orders', 'orders_created_at', ['created_at']),
          indexOf('orders', 'orders_user_id', ['user_id']),
          indexOf('orders', 'orders_code', ['code']),
        ],
      },
      users: {
        indexes: [
          indexOf('users', 'users_pkey', ['id'], { primary: true }),
          indexOf('users', 'users_email', ['email']),
        ],
      },
      countries: {
        rows: 200,
        pages: 2,
        totalBytes: 50_000,
        indexes: [indexOf('countries', 'countries_pkey', ['id'], { primary: true })],
      },
      documents: {
        rows: 10_000,
        pages: 1_000,
        totalBytes: 420_000_000,
        indexes: [indexOf('documents', 'documents_pkey', ['id'], { primary: true, bytes: 1_000_000 })],
      },
    },
  );
  return {
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({
        ...column,
        statistics: statistics(column.name === 'status' ? 4 : -1, column.name === 'body' ? 18 : 8),
      })),
    })),
  };
}

type Options = Parameters<typeof contextFor>[2];

async function rulesFor(seen: Seen | readonly Seen[], options?: Options): Promise<string[]> {
  const context = await contextFor(shop(), Array.isArray(seen) ? (seen as Seen[]) : [seen as Seen], options);
  const { findings } = assessQueries(context);
  return findings.map(({ rule }) => rule.split('/')[1] ?? '').toSorted();
}

/** Each with what it reports, and something close to it that it leaves alone. */
describe.each<{ rule: string; reports: [Seen, Options?][]; silent: [Seen, Options?][] }>([
  {
    rule: 'deep-offset',
    reports: [
      [
        { sql: 'select id from orders order by created_at desc limit $1 offset $2', rows: 10, buffers: 700 },
        { reads: { 'public.orders': 100 * 50_000 } },
      ],
      [{ sql: 'select id from orders order by id limit 10 offset $1', rows: 10, buffers: 20_000 }],
    ],
    silent: [
      // The first pages.
      [
        { sql: 'select id from orders order by created_at desc limit $1 offset $2', rows: 10, buffers: 15 },
        { reads: { 'public.orders': 100 * 30 } },
      ],
      // Reads everything on every page: what it sorts by has no index.
      [{ sql: 'select id from orders order by total limit 10 offset $1', rows: 10, buffers: 20_000 }],
      [
        {
          sql: 'select status, count(*) from orders group by status limit 10 offset $1',
          rows: 4,
          buffers: 20_000,
        },
      ],
      // A small table that many pages of another one go with.
      [
        {
          sql: 'select c.id, (select count(*) from orders o where o.user_id = c.id) from countries c order by c.id limit $1 offset $2',
          rows: 21,
          buffers: 5_000,
        },
        { reads: { 'public.countries': 100 * 40, 'public.orders': 5_000_000 } },
      ],
    ],
  },
  {
    rule: 'count-large',
    reports: [[{ sql: 'select count(*) from orders', buffers: 3_000 }]],
    silent: [
      [{ sql: 'select count(*) from orders where user_id = $1', buffers: 20 }],
      [{ sql: 'select count(*) from countries', buffers: 2 }],
      [{ sql: 'select status, count(*) from orders group by status', buffers: 20_000, rows: 4 }],
    ],
  },
  {
    rule: 'wide-select',
    reports: [[{ sql: 'select * from documents order by id limit 200', rows: 200, buffers: 300 }]],
    silent: [
      [{ sql: 'select * from documents where id = $1', rows: 1 }],
      [{ sql: 'select id, title from users limit 200', rows: 200 }],
      [{ sql: 'select id, length(body) from documents limit 200', rows: 200 }],
      [{ sql: 'select * from countries', rows: 200 }],
    ],
  },
  {
    rule: 'function-on-column',
    reports: [
      [{ sql: 'select id from users where lower(email) = $1', buffers: 20_000 }],
      [{ sql: "select id from orders where date_trunc('day', created_at) = $1", buffers: 15_000 }],
    ],
    silent: [
      [{ sql: 'select id from users where lower(name) = $1', buffers: 20_000 }],
      [{ sql: 'select id from users where lower(email) = $1 and id = $2', buffers: 4 }],
      [{ sql: 'select id from users where email = lower($1)', buffers: 4 }],
      [{ sql: 'select lower(email) from users where id = $1', buffers: 4 }],
    ],
  },
  {
    rule: 'implicit-cast',
    reports: [
      [{ sql: 'select status from orders where id = $1::numeric', buffers: 20_000 }],
      [{ sql: 'select status from orders where id::text = $1', buffers: 20_000 }],
    ],
    silent: [
      [{ sql: 'select status from orders where id = $1::integer', buffers: 4 }],
      [{ sql: 'select id from orders where code = $1::text', buffers: 4 }],
      [{ sql: 'select id from orders where total = $1::numeric', buffers: 20_000 }],
      [{ sql: 'select id::text from orders where id = $1', buffers: 4 }],
    ],
  },
  {
    rule: 'or-across-columns',
    reports: [
      [
        {
          sql: 'select o.id from orders o join users u on u.id = o.user_id where o.code = $1 or u.email = $2',
          buffers: 30_000,
        },
      ],
      [{ sql: 'select id from orders where user_id = $1 or status = $2', buffers: 20_000 }],
    ],
    silent: [
      [{ sql: 'select id from orders where user_id = $1 or code = $2', buffers: 8 }],
      [{ sql: 'select id from orders where id = $1 and (user_id = $2 or $3)', buffers: 4 }],
      [{ sql: 'select id from orders where status = $1 or status = $2', buffers: 20_000 }],
      [{ sql: 'select id from countries where id = $1 or name = $2', buffers: 2 }],
    ],
  },
  {
    rule: 'not-in-nullable',
    reports: [[{ sql: 'select id from orders where id not in (select parent_id from orders)', meanMs: 1 }]],
    silent: [
      [
        {
          sql: 'select id from orders where id not in (select parent_id from countries where parent_id is not null)',
        },
      ],
      [{ sql: 'select id from orders where user_id not in (select id from countries)' }],
      [{ sql: 'select id from orders where id not in ($1, $2)' }],
      [{ sql: 'select id from orders where id in (select parent_id from orders)' }],
    ],
  },
  {
    rule: 'missing-limit',
    reports: [[{ sql: 'select id from users', rows: 50_000 }]],
    silent: [
      [{ sql: 'select id from users limit 50000', rows: 50_000 }],
      [{ sql: 'select id from orders where user_id = $1', rows: 40 }],
      [{ sql: 'select id from users', rows: 50_000, calls: 1 }],
    ],
  },
  {
    rule: 'per-row-subquery',
    reports: [
      [
        {
          sql: 'select u.id, (select max(o.created_at) from orders o where o.user_id = u.id) from users u',
          rows: 5_000,
          buffers: 20_000,
        },
      ],
      [
        {
          sql: 'select o.id from orders o where o.total > (select avg(i.total) from orders i where i.user_id = o.user_id)',
          rows: 100,
          buffers: 4_000_000,
        },
      ],
    ],
    silent: [
      // A page of a list, as the shop has it.
      [
        {
          sql: 'select u.id, (select max(o.created_at) from orders o where o.user_id = u.id) from users u order by u.id limit $1',
          rows: 21,
          buffers: 100,
        },
      ],
      [
        {
          sql: 'select u.id, (select max(created_at) from orders) from users u',
          rows: 5_000,
          buffers: 20_000,
        },
      ],
      [
        {
          sql: 'select u.id from users u where exists (select 1 from orders o where o.user_id = u.id)',
          rows: 5_000,
          buffers: 20_000,
        },
      ],
    ],
  },
  {
    rule: 'lock-prone',
    reports: [
      [{ sql: 'select id from orders where status = $1 order by id limit 1 for update', rows: 1 }],
      [{ sql: 'select id from orders for update', rows: 500 }],
      [{ sql: "update orders set status = 'old' where created_at < $1", rows: 50_000 }],
    ],
    silent: [
      [
        {
          sql: 'select id from orders where status = $1 order by id limit 1 for update skip locked',
          rows: 1,
        },
      ],
      [{ sql: 'select id from orders where id = $1 for update', rows: 1 }],
      [{ sql: 'select id from orders where user_id = $1 for update', rows: 20 }],
      [{ sql: "update orders set status = 'old' where id = $1", rows: 1 }],
    ],
  },
  {
    rule: 'cacheable-read',
    reports: [
      [
        { sql: 'select status, count(*), sum(total) from orders group by status', rows: 4 },
        { writes: { 'public.orders': { inserted: 2, updated: 0, hotUpdated: 0, deleted: 0 } } },
      ],
      [{ sql: 'select sum(total) from orders where status = $1' }],
    ],
    silent: [
      [
        { sql: 'select status, count(*), sum(total) from orders group by status', rows: 4 },
        { writes: { 'public.orders': { inserted: 80, updated: 20, hotUpdated: 0, deleted: 0 } } },
      ],
      [{ sql: 'select total from orders where id = $1' }],
      [{ sql: 'select sum(total) from orders where created_at > $1' }],
      [{ sql: 'select sum(total) from orders', calls: 5 }],
    ],
  },
])('$rule', ({ rule, reports, silent }) => {
  it.each(reports)('reports %j', async (seen, options) => {
    expect(await rulesFor(seen, options)).toContain(rule);
  });
  it.each(silent)('leaves alone %j', async (seen, options) => {
    expect(await rulesFor(seen, options)).not.toContain(rule);
  });
});

describe('findings of queries', () => {
  it('name the query, and the check that raises them again', async () => {
    const context = await contextFor(shop(), [{ sql: 'select id from users', rows: 50_000, calls: 30 }]);
    const [finding] = assessQueries(context).findings;
    const key = context.workload.queries[0]?.shape.key.slice(0, 8);
    expect(finding).toMatchObject({
      rule: 'query-optimizer/missing-limit',
      subject: { kind: 'query', name: `shop-db SELECT users ${key}` },
      impact: { unit: '%', value: 100 },
      check: {
        command: 'analyze',
        input: {
          target: 'shop-db',
          query: `SELECT users ${key}`,
          rule: 'missing-limit',
          callsPerMinute: 180,
        },
      },
    });
  });

  it('come to a verdict on every query', async () => {
    const context = await contextFor(shop(), [{ sql: 'select id from users where id = $1' }]);
    const { checked, notChecked } = assessQueries(context);
    expect(checked).toHaveLength(11);
    expect(notChecked).toEqual([]);
  });

  it('say when they cannot look', async () => {
    const context = await contextFor(shop(), [{ sql: 'select count(*) from elsewhere' }]);
    expect(assessQueries(context).notChecked).toMatchObject([
      { rules: ['query-optimizer/count-large'], reason: 'the catalogue does not have its table' },
    ]);
  });
});

describe('sameExpression', () => {
  it.each([
    ['lower(email)', 'lower(email)', true],
    ["date_trunc('day'::text, created_at)", "date_trunc('day', created_at)", true],
    ["(data ->> 'k'::text)", "data ->> 'k'", true],
    ["date_trunc('day'::text, created_at)", 'date_trunc($1, created_at)', true],
    ['lower(email)', 'lower(name)', false],
    ['lower(email)', 'upper(email)', false],
  ])('%s and %s', (indexed, used, same) => {
    expect(sameExpression(indexed, used)).toBe(same);
  });
});
