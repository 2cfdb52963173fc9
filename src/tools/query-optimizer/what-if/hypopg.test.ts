import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createSandboxes } from '../../../platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import {
  hypopgInstalled,
  runDebianSql,
  startDebianPostgres,
} from '../../../platform/test-support/debian-servers.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { usedIndexes } from '../../_shared/database/plan-walk.ts';
import { hypotheticalName } from './hypothetical.ts';
import { openWhatIf } from './open.ts';
import { indexOn, readCatalog } from './source-fixture.ts';
import { AS_IT_IS, type WhatIf } from './types.ts';

const isHere = hypopgInstalled();

describe.skipIf(!isHere)('HypoPG in a database that has it', () => {
  let server: RunningProgram;
  let session: SqlSession;
  let catalog: Catalog;
  let whatIf: WhatIf;

  beforeAll(async () => {
    server = await startDebianPostgres({ settings: { autovacuum: 'off' } });
    await runDebianSql(
      server,
      `CREATE EXTENSION hypopg;
       CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, deleted_at timestamptz, note text);
       INSERT INTO orders SELECT n, n % 500, CASE WHEN n % 10 > 0 THEN now() END, md5(n::text) FROM generate_series(1, 50000) AS n;
       ANALYZE orders;
       CREATE ROLE reader LOGIN;
       GRANT pg_monitor, pg_read_all_data TO reader`,
    );
    const url = `postgresql://reader@127.0.0.1:${server.port}/postgres`;
    const { signal } = new AbortController();
    const sql = createSqlConnector();
    session = await sql.open(url, { statementTimeoutMs: 10_000, signal });
    catalog = await readCatalog(session);
    const opened = await openWhatIf(
      { sandboxes: createSandboxes(process.cwd()), sql, clock: systemClock, signal },
      { kind: 'database', name: 'shop', url },
      session,
      catalog,
      { backEnd: 'hypopg' },
    );
    if (opened.whatIf === null) throw new Error(JSON.stringify(opened.waits));
    whatIf = opened.whatIf;
  });
  afterAll(async () => {
    await whatIf.close();
    await session.close();
    await server.stop();
  });

  const index = indexOn('orders', ['customer_id']);
  const SQL = 'SELECT * FROM orders WHERE customer_id = $1';

  it('plans with indexes that are not there, in a session that only reads', async () => {
    const plans = [
      await whatIf.plan(SQL, AS_IT_IS, { generic: true }),
      await whatIf.plan(SQL, { add: [index], hide: [] }, { generic: true }),
      await whatIf.plan('SELECT * FROM orders WHERE customer_id = 7', { add: [index], hide: [] }),
      await whatIf.plan(SQL, AS_IT_IS, { generic: true }),
    ];
    const name = hypotheticalName(index);
    expect(plans.map(({ root }) => usedIndexes(root))).toEqual([[], [name], [name], []]);
    expect(plans[3]?.hash).toBe(plans[0]?.hash);
  });

  it('is asked for partial indexes, and sizes come from our own formula', async () => {
    const partial = indexOn('orders', ['id'], { predicate: 'deleted_at IS NULL' });
    expect(await whatIf.sizeOf(partial)).toBeLessThan((await whatIf.sizeOf(indexOn('orders', ['id']))) / 5);
    const plan = await whatIf.plan('SELECT id FROM orders WHERE deleted_at IS NULL ORDER BY id LIMIT 5', {
      add: [partial],
      hide: [],
    });
    expect(usedIndexes(plan.root)).toHaveLength(1);
  });

  it('says what it cannot do: hide an index before 1.4, GIN, and what the server refuses', async () => {
    expect(whatIf.supports(indexOn('orders', ['note'], { method: 'gin' }))).toBe(false);
    expect(whatIf.limits.join(' ')).toContain('cannot hide an index');
    const refused = { code: 'E_SQL_REFUSED' };
    await expect(
      whatIf.plan(SQL, { add: [], hide: ['public.orders_pkey'] }, { generic: true }),
    ).rejects.toMatchObject(refused);
    await expect(whatIf.plan('SELECT nothing', AS_IT_IS)).rejects.toMatchObject(refused);
    await expect(
      whatIf.plan(SQL, { add: [indexOn('orders', ['nothing'])], hide: [] }, { generic: true }),
    ).rejects.toMatchObject(refused);
  });
});
