import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MAJORS,
  type MonitoredServer,
  startMonitored,
} from '../../../../platform/test-support/monitored-postgres.ts';
import type { Catalog, CatalogTable } from '../catalog.ts';
import { type LockNode, lockForest } from '../locks.ts';
import { readSnapshot } from './read-snapshot.ts';

const SCHEMA = `
  create schema shop;
  create table shop.product (id serial primary key, name text not null, tags text[], doc jsonb, price numeric(8, 2));
  insert into shop.product (name, tags, doc)
    select 'p' || i % 10, array['a'], '{"x": 1}' from generate_series(1, 2000) i;
  create table shop.line (product_id int references shop.product on delete cascade, note varchar(80));
  create index by_note on shop.line (lower(note) desc nulls last) include (product_id) where note is not null;
  create index by_tags on shop.product using gin (tags);
  create index by_doc on shop.product using gin (doc jsonb_path_ops);
  create index by_name on shop.product (name collate "C" text_pattern_ops, id desc);
  create index by_lower on shop.product (lower(name));
  create table event (at date not null, kind int) partition by range (at);
  create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
  create table event_2025 partition of event for values from ('2025-01-01') to ('2026-01-01');
  create index event_at on event (at);
  insert into event select '2024-06-01'::date + i, i from generate_series(1, 400) i;`;

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let server: MonitoredServer;

  beforeAll(async () => {
    server = await startMonitored(major);
    await server.owner.query(SCHEMA);
    // Rows of a commit that is not on disk yet are not all-visible, and this server commits asynchronously.
    await server.owner.query('checkpoint');
    await server.owner.query('vacuum analyze shop.product');
    await server.owner.query('analyze');
  });
  afterAll(() => server.stop());

  async function readCatalog(role: 'owner' | 'monitor'): Promise<Catalog> {
    const { parts } = await readSnapshot(await server.open(role), ['catalog'], Date.now());
    if (!parts.catalog.known) throw new Error(parts.catalog.reason);
    return parts.catalog.value;
  }

  function tableIn({ tables }: Catalog, name: string): CatalogTable {
    const table = tables.find((one) => one.name === name);
    if (table === undefined) throw new Error(`no ${name}`);
    return table;
  }

  it('has its tables with columns, keys and what the planner knows', async () => {
    const catalog = await readCatalog('owner');
    expect(catalog.searchPath).toEqual(['public']);
    expect(catalog.extensions.has('pg_stat_statements')).toBe(true);
    const product = tableIn(catalog, 'product');
    expect(product).toMatchObject({
      schema: 'shop',
      kind: 'table',
      rows: 2000,
      allVisibleShare: 1,
      parent: null,
    });
    expect(product.totalBytes).toBeGreaterThan(product.pages * 8192);
    expect(product.columns.map(({ name, number, type, notNull }) => [name, number, type, notNull])).toEqual([
      ['id', 1, 'integer', true],
      ['name', 2, 'text', true],
      ['tags', 3, 'text[]', false],
      ['doc', 4, 'jsonb', false],
      ['price', 5, 'numeric(8,2)', false],
    ]);
    const [id, name] = product.columns;
    expect(id?.statistics).toMatchObject({ distinct: -1, nullShare: 0, correlation: 1 });
    expect(name?.statistics).toMatchObject({ distinct: 10, histogram: [] });
    expect(name?.statistics?.mostCommonValues).toHaveLength(10);
    expect(tableIn(catalog, 'line').foreignKeys).toEqual([
      {
        name: 'line_product_id_fkey',
        columns: ['product_id'],
        referencedTable: 'shop.product',
        referencedColumns: ['id'],
        onDelete: 'cascade',
      },
    ]);
  });

  it('has its indexes with all that makes two of them differ', async () => {
    const catalog = await readCatalog('owner');
    const indexes = new Map(catalog.tables.flatMap(({ indexes }) => indexes.map((one) => [one.name, one])));
    const plain = { expression: null, operatorClass: null, collation: null, direction: 'asc', nulls: 'last' };
    expect(indexes.get('by_note')).toMatchObject({
      method: 'btree',
      keys: [{ ...plain, column: null, expression: 'lower(note::text)', direction: 'desc' }],
      include: ['product_id'],
      predicate: 'note IS NOT NULL',
      unique: false,
      valid: true,
    });
    expect(indexes.get('by_name')?.keys).toEqual([
      { ...plain, column: 'name', operatorClass: 'text_pattern_ops', collation: '"C"' },
      { ...plain, column: 'id', direction: 'desc', nulls: 'first' },
    ]);
    expect(indexes.get('by_doc')).toMatchObject({
      method: 'gin',
      keys: [{ ...plain, column: 'doc', operatorClass: 'jsonb_path_ops' }],
    });
    expect(indexes.get('by_tags')).toMatchObject({ keys: [{ ...plain, column: 'tags' }] });
    expect(indexes.get('product_pkey')).toMatchObject({
      primary: true,
      constraint: 'product_pkey',
      entries: 2000,
    });
    expect(indexes.get('by_lower')?.expressionStatistics).toMatchObject([{ distinct: 10 }]);
    expect(indexes.get('event_2024_at_idx')).toMatchObject({ parent: 'event_at' });
  });

  it('has partitioned tables as what their partitions are together', async () => {
    const catalog = await readCatalog('owner');
    const [whole, ...parts] = ['event', 'event_2024', 'event_2025'].map((name) => tableIn(catalog, name));
    expect(whole).toMatchObject({ kind: 'partitioned', rows: 400, parent: null });
    expect(parts).toMatchObject([
      { kind: 'partition', parent: 'public.event' },
      { kind: 'partition', parent: 'public.event' },
    ]);
    const together = parts.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
    expect(whole?.totalBytes).toBe(together);
  });

  it('keeps the statistics from a role that may not read the rows', async () => {
    const product = tableIn(await readCatalog('monitor'), 'product');
    expect(product.columns.every(({ statistics }) => statistics === null)).toBe(true);
    expect(product.rows).toBe(2000);
  });

  it('shows who waits for whom as it is: one root, and a migration that makes others queue', async () => {
    const [holder, update, migration, reader] = await Promise.all(
      ['holder', 'update', 'migration', 'reader'].map((name) => server.connect(name)),
    );
    await holder?.query('begin; update shop.product set price = 1 where id = 1');
    const waits: unknown[] = [];
    const start = (client: typeof holder, sql: string): void => {
      waits.push(client?.query(sql).catch(() => undefined));
    };
    const session = await server.open('monitor');
    const forest = async () => {
      const { parts } = await readSnapshot(session, ['activity', 'locks'], Date.now());
      if (!parts.activity.known || !parts.locks.known) throw new Error('not readable');
      return lockForest(parts.locks.value, parts.activity.value);
    };
    start(update, 'update shop.product set price = 2 where id = 1');
    await expect.poll(async () => (await forest()).victims).toBe(1);
    start(migration, 'alter table shop.product add column note text');
    await expect.poll(async () => (await forest()).victims).toBe(2);
    start(reader, 'select count(*) from shop.product');
    await expect.poll(async () => (await forest()).victims).toBe(3);
    const drawn = ({ application, victims, wait, amplifier }: LockNode): unknown => [
      application,
      wait === null
        ? null
        : `${wait.mode} on ${wait.object}${wait.soft ? ', queues' : ''}${amplifier ? ', amplifier' : ''}`,
      victims.map(drawn),
    ];
    expect((await forest()).roots.map(drawn)).toEqual([
      [
        'holder',
        null,
        [
          ['update', 'ShareLock on shop.product', []],
          [
            'migration',
            'AccessExclusiveLock on shop.product, amplifier',
            [['reader', 'AccessShareLock on shop.product, queues', []]],
          ],
        ],
      ],
    ]);
    await holder?.query('rollback');
    await Promise.all(waits);
    await expect.poll(forest).toMatchObject({ roots: [], victims: 0, longestWaitMs: null });
  });
});
