import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from './start.ts';
import type { FaultName } from './faults.ts';
import { type ShopUnderTest, startShop } from './test-support.ts';

let shop: ShopUnderTest;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  await shop.stop();
});
afterEach(async () => {
  await shop.demo.setFaults([]);
});

async function rows<Row extends Record<string, unknown>>(sql: string): Promise<Row[]> {
  return (await shop.database.query<Row>(sql)).rows;
}

async function one(sql: string): Promise<unknown> {
  return Object.values((await rows(sql))[0] ?? {})[0];
}

const set = (...names: FaultName[]): Promise<void> => shop.demo.setFaults(names);

/** How often statements that begin like this were run, by the server's own count. */
async function calls(beginning: string): Promise<number> {
  const sql = 'select coalesce(sum(calls), 0)::int as n from pg_stat_statements where query like $1';
  const found = await shop.database.query<{ n: number }>(sql, [`${beginning}%`]);
  return found.rows[0]?.n ?? 0;
}

describe('faults of queries', () => {
  it('n-plus-one asks once for each product of a page', async () => {
    await shop.monitor('/api/products');
    expect(await calls('select sum(i.quantity) as sold')).toBe(0);
    await set('n-plus-one');
    await shop.monitor('/api/products');
    expect(await calls('select sum(i.quantity) as sold')).toBe(21);
  });

  it('composite-index and deep-offset add their query to one route', async () => {
    await set('composite-index', 'deep-offset');
    await shop.monitor('/api/orders');
    await shop.monitor('/api/search?q=lamp');
    expect(await calls('select o.id, o.created_at from orders o where o.status')).toBe(1);
    expect(await calls('select o.id, o.total_cents, o.created_at from orders o order by')).toBe(1);
  });

  it('leave in the statistics which route they serve', async () => {
    await shop.monitor('/api/orders');
    const found = await rows<{ query: string }>(
      "select query from pg_stat_statements where query like '%o.user_id = $1 order by o.created_at%'",
    );
    expect(found.map(({ query }) => query)).toContainEqual(
      expect.stringContaining("route='GET%20%2Fapi%2Forders'*/"),
    );
  });
});

describe('faults of the schema', () => {
  const indexes = async (): Promise<string[]> =>
    (
      await rows(
        "select indexname from pg_indexes where schemaname = 'public' and tablename <> 'price_history'",
      )
    )
      .map(({ indexname }) => String(indexname))
      .toSorted();

  it('take an index away or add one, and leave the schema as it was', async () => {
    const before = await indexes();
    expect(before).toContain('orders_user_id_created_at');
    await set('missing-index', 'unused-index', 'duplicate-index');
    const during = await indexes();
    expect(during).not.toContain('orders_user_id_created_at');
    expect(during).toEqual(expect.arrayContaining(['order_items_price_cents', 'order_items_of_product']));
    await set();
    expect(await indexes()).toEqual(before);
  });

  it('stale-statistics: the planner knows a fortieth of the rows', async () => {
    await set('stale-statistics');
    const known = Number(await one("select reltuples from pg_class where relname = 'price_history'"));
    expect(Number(await one('select count(*) from price_history'))).toBe(41 * known);
    await set();
    expect(await one("select to_regclass('price_history')")).toBeNull();
  });

  it('bloat: the file stays large when most rows are gone', async () => {
    const before = Number(await one("select pg_relation_size('audit_log')"));
    await set('bloat');
    const rowsLeft = Number(await one('select count(*) from audit_log'));
    expect(rowsLeft).toBeLessThan(20_000);
    expect(Number(await one("select pg_relation_size('audit_log')"))).toBeGreaterThan(10_000_000);
    await set();
    expect(Number(await one("select pg_relation_size('audit_log')"))).toBeLessThanOrEqual(before + 8_192);
  });

  it('sequence-overflow: new keys are near the end, and are not any more afterwards', async () => {
    await set('sequence-overflow');
    await shop.database.query("insert into audit_log (action) values ('tested')");
    expect(Number(await one('select max(id) from audit_log'))).toBeGreaterThanOrEqual(1_950_000_000);
    await set();
    await shop.database.query("insert into audit_log (action) values ('tested')");
    expect(Number(await one('select max(id) from audit_log'))).toBeLessThan(1_000_000);
  });
});

describe('faults of the worker', () => {
  const workers = (condition: string): Promise<unknown> =>
    one(`select count(*)::int from pg_stat_activity where application_name = 'shop-worker' and ${condition}`);

  it('lock-chain: one holds a row and does nothing, two wait for it', async () => {
    await set('lock-chain');
    await expect.poll(() => workers("wait_event_type = 'Lock'")).toBe(2);
    expect(await workers("state = 'idle in transaction'")).toBe(1);
    await set();
    await expect.poll(() => workers("wait_event_type = 'Lock' or state = 'idle in transaction'")).toBe(0);
  });

  it('idle-in-transaction and connection-leak end with the fault', async () => {
    await set('idle-in-transaction', 'connection-leak');
    expect(await workers("state = 'idle in transaction'")).toBe(1);
    await expect.poll(() => workers("state = 'idle'"), { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
    await set();
    // Its housekeeping keeps one.
    await expect.poll(() => workers('true')).toBe(1);
  });

  it('cache-miss and slow-report keep asking', async () => {
    await set('cache-miss', 'slow-report');
    await expect
      .poll(() => calls('select picture from product_media'), { timeout: 20_000 })
      .toBeGreaterThan(20);
    await expect.poll(() => calls('select p.category, date_trunc'), { timeout: 20_000 }).toBeGreaterThan(1);
    await set();
    expect(await one("select to_regclass('product_media')")).toBeNull();
  });
});

describe('the role that only looks', () => {
  it('reads everything and writes nothing', async () => {
    const demo = await startDemo({ scale: 0.02, traffic: false, quiet: true });
    const client = new Client({ connectionString: await readFile(demo.databaseUrlPath, 'utf8') });
    await client.connect();
    try {
      const role = await client.query('select rolsuper from pg_roles where rolname = current_user');
      expect(role.rows).toEqual([{ rolsuper: false }]);
      expect((await client.query('select count(*) from pg_stats')).rowCount).toBe(1);
      await expect(client.query('delete from audit_log')).rejects.toThrow('permission denied');
    } finally {
      await client.end();
      await demo.stop();
    }
  });
});
