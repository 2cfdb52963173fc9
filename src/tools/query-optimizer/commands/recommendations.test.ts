import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { blockSchema } from '../../../core/block.ts';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import type { ReportDraft } from '../../define.ts';
import { testContext } from './command-fixture.ts';
import { recommendations } from './recommendations.ts';

type Data = z.infer<typeof recommendations.data>;

let server: RunningPostgres;
let owner: Client;
/** The application: asks all the time, until the tests are over. */
let busy: Promise<void>;
const over = new AbortController();

beforeAll(async () => {
  server = await startPostgres({
    settings: { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements' },
  });
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, created_at timestamptz NOT NULL, note text);
    INSERT INTO orders SELECT n, (n * 7919) % 5000, timestamptz '2026-01-01' + n * interval '1 minute', repeat('x', 80)
      FROM generate_series(1, 80000) AS n;
    CREATE INDEX orders_created ON orders (created_at);
    CREATE INDEX orders_created_twin ON orders (created_at);
    CREATE TABLE settings (name text PRIMARY KEY, value text);
    INSERT INTO settings VALUES ('a', 'b');
  `);
  await owner.query('VACUUM ANALYZE');
  // What filled the tables is no part of the window.
  await owner.query('SELECT pg_stat_force_next_flush()');
  busy = application();
}, 60_000);
afterAll(async () => {
  over.abort();
  await busy;
  await owner.end();
  await server.stop();
});

async function application(): Promise<void> {
  for (let call = 0; !over.signal.aborted; call += 1) {
    await owner.query('SELECT id, note FROM orders WHERE customer_id = $1', [call % 5_000]);
    await owner.query('SELECT note FROM orders WHERE id = $1', [call]);
    await owner.query('SELECT value FROM settings WHERE value = $1', ['b']);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function run(asked: Record<string, unknown>): Promise<ReportDraft & { data: Data }> {
  const draft = await (recommendations.run(
    testContext(server.url, { watch: '2s', minTime: '1ms' }),
    recommendations.input.parse(asked),
  ) as Promise<ReportDraft>);
  for (const section of draft.sections) expect(blockSchema.safeParse(section).error).toBeUndefined();
  return { ...draft, data: recommendations.data.parse(draft.data) };
}

describe('recommendations', () => {
  it('shows the index that is missing, proven, with the finding that it cures, and the twin that can go', async () => {
    const { data, findings, coverage } = await run({});
    const [database] = data.databases;
    const create = database?.recommendations.find(({ kind }) => kind === 'create-index');
    expect(create).toMatchObject({
      statement: expect.stringMatching(
        /^CREATE INDEX CONCURRENTLY orders_customer_id\w* ON public\.orders USING btree \(customer_id/,
      ) as string,
      rollback: expect.stringMatching(/^DROP INDEX CONCURRENTLY public\.orders_customer_id/) as string,
      proof: { verdict: 'proven' },
    });
    expect(create?.effects[0]).toMatchObject({ planBefore: expect.stringContaining('Seq Scan') as string });
    expect(database?.recommendations.filter(({ kind }) => kind === 'drop-index')).toMatchObject([
      { statement: 'DROP INDEX CONCURRENTLY public.orders_created_twin;' },
    ]);
    expect(findings).toMatchObject([
      {
        rule: 'query-optimizer/missing-index',
        confidence: 'proven',
        fix: { patch: create?.statement },
        check: { command: 'analyze', input: { rule: 'missing-index' } },
      },
    ]);
    const judged = coverage.checked.filter(({ rules }) => rules.includes('query-optimizer/missing-index'));
    expect(judged.map(({ subject }) => subject.name)).toEqual(
      expect.arrayContaining(['shop public.orders', 'shop public.settings']),
    );
    expect(database?.withoutAdvice).toContainEqual(
      expect.objectContaining({ label: 'SELECT settings', code: 'table-too-small' }),
    );
  }, 120_000);

  it('says that estimates are estimates when no copy is made', async () => {
    const { data, findings } = await run({ skipProof: true });
    expect(data.databases[0]?.recommendations[0]?.proof).toBeNull();
    expect(findings).toMatchObject([{ confidence: 'likely' }]);
  }, 120_000);

  it('keeps to a storage budget, and names it as the reason', async () => {
    const { data, findings } = await run({ skipProof: true, storageBudget: '8kB' });
    expect(data.databases[0]?.recommendations.filter(({ kind }) => kind === 'create-index')).toEqual([]);
    expect(data.databases[0]?.withoutAdvice).toContainEqual(expect.objectContaining({ code: 'budget' }));
    expect(findings).toEqual([]);
  }, 120_000);
});
