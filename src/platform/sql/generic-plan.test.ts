import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../postgres/embedded.ts';
import { explainGeneric } from './generic-plan.ts';
import { createSqlConnector } from './postgres.ts';
import type { SqlSession } from './types.ts';

let server: RunningPostgres;
let owner: Client;
let session: SqlSession;

beforeAll(async () => {
  server = await startPostgres();
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    create table visit (id int primary key, page text not null);
    insert into visit select n, 'page ' || n % 100 from generate_series(1, 5000) n;
    create index visit_page on visit (page);
    analyze visit`);
  session = await createSqlConnector().open(server.url, {
    statementTimeoutMs: 5_000,
    signal: new AbortController().signal,
  });
});
afterAll(async () => {
  await session.close();
  await owner.end();
  await server.stop();
});

const text = (document: unknown): string => JSON.stringify(document);

describe('generic plans', () => {
  it('are made without values, for one statement, and run nothing', async () => {
    const plan = text(await session.genericPlan?.('select id from visit where page = $1 limit $2'));
    expect(plan).toContain('"Index Name":"visit_page"');
    expect(plan).toContain('page = $1');
    const writing = text(await session.genericPlan?.('delete from visit where id = $1 returning id'));
    expect(writing).toContain('visit_pkey');
    expect((await owner.query('select count(*)::int as count from visit')).rows).toEqual([{ count: 5000 }]);
  });

  it.each([
    'select 1; drop table visit',
    'select 1; commit; drop table visit',
    'select $1; select $2',
    'analyze select 1',
    'vacuum visit',
    'select broken from visit where id = $1',
  ])('are refused for %s', async (sql) => {
    await expect(session.genericPlan?.(sql)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    expect((await owner.query("select to_regclass('visit') is not null as there")).rows).toEqual([
      { there: true },
    ]);
  });

  it('leave the session as it was', async () => {
    await session.genericPlan?.('select id from visit where id = $1');
    expect(await session.query('select count(*)::int as count from visit')).toEqual([{ count: 5000 }]);
  });

  it('are made by a prepared statement where the server is older than 16', async () => {
    await owner.query('begin read only');
    const plan = text(
      await explainGeneric(owner, "select id from visit where page = $1 and page <> '$9'", 15),
    );
    expect(plan).toContain('"Index Name":"visit_page"');
    await owner.query('rollback');
    expect((await owner.query('select name from pg_prepared_statements')).rows).toEqual([]);
  });
});
