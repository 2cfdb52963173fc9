import { describe, expect, it } from 'vitest';
import type { Catalog, CatalogTable, ForeignKey } from '../../_shared/database/catalog.ts';
import { planSamples } from './sampling.ts';

const MEGABYTE_PAGES = 128;

function table(name: string, megabytes: number, more: Partial<CatalogTable> = {}): CatalogTable {
  const column = (of: string, number: number): CatalogTable['columns'][number] => ({
    name: of,
    number,
    type: 'bigint',
    notNull: true,
    statistics: null,
  });
  return {
    schema: 'public',
    name,
    kind: 'table',
    oid: null,
    rows: 1_000,
    pages: megabytes * MEGABYTE_PAGES,
    allVisibleShare: 1,
    totalBytes: 0,
    parent: null,
    columns: ['id', 'customer_id', 'order_id', 'Total'].map((of, index) => column(of, index + 1)),
    indexes: [primaryKey(name)],
    foreignKeys: [],
    ...more,
  };
}

function primaryKey(of: string): CatalogTable['indexes'][number] {
  return {
    schema: 'public',
    table: of,
    name: `${of}_pkey`,
    method: 'btree',
    keys: [
      {
        column: 'id',
        expression: null,
        operatorClass: null,
        collation: null,
        direction: 'asc',
        nulls: 'last',
      },
    ],
    include: [],
    predicate: null,
    unique: true,
    oid: null,
    statement: '',
    primary: true,
    constraint: `${of}_pkey`,
    replicaIdentity: false,
    valid: true,
    parent: null,
    bytes: 0,
    pages: 1,
    entries: null,
  };
}

function references(parent: string, column: string): ForeignKey {
  return {
    name: `to_${parent}`,
    columns: [column],
    referencedTable: `public.${parent}`,
    referencedColumns: ['id'],
    onDelete: 'no-action',
  };
}

function plan(tables: CatalogTable[], megabytes: number) {
  const catalog: Catalog = { searchPath: ['public'], tables, extensions: new Map() };
  const names = tables.filter(({ parent }) => parent === null).map(({ name }) => `public.${name}`);
  return planSamples(catalog, names, megabytes * 1_048_576, new Map([['public.orders', new Set(['Total'])]]));
}

describe('planSamples', () => {
  it('copies all rows where they fit, without columns that are computed', () => {
    expect(plan([table('customers', 10), table('orders', 80)], 100)).toEqual([
      {
        table: 'public.customers',
        share: 1,
        select: 'SELECT id, customer_id, order_id, "Total" FROM ONLY public.customers',
        into: 'public.customers (id, customer_id, order_id, "Total")',
      },
      {
        table: 'public.orders',
        share: 1,
        select: 'SELECT id, customer_id, order_id FROM ONLY public.orders',
        into: 'public.orders (id, customer_id, order_id)',
      },
    ]);
  });

  it('chooses keys by their hash, and with them all rows that refer to them', () => {
    const [country, customers, orders, items] = plan(
      [
        table('country', 1),
        table('customers', 100),
        table('orders', 300, { foreignKeys: [references('customers', 'customer_id')] }),
        table('items', 600, { foreignKeys: [references('orders', 'order_id')] }),
      ],
      101,
    );
    expect(country).toMatchObject({ share: 1 });
    expect(customers?.share).toBeCloseTo(0.1);
    const chosen = 'FROM ONLY public.customers WHERE (hashtext(id::text) & 2147483647) % 1000000 < 100000';
    expect(customers?.select).toContain(chosen);
    const withThem = `FROM ONLY public.orders WHERE customer_id IN (SELECT id ${chosen})`;
    expect(orders?.select).toContain(withThem);
    expect(items?.select).toContain(`FROM ONLY public.items WHERE order_id IN (SELECT id ${withThem})`);
  });

  it('ends with tables that refer to each other, and takes what has no key as it comes', () => {
    const [a, b, log] = plan(
      [
        table('a', 100, { foreignKeys: [references('b', 'order_id'), references('a', 'customer_id')] }),
        table('b', 100, { foreignKeys: [references('a', 'customer_id')] }),
        table('log', 100, { indexes: [] }),
      ],
      30,
    );
    expect(a?.select).toMatch(
      /FROM ONLY public\.a WHERE order_id IN \(SELECT id FROM ONLY public\.b WHERE \(hash/,
    );
    expect(b?.select).toMatch(
      /FROM ONLY public\.b WHERE customer_id IN \(SELECT id FROM ONLY public\.a WHERE \(hash/,
    );
    expect(log?.select).toContain('FROM ONLY public.log TABLESAMPLE BERNOULLI (10.0000) REPEATABLE (1)');
  });

  it('sees the size of a partitioned table in its partitions', () => {
    const [events] = plan(
      [
        table('events', 0, { kind: 'partitioned' }),
        table('events_1', 300, { kind: 'partition', parent: 'public.events' }),
      ],
      30,
    );
    expect(events).toMatchObject({ share: 0.1, select: expect.stringContaining('FROM public.events WHERE') });
  });
});
