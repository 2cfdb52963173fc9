import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { describeIndex } from '../../_shared/database/index-statement.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import { readShape } from '../../_shared/sql/shape.ts';
import type { TableWrites, Workload } from '../workload.ts';
import { adviseIndexes } from './advise.ts';
import { builtIndexes } from './server-fixture.ts';
import { type Advice, type AdviceOptions, DEFAULT_ADVICE_OPTIONS, type IndexUsage } from './types.ts';

let server: RunningPostgres;
let client: Client;
let catalog: Catalog;

beforeAll(async () => {
  server = await startPostgres({ settings: { autovacuum: 'off' } });
  client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`
    CREATE TABLE tasks (id int PRIMARY KEY, tenant_id int NOT NULL, state text NOT NULL, touched_at timestamptz NOT NULL,
      created_at timestamptz NOT NULL, deleted_at timestamptz, title text NOT NULL);
    INSERT INTO tasks SELECT n, n % 300, (ARRAY['todo','doing','done'])[1 + n % 3],
      timestamptz '2026-01-01' + (hashint4(n) & 65535) * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute',
      CASE WHEN n % 10 > 0 THEN now() END, repeat(md5(n::text), 3) FROM generate_series(1, 40000) n;
    CREATE TABLE small (id int PRIMARY KEY, name text);
    INSERT INTO small SELECT n, 'n' || n FROM generate_series(1, 20) n;
    CREATE INDEX tasks_title ON tasks (title);
    CREATE INDEX tasks_pkey_twin ON tasks (id);`);
  await client.query('VACUUM ANALYZE');
  const { signal } = new AbortController();
  const session = await createSqlConnector().open(server.url, { statementTimeoutMs: 5_000, signal });
  const { parts } = await readSnapshot(session, ['catalog'], 0);
  await session.close();
  if (!parts.catalog.known) throw new Error(parts.catalog.reason);
  catalog = parts.catalog.value;
}, 60_000);
afterAll(async () => {
  await client.end();
  await server.stop();
});

async function workloadOf(
  queries: Readonly<Record<string, number>>,
  writes: Readonly<Record<string, TableWrites>> = {},
): Promise<Workload> {
  const shaped = Object.entries(queries).map(async ([sql, totalMs]) => ({
    shape: await readShape(sql, catalog),
    texts: [sql],
    calls: 100,
    totalMs,
    meanMs: totalMs / 100,
    rows: 1_000,
    sharedBuffers: 0,
    exactness: 'exact' as const,
    origins: [],
  }));
  return {
    fromMs: 0,
    toMs: 60_000,
    queries: await Promise.all(shaped),
    leftOut: [],
    writes: new Map(Object.entries(writes)),
  };
}

async function advise(
  workload: Workload,
  options: Partial<AdviceOptions> = {},
  usage: IndexUsage | null = null,
): Promise<Advice> {
  const whatIf = builtIndexes(client);
  try {
    return await adviseIndexes({
      workload,
      catalog,
      whatIf,
      options: { ...DEFAULT_ADVICE_OPTIONS, ...options },
      usage,
      signal: new AbortController().signal,
      // A clock that stands still: no deadline comes.
      nowMs: () => 0,
    });
  } finally {
    await whatIf.close();
  }
}

const FEED =
  'SELECT id FROM tasks WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT $2';
const BY_STATE = 'SELECT count(*) FROM tasks WHERE state = $1';
const BY_TOUCH = 'SELECT id, title FROM tasks WHERE touched_at > $1';

describe('adviseIndexes', () => {
  it('finds a partial index in the order that is asked for, the same in every run', async () => {
    const workload = await workloadOf({ [FEED]: 5_000, 'SELECT * FROM tasks WHERE id = $1': 100 });
    const first = await advise(workload, { drop: false });
    expect(first.creates.map(({ index }) => describeIndex(index))).toEqual([
      expect.stringMatching(
        /^public\.tasks USING btree \(tenant_id, created_at DESC\)( INCLUDE \(id\))? WHERE \(deleted_at IS NULL\)$/,
      ),
    ]);
    expect(first.creates[0]?.statement).toMatch(
      /^CREATE INDEX CONCURRENTLY tasks_tenant_id_created_at_partial/,
    );
    expect(first.creates[0]?.gainShare).toBeGreaterThan(0.5);
    expect(first.reasons).toMatchObject([{ code: 'already-served' }]);
    const again = await advise(workload, { drop: false });
    expect(again.creates.map(({ id }) => id)).toEqual(first.creates.map(({ id }) => id));
  }, 60_000);

  it('refuses an index on a column of three values, and on one that is updated all the time, with the reason', async () => {
    const advice = await advise(
      await workloadOf(
        { [BY_STATE]: 1_000, [BY_TOUCH]: 1_000, 'UPDATE tasks SET touched_at = now() WHERE id = $1': 3_000 },
        { 'public.tasks': { inserted: 0, updated: 600_000, hotUpdated: 590_000, deleted: 0 } },
      ).then((workload) => ({
        ...workload,
        queries: workload.queries.map((query) =>
          query.shape.kind === 'update' ? { ...query, rows: 600_000 } : query,
        ),
      })),
      { drop: false },
    );
    expect(advice.creates.filter(({ index }) => index.keys[0]?.column !== 'tenant_id')).toEqual([]);
    expect(advice.refused).toContainEqual(
      expect.objectContaining({
        code: 'not-selective',
        reason: expect.stringContaining('state has 3 values') as string,
      }),
    );
    expect(advice.refused).toContainEqual(
      expect.objectContaining({
        code: 'write-cost',
        reason: expect.stringMatching(/updates of touched_at touch no index today \(HOT\)/) as string,
      }),
    );
  }, 60_000);

  it('says so, too, of a query that is too small a part of all for its plans to be asked for', async () => {
    const update = 'UPDATE tasks SET touched_at = now() WHERE id = $1';
    const advice = await advise(
      await workloadOf(
        { [BY_TOUCH]: 1, [update]: 30_000 },
        { 'public.tasks': { inserted: 0, updated: 600_000, hotUpdated: 590_000, deleted: 0 } },
      ).then((workload) => ({
        ...workload,
        queries: workload.queries.map((query) =>
          query.shape.kind === 'update' ? { ...query, rows: 600_000 } : query,
        ),
      })),
      { drop: false },
    );
    expect(advice.reasons[0]).toMatchObject({
      code: 'write-cost',
      reason: expect.stringMatching(/updates of touched_at .* for at most 1\.0 ms saved/) as string,
    });
    expect(advice.refused).toContainEqual(expect.objectContaining({ code: 'write-cost' }));
  }, 60_000);

  it('has the same index without those updates', async () => {
    const advice = await advise(await workloadOf({ [BY_TOUCH]: 1_000 }), { drop: false });
    expect(advice.creates.map(({ index }) => index.keys[0]?.column)).toEqual(['touched_at']);
  }, 60_000);

  it('says why a query has no advice', async () => {
    const advice = await advise(
      await workloadOf({
        'SELECT * FROM small WHERE name = $1': 100,
        'SELECT * FROM tasks': 100,
        'INSERT INTO small (id, name) VALUES ($1, $2)': 100,
        [FEED]: 2_000,
      }),
      { drop: false, storageBudgetBytes: 1 },
    );
    expect(advice.creates).toEqual([]);
    expect(advice.reasons.map(({ code }) => code)).toEqual([
      'table-too-small',
      'no-condition',
      'writes-only',
      'budget',
    ]);
  }, 60_000);

  it('drops a twin and what nobody uses, and keeps what standbys or too young counters speak for', async () => {
    const workload = await workloadOf({ 'SELECT * FROM tasks WHERE id = $1': 100 });
    const day = 86_400_000;
    const usage = (over: Partial<IndexUsage>): IndexUsage => ({
      sinceMs: 0,
      atMs: 60 * day,
      scans: new Map([['public.tasks_title', 0]]),
      standbys: 'none',
      ...over,
    });
    const dropped = async (over: Partial<IndexUsage>) =>
      (await advise(workload, { create: false }, usage(over))).drops.map(({ name }) => name);
    expect(await dropped({})).toEqual(['public.tasks_pkey_twin', 'public.tasks_title']);
    expect(await dropped({ standbys: 'unknown' })).toEqual(['public.tasks_pkey_twin']);
    expect(await dropped({ sinceMs: 50 * day })).toEqual(['public.tasks_pkey_twin']);
    expect(await dropped({ scans: new Map([['public.tasks_title', 3]]) })).toEqual([
      'public.tasks_pkey_twin',
    ]);
  }, 60_000);
});
