import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { GATE_SETUP, HONEST_SQL, HOSTILE_SQL } from './gate-cases-fixture.ts';
import { assertReadOnlySelect } from './gate.ts';

let server: RunningPostgres;
let owner: Client;
let session: SqlSession;

beforeAll(async () => {
  server = await startPostgres();
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(GATE_SETUP);
  const url = new URL(server.url);
  url.username = 'analyst';
  url.password = 'analyst';
  const { signal } = new AbortController();
  session = await createSqlConnector().open(url.href, { statementTimeoutMs: 5_000, signal });
}, 60_000);
afterAll(async () => {
  await session.close();
  await owner.end();
  await server.stop();
});

describe('the gate', () => {
  it.each(HOSTILE_SQL)('refuses %s', async (sql) => {
    await expect(assertReadOnlySelect(sql, session)).rejects.toMatchObject({
      code: expect.stringMatching(/^E_SQL_(UNSAFE|SYNTAX)$/) as string,
    });
  });

  it.each(HONEST_SQL)('accepts %s, and it runs', async (sql) => {
    const { text } = await assertReadOnlySelect(sql, session);
    expect(Array.isArray(await session.query(text))).toBe(true);
  });

  it('hands on what EXPLAIN explains', async () => {
    expect((await assertReadOnlySelect('explain (verbose) select 1 as one', session)).text).toBe(
      'SELECT 1 AS one',
    );
  });

  it('does not trust backslashes where the server reads strings in another way', async () => {
    await owner.query('alter role analyst set standard_conforming_strings = off');
    const url = new URL(server.url);
    url.username = 'analyst';
    url.password = 'analyst';
    const { signal } = new AbortController();
    const other = await createSqlConnector().open(url.href, { statementTimeoutMs: 5_000, signal });
    // The server would see a string of one quote and then a call.
    await expect(assertReadOnlySelect(`select '\\'' , pg_sleep(60) --'`, other)).rejects.toThrow(
      'standard_conforming_strings',
    );
    await other.close();
    await owner.query('alter role analyst reset standard_conforming_strings');
  });

  it('names the reason', async () => {
    await expect(assertReadOnlySelect('select touch()', session)).rejects.toThrow(
      'the function touch is volatile',
    );
    await expect(assertReadOnlySelect('select nobody(1)', session)).rejects.toThrow('no function nobody');
  });
});
