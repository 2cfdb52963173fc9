import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockSchema } from '../../../core/block.ts';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { openDatabases } from '../../_shared/database/open-databases.ts';
import type { ReportDraft } from '../../define.ts';
import { observe, watchWindow } from '../collect/observe.ts';
import { recommendFor } from '../collect/recommend.ts';
import type { Recommendation } from '../recommendation.ts';
import { testContext } from './command-fixture.ts';
import { prove } from './prove.ts';

const OPTIONS = { watch: '1s', minTime: '1ms' };
let server: RunningPostgres;
let owner: Client;
let url: string;
/** The application: asks all the time, until the tests are over. */
let busy: Promise<void>;
const over = new AbortController();

beforeAll(async () => {
  server = await startPostgres({
    settings: { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements', log_statement: 'all' },
  });
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, created_at timestamptz NOT NULL, note text);
    INSERT INTO orders SELECT n, (n * 7919) % 5000, timestamptz '2026-01-01' + n * interval '1 minute', repeat('x', 80)
      FROM generate_series(1, 80000) AS n;
    CREATE ROLE reader LOGIN PASSWORD 'reader';
    GRANT pg_monitor, pg_read_all_data TO reader;
  `);
  await owner.query('VACUUM ANALYZE');
  // What filled the tables is no part of the window.
  await owner.query('SELECT pg_stat_force_next_flush()');
  const address = new URL(server.url);
  address.username = 'reader';
  address.password = 'reader';
  url = address.href;
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
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function recommended(): Promise<readonly Recommendation[]> {
  const ctx = testContext(url, OPTIONS);
  const opened = await openDatabases(ctx, undefined, { statementTimeoutMs: 5_000 });
  try {
    const [database] = opened.databases;
    if (database === undefined) throw new Error('no database');
    const { observation } = await observe(ctx, database, await watchWindow(ctx, database, 1_000));
    if (observation === null) throw new Error('nothing was seen');
    const { recommendations, advice, notChecked } = await recommendFor(ctx, database, observation);
    if (recommendations.length === 0) {
      throw new Error(`nothing is recommended: ${JSON.stringify([notChecked, advice?.refused])}`);
    }
    return recommendations;
  } finally {
    await opened.close();
  }
}

async function run(recommendation: string, options: Record<string, unknown> = {}): Promise<ReportDraft> {
  const draft = await (prove.run(
    testContext(url, { ...OPTIONS, ...options }),
    prove.input.parse({ recommendation }),
  ) as Promise<ReportDraft>);
  expect(prove.data.safeParse(draft.data).error).toBeUndefined();
  for (const section of draft.sections) expect(blockSchema.safeParse(section).error).toBeUndefined();
  return draft;
}

describe('prove', () => {
  it('builds the index in a copy, and shows each query before and after', async () => {
    const index = (await recommended()).find(({ kind }) => kind === 'create-index');
    const draft = await run(index?.id ?? '');
    expect(draft).toMatchObject({
      status: 'pass',
      summary: expect.stringMatching(
        /^Proven: index on public\.orders USING btree \(customer_id.*pages/,
      ) as string,
      data: {
        kind: 'create-index',
        statement: expect.stringContaining('CONCURRENTLY') as string,
        proof: {
          verdict: 'proven',
          where: expect.stringMatching(/^a copy of 1 table \(80,000 rows\) in PostgreSQL 18/) as string,
        },
      },
    });
    const { rows } = await owner.query("SELECT FROM pg_indexes WHERE tablename = 'orders'");
    expect(rows).toHaveLength(1);
  }, 120_000);

  it('is unknown without consent to a copy, and says how to give it', async () => {
    const index = (await recommended()).find(({ kind }) => kind === 'create-index');
    const draft = await run(index?.id ?? '', { proof: { clone: 'never' } });
    expect(draft).toMatchObject({ status: 'unknown', data: { proof: null } });
    expect(draft.coverage.notChecked).toContainEqual(
      expect.objectContaining({ reason: 'Nothing was proven: the config forbids copies of rows.' }),
    );
  }, 120_000);

  it('says what there is when the id is of none', async () => {
    await expect(run('00000000')).rejects.toMatchObject({
      code: 'E_NOTHING_TO_CHECK',
      hint: expect.stringContaining('index on public.orders') as string,
    });
  }, 120_000);
});
