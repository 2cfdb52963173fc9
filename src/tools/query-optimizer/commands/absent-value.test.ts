import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { temporaryStores } from '../../../store/store-fixture.ts';
import type { ReportDraft } from '../../define.ts';
import { analyze } from './analyze.ts';
import { testContext } from './command-fixture.ts';
import { recommendations } from './recommendations.ts';

const LATEST = 'SELECT id, created_at FROM orders WHERE status = $1 ORDER BY created_at DESC LIMIT 1';

const stores = temporaryStores();
let server: RunningPostgres;
let owner: Client;

beforeAll(async () => {
  server = await startPostgres({
    settings: { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements' },
  });
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE orders (id int PRIMARY KEY, status text NOT NULL, created_at timestamptz NOT NULL, note text);
    INSERT INTO orders SELECT n, CASE WHEN n % 3 = 0 THEN 'paid' ELSE 'shipped' END,
      timestamptz '2026-01-01' + n * interval '1 minute', repeat('x', 80) FROM generate_series(1, 60000) AS n;
    CREATE INDEX orders_created ON orders (created_at);
  `);
  await owner.query('VACUUM ANALYZE');
}, 60_000);
afterAll(async () => {
  await owner.end();
  await server.stop();
  stores.removeAll();
});

/** The report of a command while the application asks for the latest order of a status. */
async function whileAsking(
  status: string,
  command: typeof analyze | typeof recommendations,
  asked: Record<string, unknown>,
): Promise<ReportDraft> {
  const over = new AbortController();
  async function application(): Promise<void> {
    while (!over.signal.aborted) {
      await owner.query(LATEST, [status]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const busy = application();
  try {
    const ctx = { ...testContext(server.url, { watch: '2s', minTime: '1ms' }), store: stores.open() };
    return await (command.run(ctx, command.input.parse(asked) as never) as Promise<ReportDraft>);
  } finally {
    over.abort();
    await busy;
  }
}

describe('a status that no row has', () => {
  it('makes the planner promise a page where each call reads hundreds: the index is missing', async () => {
    const { findings } = await whileAsking('payment-failed', analyze, { duration: '2s' });
    expect(findings.filter(({ rule }) => rule === 'query-optimizer/missing-index')).toMatchObject([
      {
        subject: { name: 'shop public.orders' },
        fix: { patch: expect.stringMatching(/ON public\.orders USING btree \(status/) as string },
      },
    ]);
  }, 60_000);

  it('has its index proven with a value that is not there', async () => {
    const { data } = await whileAsking('payment-failed', recommendations, {});
    const { databases } = recommendations.data.parse(data);
    expect(databases[0]?.recommendations).toMatchObject([
      { kind: 'create-index', proof: { verdict: 'proven' } },
    ]);
  }, 60_000);

  it('is nothing to worry about when calls ask for one that most rows have', async () => {
    const { findings } = await whileAsking('shipped', analyze, { duration: '2s' });
    expect(findings.filter(({ rule }) => rule === 'query-optimizer/missing-index')).toEqual([]);
  }, 60_000);
});
