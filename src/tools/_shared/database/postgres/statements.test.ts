import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MAJORS,
  type MonitoredServer,
  startMonitored,
} from '../../../../platform/test-support/monitored-postgres.ts';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import { deltaOf } from '../delta.ts';
import { isOwnText } from '../own.ts';
import type { StatementSnapshot } from '../statements.ts';
import { readTopic } from './read-snapshot.ts';
import { readServer, type ServerFacts } from './server.ts';
import { createStatementsReader, statementsReader } from './statements.ts';
import type { TopicReader } from './topic.ts';

describe.each(MAJORS)('statements of PostgreSQL %i', (major) => {
  let server: MonitoredServer;
  let session: SqlSession;
  let facts: ServerFacts;

  beforeAll(async () => {
    server = await startMonitored(major, { 'pg_stat_statements.max': '100', track_io_timing: 'on' });
    session = await server.open('monitor');
    facts = await readServer(session, Date.now());
    await server.owner.query('create table product (id int primary key, name text)');
  });
  afterAll(() => server.stop());

  async function read(
    reader: TopicReader<StatementSnapshot>,
    nowMs = Date.now(),
  ): Promise<StatementSnapshot> {
    const reading = await readTopic(session, facts, reader, nowMs);
    if (!reading.known) throw new Error(reading.reason);
    return reading.value;
  }

  /** Without ours, which each reading calls again. */
  function byKey({ statements }: StatementSnapshot): unknown[] {
    return statements.filter(({ text }) => !isOwnText(text)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  it('are read with texts, names and counters', async () => {
    await server.owner.query(`insert into product select i, 'p' || i from generate_series(1, 50) i`);
    await server.owner.query('select name from product where id = 7');
    await server.owner.query('select name from product where id = 8');
    const { statements, ...head } = await read(statementsReader);
    expect(statements.every(({ statsSinceMs }) => (statsSinceMs === null) === major < 17)).toBe(true);
    expect(head).toMatchObject({ dialect: 'postgresql', capacity: 100, epoch: facts.epoch });
    expect(head.activeMs).toBeGreaterThanOrEqual(0);
    expect(statements.find(({ text }) => text === 'select name from product where id = $1')).toMatchObject({
      user: 'postgres',
      database: 'postgres',
      topLevel: true,
      calls: 2,
      rows: 2,
      planMs: 0,
      readMs: expect.any(Number) as number,
    });
  });

  it('are the same when only what changed is handed over', async () => {
    const watching = createStatementsReader();
    await read(watching);
    await server.owner.query('select count(*) from product');
    await server.owner.query('select name from product where id = 9');
    expect(byKey(await read(watching))).toEqual(byKey(await read(statementsReader)));
    // One is forgotten, and nothing else tells of it.
    await server.owner.query(`select pg_stat_statements_reset(0, 0, queryid)
      from pg_stat_statements where query = 'select count(*) from product'`);
    expect(byKey(await read(watching))).toEqual(byKey(await read(statementsReader)));
  });

  it('are the same through evictions and a reset', async () => {
    const watching = createStatementsReader();
    const before = await read(watching);
    for (let number = 0; number < 150; number += 1) {
      const columns = Array.from({ length: 8 }, (_, bit) => ((number >> bit) & 1 ? `'x'::text` : '1::int8'));
      await server.owner.query(`select ${columns.join(', ')}`);
    }
    const after = await read(watching);
    expect(after.evictions).toBeGreaterThan(before.evictions ?? 0);
    expect(byKey(after)).toEqual(byKey(await read(statementsReader)));
    await server.owner.query('select pg_stat_statements_reset()');
    const reset = await read(watching);
    expect(reset.resetAtMs).toBeGreaterThan(after.resetAtMs ?? 0);
    expect(byKey(reset)).toEqual(byKey(await read(statementsReader)));
    expect(deltaOf(after, reset).coverage).toMatchObject({ resets: 1 });
  });

  it('of our own are told apart, and their time is known', async () => {
    const watching = createStatementsReader();
    const before = await read(watching);
    await server.owner.query('select name from product where id = 10');
    await read(watching);
    const { statements, coverage } = deltaOf(before, await read(watching));
    expect(statements.map(({ text }) => text).filter((text) => text?.includes('pg_stat_statements'))).toEqual(
      [],
    );
    expect(coverage.ownMs).toBeGreaterThan(0);
  });

  it('have their texts fetched no more often than asked for', async () => {
    const watching = createStatementsReader({ textIntervalMs: 60_000 });
    const textOf = ({ statements }: StatementSnapshot) =>
      statements.find(({ rows, user, text }) => user === 'postgres' && rows === 3 && !isOwnText(text))?.text;
    await read(watching, 0);
    await server.owner.query('select id, name, 3 from product limit 3');
    expect(textOf(await read(watching, 1_000))).toBeNull();
    expect(textOf(await read(watching, 60_000))).toBe('select id, name, $1 from product limit $2');
  });

  it('cannot be read from a database without the extension, and the statement that helps is named', async () => {
    const without = { ...facts, extensions: new Map() };
    expect(await readTopic(session, without, statementsReader, 0)).toMatchObject({
      known: false,
      reason: 'pg_stat_statements is not installed in postgres',
      hint: expect.stringContaining('CREATE EXTENSION pg_stat_statements;') as string,
    });
    const old = new Map([['pg_stat_statements', { schema: 'public', version: '1.7' }]]);
    expect(await readTopic(session, { ...facts, extensions: old }, statementsReader, 0)).toMatchObject({
      hint: 'ALTER EXTENSION pg_stat_statements UPDATE;',
    });
  });
});
