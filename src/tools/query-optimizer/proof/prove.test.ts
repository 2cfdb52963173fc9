import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/statistics/random.ts';
import type { Proof, Recommendation } from '../recommendation.ts';
import type { WorkloadQuery } from '../workload.ts';
import { proveRecommendations } from './prove.ts';
import { openTestSandbox, type TestSandbox } from './sandbox-fixture.ts';
import type { ProofOptions } from './types.ts';
import { btree, catalogOf, createIndex, queryOf, shapeOf, tableOf, use } from './workload-fixture.ts';

/** Orders of customer 1 have the lowest ranks: a scan from the highest down meets them last, after reading the table in random order. */
const SET_UP = `
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL,
    created_at timestamptz NOT NULL, rank int NOT NULL, note text);
  INSERT INTO orders SELECT n, CASE WHEN n <= 300 THEN 1 ELSE 2 + (n * 7919) % 2000 END,
    (ARRAY['new', 'paid', 'sent'])[1 + n % 3], timestamptz '2026-01-01' + n * interval '1 minute',
    CASE WHEN n <= 300 THEN -n ELSE hashint4(n) & 1073741823 END, repeat('x', 100)
    FROM generate_series(1, 60000) AS n;
  CREATE INDEX orders_twin ON orders (id);
  CREATE TABLE touched (id int);
  CREATE FUNCTION touch() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO touched VALUES (1) RETURNING 1';
`;

const CATALOG = catalogOf(
  tableOf('orders', {
    id: 'bigint!',
    customer_id: 'bigint!',
    status: 'text!',
    created_at: 'timestamp with time zone!',
  }),
);

const BY_CUSTOMER = queryOf(
  'SELECT * FROM orders WHERE customer_id = $1',
  shapeOf('SELECT orders by customer', ['orders'], [use('orders', 'customer_id', 'equality', '=', 1)]),
);

const OPTIONS: ProofOptions = {
  rounds: 7,
  timeoutMs: 10_000,
  budgetMs: 60_000,
  slower: { ratio: 1.2, ms: 5 },
};

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openTestSandbox(SET_UP);
  await sandbox.analyze();
}, 60_000);
afterAll(() => sandbox.close());

async function prove(
  recommendations: readonly Recommendation[],
  queries: readonly WorkloadQuery[],
  options: Partial<ProofOptions> = {},
): Promise<(Proof | null)[]> {
  const proven = await proveRecommendations({
    recommendations,
    workload: { fromMs: 0, toMs: 1, queries, leftOut: [], writes: new Map() },
    catalog: CATALOG,
    clone: sandbox,
    options: { ...OPTIONS, ...options },
    random: seededRandom(1),
    signal: new AbortController().signal,
    progress: () => undefined,
    monotonicMs: () => performance.now(),
  });
  for (const name of await sandbox.query<{ name: string }>(
    "SELECT indexname::text AS name FROM pg_indexes WHERE indexname LIKE 'rg\\_%'",
  )) {
    await sandbox.execute(`DROP INDEX ${name.name}`);
  }
  return proven.map(({ proof }) => proof);
}

describe('a new index', () => {
  it('is proven by fewer pages and the same rows', async () => {
    const [proof] = await prove([createIndex(btree('orders', 'customer_id'))], [BY_CUSTOMER]);
    expect(proof).toMatchObject({ verdict: 'proven', where: 'a copy for tests', rounds: 7 });
    expect(proof?.reason).toMatch(/^\d+ times fewer pages and .* over 1 query\.$/);
    expect(proof?.sizeBytes).toBeGreaterThan(100_000);
    for (const query of proof?.queries ?? []) {
      expect(query).toMatchObject({ key: 'SELECT orders by customer', sameResult: true });
      expect(query.before.checksum).toBe(query.after.checksum);
      expect(query.after.buffers * 5).toBeLessThan(query.before.buffers);
      expect(query.after.plan.hash).not.toBe(query.before.plan.hash);
    }
  });

  it('is refuted when no plan uses it', async () => {
    const [proof] = await prove([createIndex(btree('orders', 'status'))], [BY_CUSTOMER]);
    expect(proof).toMatchObject({
      verdict: 'refuted',
      reason: 'No query reads fewer pages or is faster with it.',
      queries: [],
    });
  });

  it('is withdrawn when it makes a query slower, and the rest is proven without it', async () => {
    const lowest = queryOf(
      'SELECT * FROM orders WHERE customer_id = 1 ORDER BY rank DESC LIMIT 5',
      shapeOf('SELECT lowest', ['orders'], []),
    );
    const atTime = queryOf(
      'SELECT * FROM orders WHERE created_at = $1',
      shapeOf('SELECT at a time', ['orders'], [use('orders', 'created_at', 'equality', '=', 1)]),
    );
    const proofs = await prove(
      [createIndex(btree('orders', 'rank')), createIndex(btree('orders', 'created_at'))],
      [lowest, atTime],
    );
    expect(proofs).toMatchObject([
      {
        verdict: 'refuted',
        reason: expect.stringMatching(
          /^SELECT lowest becomes slower: .* before, .* after \(the limit is 1\.2 times and 5 ms\)\.$/,
        ) as string,
        queries: [{ sameResult: true }],
      },
      { verdict: 'proven' },
    ]);
  });

  it('is proven when a query only ends with it', async () => {
    const pairs = queryOf(
      'SELECT count(*) FROM orders AS a JOIN orders AS b ON b.customer_id = a.customer_id AND b.created_at > a.created_at WHERE a.id < 2000',
      shapeOf('SELECT pairs', ['orders'], []),
    );
    // Without the index neither a hash nor a merge may help: every order is compared with every other one.
    await sandbox.execute('SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off');
    const [proof] = await prove([createIndex(btree('orders', 'customer_id', 'created_at'))], [pairs], {
      timeoutMs: 1_000,
    });
    await sandbox.execute('RESET ALL');
    expect(proof).toMatchObject({
      verdict: 'proven',
      reason: expect.stringMatching(
        /^SELECT pairs does not finish in time before, and takes .* with it\.$/,
      ) as string,
    });
  });

  it('says so when its queries cannot be run', async () => {
    const unknown = queryOf(
      'SELECT * FROM orders WHERE customer_id = $1 AND to_char(created_at, $2) = $3',
      shapeOf('SELECT orders by text', ['orders'], [use('orders', 'customer_id', 'equality', '=', 1)]),
    );
    const [proof] = await prove([createIndex(btree('orders', 'status'))], [unknown]);
    expect(proof).toMatchObject({
      verdict: 'not-proven',
      reason: '1 query could not be run: nobody knows what values $2 has.',
    });
  });

  it('is not proven when the time is used up', async () => {
    const [proof] = await prove([createIndex(btree('orders', 'customer_id'))], [BY_CUSTOMER], {
      budgetMs: -1,
    });
    expect(proof).toMatchObject({
      verdict: 'not-proven',
      reason: expect.stringContaining('used up') as string,
    });
  });

  it('never runs what writes or is volatile', async () => {
    const update = queryOf(
      'UPDATE orders SET note = NULL WHERE customer_id = $1',
      shapeOf('UPDATE orders', ['orders'], [use('orders', 'customer_id', 'equality', '=', 1)], {
        kind: 'update',
      }),
    );
    const touching = queryOf(
      'SELECT touch() FROM orders WHERE customer_id = $1',
      shapeOf('SELECT touch', ['orders'], [use('orders', 'customer_id', 'equality', '=', 1)], {
        functions: ['touch'],
      }),
    );
    const [proof] = await prove([createIndex(btree('orders', 'customer_id'))], [update, touching]);
    expect(proof).toMatchObject({
      verdict: 'not-proven',
      reason: expect.stringContaining('touch(), which is volatile') as string,
    });
    expect(await sandbox.query('SELECT FROM touched')).toEqual([]);
    expect(await sandbox.query('SELECT FROM orders WHERE note IS NULL')).toEqual([]);
  });
});

describe('an index that is to go', () => {
  const drop = (name: string): Recommendation => ({
    kind: 'drop-index',
    id: name,
    because: 'another one does its work',
    statement: '',
    rollback: '',
    notes: [],
    gainShare: 0,
    proof: null,
    name: `public.${name}`,
    table: 'public.orders',
    coveredBy: null,
    sizeBytes: 1,
    worstRatio: 1,
  });
  const byKey = queryOf(
    'SELECT * FROM orders WHERE id = $1',
    shapeOf('SELECT orders by id', ['orders'], [use('orders', 'id', 'equality', '=', 1)]),
  );

  it('may go when another serves', async () => {
    const [proof] = await prove([drop('orders_twin')], [byKey]);
    expect(proof?.verdict).toBe('proven');
    expect(await sandbox.query("SELECT FROM pg_indexes WHERE indexname = 'orders_twin'")).toHaveLength(1);
  });

  it('stays when a query becomes slower without it', async () => {
    await sandbox.execute('CREATE INDEX orders_customer ON orders (customer_id)');
    const [proof] = await prove([drop('orders_customer')], [BY_CUSTOMER], {
      slower: { ratio: 1.2, ms: 0.5 },
    });
    await sandbox.execute('DROP INDEX orders_customer');
    expect(proof).toMatchObject({
      verdict: 'refuted',
      reason: expect.stringContaining('becomes slower') as string,
    });
  });
});
