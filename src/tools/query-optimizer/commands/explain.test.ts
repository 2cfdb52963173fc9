import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockSchema } from '../../../core/block.ts';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import type { ReportDraft } from '../../define.ts';
import { testContext } from './command-fixture.ts';
import { explain } from './explain.ts';

let server: RunningPostgres;
let folder: string;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-explain-'));
  server = await startPostgres({
    settings: { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements' },
  });
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(
    `
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, total numeric, created_at timestamptz NOT NULL);
    INSERT INTO orders SELECT n, n % 5000, n, timestamptz '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 100000) AS n;
    CREATE TABLE touched (id int);
    CREATE FUNCTION touch() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO touched VALUES (1) RETURNING 1';
    CREATE ROLE reader LOGIN PASSWORD 'reader';
    GRANT pg_monitor, pg_read_all_data TO reader;
    SELECT count(*) FROM orders WHERE customer_id = 77;
  `.replace('VACUUM ANALYZE;', ''),
  );
  await owner.query('VACUUM ANALYZE');
  await owner.query('SELECT total FROM orders WHERE customer_id = $1', [77]);
  await owner.end();
  const address = new URL(server.url);
  address.username = 'reader';
  address.password = 'reader';
  url = address.href;
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(query: string, more: Record<string, unknown> = {}): Promise<ReportDraft> {
  const input = explain.input.parse({ query, ...more });
  const draft = await (explain.run(testContext(url), input) as Promise<ReportDraft>);
  expect(explain.data.safeParse(draft.data).error).toBeUndefined();
  for (const section of draft.sections) expect(blockSchema.safeParse(section).error).toBeUndefined();
  return draft;
}

describe('explain', () => {
  it('plans for a value not known, says what stands out, and what would help', async () => {
    const draft = await run('SELECT * FROM orders WHERE customer_id = ?');
    expect(draft.data).toMatchObject({
      query: 'SELECT * FROM orders WHERE customer_id = $1',
      generic: true,
      executed: null,
      notes: [
        expect.stringMatching(/^public\.orders is read whole, some 100,000 rows, for an estimated \d+\.$/),
      ],
    });
    expect(draft.sections[0]).toMatchObject({
      kind: 'tree',
      roots: [{ label: expect.stringContaining('Seq Scan on public.orders') as string }],
    });
    expect(draft.data).toMatchObject({
      indexes: [{ statement: expect.stringContaining('(customer_id)') as string }],
    });
  });

  it('takes values, files, and keys of queries that the server has seen', async () => {
    const path = join(folder, 'report.sql');
    await writeFile(path, 'SELECT * FROM orders WHERE id = :id;\n');
    expect((await run(path, { values: ['5'] })).data).toMatchObject({ generic: false, notes: [] });
    const { key } = (await run('SELECT total FROM orders WHERE customer_id = $1')).data as { key: string };
    expect((await run(key.slice(0, 8))).data).toMatchObject({
      query: 'SELECT total FROM orders WHERE customer_id = $1',
    });
  });

  it('shows how it could be written', async () => {
    const draft = await run("SELECT * FROM orders WHERE created_at::date = '2026-01-05'");
    expect(draft.data).toMatchObject({
      rewrites: [{ rule: 'query-optimizer/function-on-column' }],
    });
  });

  it.each([
    ['a write', 'DELETE FROM orders', 'E_SQL_UNSAFE'],
    ['a volatile function', 'SELECT touch()', 'E_SQL_UNSAFE'],
    ['two statements', 'SELECT 1; SELECT 2', 'E_SQL_UNSAFE'],
    ['what is no SQL', 'SELECT FROM WHERE', 'E_SQL_SYNTAX'],
    ['a file that is not there', 'nowhere.sql', 'E_USAGE'],
  ])('refuses %s', async (_, sql, code) => {
    await expect(run(sql)).rejects.toMatchObject({ code });
  });

  it('wants as many values as there are placeholders', async () => {
    await expect(run('SELECT * FROM orders WHERE id = $1', { values: ['1', '2'] })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'The query has 1 placeholder, and 2 values were given.',
    });
  });
});
