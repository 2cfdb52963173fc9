import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../postgres/embedded.ts';
import { createSqlConnector } from './postgres.ts';
import type { SqlSession } from './types.ts';

let server: RunningPostgres;
let owner: Client;
let session: SqlSession;
const never = new AbortController().signal;
const options = { statementTimeoutMs: 5_000, signal: never };

beforeAll(async () => {
  server = await startPostgres();
  owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    create table product (id int primary key, name text);
    insert into product values (1, 'lamp'), (2, 'desk');
    create sequence counter;
    create function add_product() returns int language plpgsql as
      $$ begin insert into product values (9, 'x'); return 9; end $$;
    create function lift_and_add() returns int language plpgsql as
      $$ begin set transaction read write; insert into product values (9, 'x'); return 9; end $$;
    create function lift_by_setting() returns int language plpgsql as
      $$ begin perform set_config('transaction_read_only', 'off', true); insert into product values (9, 'x'); return 9; end $$;
    create procedure commit_and_add(inout done int) language plpgsql as
      $$ begin commit; insert into product values (9, 'x'); done := 1; end $$;
  `);
  session = await createSqlConnector().open(server.url, options);
});
afterAll(async () => {
  await session.close();
  await owner.end();
  await server.stop();
});

async function products(): Promise<unknown[]> {
  return (await owner.query('select id, name from product order by id')).rows;
}

describe('reading', () => {
  it('runs queries with parameters, also side by side', async () => {
    const names = await Promise.all(
      [1, 2].map((id) => session.query<{ name: string }>('select name from product where id = $1', [id])),
    );
    expect(names).toEqual([[{ name: 'lamp' }], [{ name: 'desk' }]]);
    expect(await session.query('explain (format json) select * from product')).toHaveLength(1);
    expect(await session.query('with p as (select 1 as one) table p')).toEqual([{ one: 1 }]);
    expect(session.serverVersion).toMatch(/^\d+\.\d+$/);
  });

  it('shows itself by name and with its limits', async () => {
    expect(await session.query('show application_name')).toEqual([{ application_name: 'rearguard' }]);
    expect(await session.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
    expect(await session.query('show lock_timeout')).toEqual([{ lock_timeout: '500ms' }]);
    expect(await session.query('show idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: '10s' },
    ]);
    expect(await session.query('show default_transaction_read_only')).toEqual([
      { default_transaction_read_only: 'on' },
    ]);
  });

  it('lets nothing in the URL override its limits, and keeps what else it says', async () => {
    const url = new URL(server.url);
    url.searchParams.set('options', '-c default_transaction_read_only=off -c search_path=elsewhere');
    url.searchParams.set('statement_timeout', '0');
    const other = await createSqlConnector().open(url.href, options);
    expect(await other.query('show default_transaction_read_only')).toEqual([
      { default_transaction_read_only: 'on' },
    ]);
    expect(await other.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
    expect(await other.query('show search_path')).toEqual([{ search_path: 'elsewhere' }]);
    await other.close();
  });
});

describe('statements over the catalogue', () => {
  it('see nothing but the catalogue, and leave that to the next statement', async () => {
    const inCatalog = { catalog: true, timeoutMs: 700 };
    expect(await session.query('show search_path', [], inCatalog)).toEqual([
      { search_path: 'pg_catalog, pg_temp' },
    ]);
    expect(await session.query('show statement_timeout', [], inCatalog)).toEqual([
      { statement_timeout: '700ms' },
    ]);
    await expect(session.query('select * from product', [], inCatalog)).rejects.toThrow('does not exist');
    expect(await session.query('show search_path')).toEqual([{ search_path: '"$user", public' }]);
  });

  it('are marked as ours', async () => {
    const [row] = await session.query<{ query: string }>(
      'select query from pg_stat_activity where pid = pg_backend_pid()',
    );
    expect(row?.query).toBe(
      '/* rearguard */ select query from pg_stat_activity where pid = pg_backend_pid()\n/* rearguard */',
    );
  });
});

describe('a session that was lost', () => {
  it('is opened again by the next query, and not after it was closed', async () => {
    const other = await createSqlConnector().open(server.url, options);
    const [mine] = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
    await owner.query('select pg_terminate_backend($1, 5000)', [mine?.pid]);
    await expect
      .poll(() => other.query('select 1 as one').catch((error: unknown) => error))
      .toEqual([{ one: 1 }]);
    const [again] = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(again?.pid).not.toBe(mine?.pid);
    await other.close();
    await expect(other.query('select 1')).rejects.toMatchObject({ code: 'E_UNREACHABLE' });
  });
});

describe('attempts to write', () => {
  const INSERT = "insert into product values (9, 'x')";
  it.each([
    INSERT,
    `${INSERT} returning id`,
    `select 1; ${INSERT}`,
    `commit; ${INSERT}`,
    `rollback; begin; ${INSERT}; commit`,
    'commit',
    'commit and chain',
    'begin',
    'begin transaction read write',
    'set transaction read write',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    'reset all',
    'discard all',
    `with added as (${INSERT} returning id) select * from added`,
    'with gone as (delete from product returning id) select count(*) from gone',
    `do $$ begin ${INSERT}; end $$`,
    `do $$ begin set transaction read write; ${INSERT}; end $$`,
    `do $$ begin commit; ${INSERT}; end $$`,
    'select add_product()',
    'select lift_and_add()',
    'select lift_by_setting()',
    "select set_config('transaction_read_only', 'off', false), add_product()",
    'call commit_and_add(0)',
    `explain analyze ${INSERT}`,
    'create table copied as select * from product',
    'select * into copied from product',
    'create temporary table scratch (id int)',
    'update product set name = name',
    'delete from product',
    'truncate product',
    'drop table product',
    'alter system set work_mem = 1',
    'select * from product for update',
    "select nextval('counter')",
    "select setval('counter', 7)",
    'lock table product',
    'vacuum product',
    'refresh materialized view product',
    "prepare transaction 'x'",
    `prepare sneaky as ${INSERT}`,
    'notify somebody',
    'listen somebody',
    'copy product from stdin',
    'copy product to stdout',
    "copy product from program 'echo 9'",
  ])('refuses %s', async (sql) => {
    await expect(session.query(sql)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    expect(await products()).toEqual([
      { id: 1, name: 'lamp' },
      { id: 2, name: 'desk' },
    ]);
    // And the session is as it was.
    expect(await session.query('show transaction_read_only')).toEqual([{ transaction_read_only: 'on' }]);
    expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts no program and writes no file on the server, even as superuser', async () => {
    const proof = join(server.directory, 'proof');
    for (const target of [`program 'touch ${proof}'`, `'${proof}'`]) {
      await expect(session.query(`copy product to ${target}`)).rejects.toMatchObject({
        code: 'E_SQL_REFUSED',
      });
    }
    expect(existsSync(proof)).toBe(false);
  });

  it('rolls back what PostgreSQL itself lets through a read-only transaction', async () => {
    await session.query('explain analyze create table copied as select * from product');
    expect((await owner.query("select to_regclass('copied') as found")).rows).toEqual([{ found: null }]);
  });

  it('keeps no setting from one query to the next', async () => {
    await session.query("select set_config('statement_timeout', '0', false)");
    await session.query("select set_config('default_transaction_read_only', 'off', false)");
    expect(await session.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
    await expect(session.query('select add_product()')).rejects.toThrow('read-only transaction');
  });
});

describe('limits', () => {
  it('has the server cancel a query that takes too long', async () => {
    const hasty = await createSqlConnector().open(server.url, { statementTimeoutMs: 100, signal: never });
    await expect(hasty.query('select pg_sleep(60)')).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    expect(await hasty.query('select 1 as one')).toEqual([{ one: 1 }]);
    await hasty.close();
  });

  it('does not wait for locks that the backend holds', async () => {
    await owner.query('begin; lock table product in access exclusive mode');
    await expect(session.query('select * from product')).rejects.toThrow('lock timeout');
    await owner.query('rollback');
  });

  it('ends with its signal', async () => {
    const abort = new AbortController();
    const bound = await createSqlConnector().open(server.url, {
      statementTimeoutMs: 60_000,
      signal: abort.signal,
    });
    const sleeping = bound.query('select pg_sleep(60)');
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(bound.query('select 1')).rejects.toThrow('enough');
    await bound.close();
  });
});

describe('behind a pooler that refuses startup options', () => {
  it('reads with the same limits, and still cannot write', async () => {
    const pooler = await startStrictPooler(server.port);
    const url = new URL(server.url);
    url.port = String((pooler.address() as AddressInfo).port);
    const pooled = await createSqlConnector().open(url.href, options);
    expect(await pooled.query('show default_transaction_read_only')).toEqual([
      { default_transaction_read_only: 'off' },
    ]);
    expect(await pooled.query('show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
    expect(await pooled.query('show lock_timeout')).toEqual([{ lock_timeout: '500ms' }]);
    await expect(pooled.query('select add_product()')).rejects.toThrow('read-only transaction');
    await expect(pooled.query('set transaction read write')).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    await pooled.close();
    pooler.close();
  });

  /** As PgBouncer before 1.20 does: a protocol violation at once; every other connection is passed on. */
  async function startStrictPooler(port: number): Promise<Server> {
    const pooler = createServer((client) => {
      client.on('error', () => undefined);
      client.once('data', (startup) => {
        if (startup.includes('options\0')) {
          const fields = 'SFATAL\0C08P01\0Munsupported startup parameter: options\0\0';
          const header = Buffer.from('E\0\0\0\0');
          header.writeInt32BE(fields.length + 4, 1);
          return client.end(Buffer.concat([header, Buffer.from(fields)]));
        }
        const upstream = connect(port, '127.0.0.1').on('error', () => client.destroy());
        upstream.write(startup);
        return client.pipe(upstream).pipe(client);
      });
    }).listen(0, '127.0.0.1');
    await once(pooler, 'listening');
    return pooler;
  }
});

describe('what cannot be reached', () => {
  async function silent(port: (server: AddressInfo) => string): Promise<unknown> {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    try {
      const url = port(mute.address() as AddressInfo);
      return await createSqlConnector({ connectTimeoutMs: 200 }).open(url, options);
    } finally {
      mute.close();
    }
  }

  it('gives up on a server that accepts and never answers', async () => {
    await expect(silent(({ port }) => `postgresql://u:hunter2@127.0.0.1:${port}/shop`)).rejects.toMatchObject(
      {
        code: 'E_UNREACHABLE',
        message: expect.stringMatching(
          /^Cannot reach PostgreSQL at 127\.0\.0\.1:\d+\/shop: no answer within 200 ms\.$/,
        ) as string,
      },
    );
  });

  it.each([
    ['a closed port', () => 'postgresql://u:hunter2@127.0.0.1:1/shop'],
    ['a closed port on every address', () => 'postgresql://u:hunter2@localhost:1/shop'],
    ['a wrong password', () => server.url.replace(/:[^:@]+@/, ':hunter2@')],
    [
      'a database named after the password',
      () => server.url.replace(/:[^:@]+@/, ':hunter2@').replace('/postgres', '/hunter2'),
    ],
    ['a URL that is none', () => 'postgresql://u:hunter2@127.0.0.1:port/shop'],
    ['another protocol', () => 'mysql://u:hunter2@127.0.0.1/shop'],
  ])('names %s without the password', async (_, url) => {
    const error: unknown = await createSqlConnector()
      .open(url(), options)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'E_UNREACHABLE' });
    const { message, hint, stack, cause } = error as Error & { hint: string };
    expect(JSON.stringify([message.replace('/hunter2:', ''), hint, cause])).not.toContain('hunter2');
    expect(stack?.replace('/hunter2:', '')).not.toContain('hunter2');
  });
});
