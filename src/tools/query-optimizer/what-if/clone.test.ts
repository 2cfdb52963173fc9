import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clone } from './clone-types.ts';
import { openClone } from './clone.ts';
import { indexOn, openTestSource, type TestSource } from './source-fixture.ts';
import { AS_IT_IS } from './types.ts';

const TABLES = ['public.customer', 'public.orders', 'public.events'];

let source: TestSource;
let clone: Clone;

async function cloneOf(maxBytes: number): Promise<Clone> {
  const target = { kind: 'database' as const, name: 'shop', url: source.url };
  return openClone(source.context, target, source.session, await source.catalog(), {
    tables: TABLES,
    maxBytes,
  });
}

beforeAll(async () => {
  source = await openTestSource();
  clone = await cloneOf(1_000_000_000);
});
afterAll(async () => {
  await clone.close();
  await source.close();
});

const DIGEST = (table: string): string => `
  SELECT coalesce(sum(('x' || left(md5(result::text), 15))::bit(60)::bigint), 0)::text AS digest FROM ${table} AS result`;

describe('a clone', () => {
  it('has the same rows as its source, to the last character', async () => {
    for (const table of ['customer', 'orders', 'events']) {
      const { rows } = await source.owner.query<{ digest: string }>(DIGEST(table));
      expect((await clone.checksum(`SELECT * FROM ${table};`)).digest).toBe(rows[0]?.digest);
    }
    expect(clone).toMatchObject({ kind: 'clone', limits: [], sampled: [], rows: 55_000 });
    expect(clone.describe()).toMatch(/^a copy of 3 tables \(55,000 rows\) in PostgreSQL 18\.\d/);
  });

  it('tells results in another order apart only where order counts', async () => {
    const [up, down] = ['SELECT id FROM orders ORDER BY id', 'SELECT id FROM orders ORDER BY id DESC'];
    expect(await clone.checksum(up)).toEqual(await clone.checksum(down));
    expect(await clone.checksum(up, { ordered: true })).not.toEqual(
      await clone.checksum(down, { ordered: true }),
    );
  });

  it('measures with indexes that are really built', async () => {
    const sql = 'SELECT * FROM orders WHERE customer_id = 17';
    const index = indexOn('orders', ['customer_id']);
    const before = await clone.explainAnalyze(sql);
    expect(before.root).toMatchObject({ type: 'Seq Scan', actualRows: 6 });
    const planned = await clone.plan(sql, { add: [index], hide: [] });
    expect(planned.root.type).not.toBe('Seq Scan');
    expect((await clone.plan(sql, AS_IT_IS)).root.type).toBe('Seq Scan');
    const built = await clone.createIndex(index);
    expect(built.bytes).toBe(await realBytes(built.name));
    await clone.analyze('public.orders');
    const after = await clone.explainAnalyze(sql);
    expect(after.root.sharedHit).toBeLessThan((before.root.sharedHit ?? 0) / 10);
    await clone.dropIndex(built.name);
    expect((await clone.explainAnalyze(sql)).root.type).toBe('Seq Scan');
  });

  async function realBytes(name: string): Promise<number> {
    const [row] = await clone.query<{ bytes: number }>(
      'SELECT pg_relation_size($1::regclass)::int AS bytes',
      [name],
    );
    return row?.bytes ?? 0;
  }

  it('plans generically and without an index that is there', async () => {
    const sql = 'SELECT * FROM orders WHERE id = $1';
    expect((await clone.plan(sql, AS_IT_IS, { generic: true })).root.index).toBe('orders_pkey');
    const hidden = { add: [], hide: ['public.orders_pkey'] };
    expect((await clone.plan(sql, hidden, { generic: true })).root.index).toBeNull();
    expect((await clone.plan(sql, AS_IT_IS, { generic: true })).root.index).toBe('orders_pkey');
  });

  it('ends what takes too long, and refuses what the server refuses', async () => {
    await expect(clone.explainAnalyze('SELECT pg_sleep(30)', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'E_TIMEOUT',
    });
    await expect(clone.explainAnalyze('SELECT nothing')).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    await expect(clone.execute(`COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
  });

  it('copies a part where all is too much, such that joins keep matching', async () => {
    const part = await cloneOf(2_000_000);
    const orders = part.sampled.find(({ table }) => table === 'public.orders');
    expect(orders?.share).toBeGreaterThan(0.1);
    expect(orders?.share).toBeLessThan(0.9);
    const [orphans] = await part.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM orders AS o WHERE NOT EXISTS (SELECT FROM customer AS c WHERE c.id = o.customer_id)',
    );
    expect(orphans?.count).toBe(0);
    const [each] = await part.query<{ counts: number[] }>(
      'SELECT array_agg(DISTINCT n)::int[] AS counts FROM (SELECT count(*) AS n FROM orders GROUP BY customer_id) AS c',
    );
    expect(each?.counts).toEqual([6]);
    await part.close();
  });

  it('leaves no transaction open on the source and changes nothing there', async () => {
    const { rows } = await source.owner.query(
      `SELECT count(*)::int AS open FROM pg_stat_activity WHERE usename = 'watcher' AND state LIKE 'idle in transaction%'`,
    );
    expect(rows).toEqual([{ open: 0 }]);
  });
});
