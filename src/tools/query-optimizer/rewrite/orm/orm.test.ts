import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../../../../platform/files.ts';
import type { Origin } from '../../../_shared/database/origin.ts';
import { loadSqlParser } from '../../../_shared/sql/parser.ts';
import { readShape } from '../../../_shared/sql/shape.ts';
import { catalogOf, queryOf, tableOf } from '../../proof/workload-fixture.ts';
import { rewritesOf } from '../rewrites.ts';
import { detectOrm } from './detect.ts';
import { plural, relationName, singular } from './names.ts';
import { relationBehind } from './relation.ts';
import { type Orm, snippetFor } from './snippets.ts';
import { withSource } from './with-source.ts';

const key = (columns: string[], referencedTable: string) => ({
  name: columns.join(),
  columns,
  referencedTable,
  referencedColumns: ['id'],
  onDelete: 'no-action' as const,
});
const CATALOG = catalogOf(
  tableOf('shop_customer', { id: 'integer!' }),
  {
    ...tableOf('shop_order', { id: 'integer!', customer_id: 'integer!' }),
    foreignKeys: [key(['customer_id'], 'public.shop_customer')],
  },
  {
    ...tableOf('shop_orderitem', { id: 'integer!', order_id: 'integer!' }),
    foreignKeys: [key(['order_id'], 'public.shop_order')],
  },
);

describe('names', () => {
  it.each([
    ['orders', 'order'],
    ['categories', 'category'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['people', 'person'],
    ['status', 'status'],
    ['address', 'address'],
  ])('%s is one %s', (many, one) => {
    expect(singular(many)).toBe(one);
  });

  it('knows what a foreign key points to', () => {
    expect(['customer_id', 'customerId', 'parent'].map(relationName)).toEqual([
      'customer',
      'customer',
      'parent',
    ]);
    expect(['category', 'box', 'person', 'order'].map(plural)).toEqual([
      'categories',
      'boxes',
      'people',
      'orders',
    ]);
  });
});

describe('relations', () => {
  it('of what a row of the list points to, and of what points to it', () => {
    expect(relationBehind(CATALOG, { table: 'public.shop_customer', column: 'id', list: null })).toEqual({
      list: 'public.shop_order',
      other: 'public.shop_customer',
      kind: 'one',
      column: 'customer_id',
    });
    expect(
      relationBehind(CATALOG, { table: 'public.shop_orderitem', column: 'order_id', list: null }),
    ).toEqual({
      list: 'public.shop_order',
      other: 'public.shop_orderitem',
      kind: 'many',
      column: 'order_id',
    });
  });

  it('are not guessed', () => {
    expect(relationBehind(CATALOG, { table: 'public.shop_orderitem', column: 'id', list: null })).toBeNull();
    expect(
      relationBehind(CATALOG, { table: 'public.shop_customer', column: 'id', list: 'public.shop_orderitem' }),
    ).toBeNull();
  });
});

describe('snippets', () => {
  const one = {
    list: 'public.orders',
    other: 'public.customers',
    kind: 'one',
    column: 'customer_id',
  } as const;
  const many = {
    list: 'public.orders',
    other: 'public.order_items',
    kind: 'many',
    column: 'order_id',
  } as const;

  it.each<[Orm, string, string]>([
    [
      'prisma',
      'prisma.order.findMany({ include: { customer: true } })',
      'prisma.order.findMany({ include: { orderItems: true } })',
    ],
    ['sequelize', 'Order.findAll({ include: [Customer] })', 'Order.findAll({ include: [OrderItem] })'],
    [
      'typeorm',
      'dataSource.getRepository(Order).find({ relations: { customer: true } })',
      'dataSource.getRepository(Order).find({ relations: { orderItems: true } })',
    ],
    [
      'sqlalchemy',
      'select(Order).options(joinedload(Order.customer))',
      'select(Order).options(selectinload(Order.order_items))',
    ],
    ['activerecord', 'Order.includes(:customer)', 'Order.includes(:order_items)'],
  ])('%s', (orm, toOne, toMany) => {
    expect(snippetFor(orm, one).after).toBe(toOne);
    expect(snippetFor(orm, many).after).toBe(toMany);
  });

  it('django, whose tables carry the name of their app', () => {
    const list = 'public.shop_order';
    expect(snippetFor('django', { ...one, list, other: 'public.shop_customer' }).after).toBe(
      'Order.objects.select_related("customer")',
    );
    expect(snippetFor('django', { ...many, list, other: 'public.shop_orderitem' }).after).toBe(
      'Order.objects.prefetch_related("orderitem_set")',
    );
  });
});

describe('which layer', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rearguard-orm-'));
    await writeFile(join(folder, 'orders.ts'), "import { PrismaClient } from '@prisma/client';\n");
    await writeFile(join(folder, 'plain.ts'), "import { Pool } from 'pg';\n");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const origin = (file: string | null): Origin => ({
    endpoint: 'GET /orders',
    file,
    application: null,
    traceId: null,
    source: 'comment',
  });
  const read = (path: string, maxBytes: number) => systemFiles.readText(join(folder, path), maxBytes);

  it('is what the file imports, else what the comment says, else unknown', async () => {
    expect(await detectOrm([], [origin('orders.ts:12')], read)).toEqual({
      orm: 'prisma',
      place: 'orders.ts:12',
    });
    expect(await detectOrm(["SELECT 1 /*framework='django%3A4.2'*/"], [origin(null)], read)).toEqual({
      orm: 'django',
      place: 'GET /orders',
    });
    expect(
      await detectOrm(["SELECT 'framework=''django'"], [origin('plain.ts:1'), origin('gone.ts')], read),
    ).toBeNull();
  });

  it('gives the batch in its words', async () => {
    const text = 'SELECT id FROM shop_orderitem WHERE order_id = $1';
    const query = queryOf(text, await readShape(text, CATALOG), { origins: [origin('orders.ts:12')] });
    const [rewrite] = rewritesOf(query, CATALOG, await loadSqlParser());
    if (rewrite === undefined) throw new Error('no rewrite');
    const ctx = { files: systemFiles, directory: folder };
    expect(await withSource(ctx, rewrite, CATALOG, 'public.shop_order')).toMatchObject({
      source: {
        orm: 'prisma',
        after: 'prisma.shopOrder.findMany({ include: { shopOrderitems: true } })',
      },
    });
    expect(await withSource({ ...ctx, directory: '/nowhere' }, rewrite, CATALOG, null)).toMatchObject({
      source: null,
    });
  });
});
