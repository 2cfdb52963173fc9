import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import { temporaryStores } from '../../../store/store-fixture.ts';
import type { Store } from '../../../store/store.ts';
import { HISTORY_TOPICS, keepCounters } from '../../_shared/database/history.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { ReportDraft } from '../../define.ts';
import { analyze } from './analyze.ts';
import { testContext } from './command-fixture.ts';

const signal = new AbortController().signal;

let server: RunningPostgres;
let app: Client;
const stores = temporaryStores();
let store: Store;

beforeAll(async () => {
  server = await startPostgres({
    settings: { autovacuum: 'off', shared_preload_libraries: 'pg_stat_statements' },
  });
  app = new Client({ connectionString: server.url });
  await app.connect();
  await app.query(`
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, total int NOT NULL);
    CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, name text NOT NULL);
    INSERT INTO orders SELECT n, n % 500, n FROM generate_series(1, 40000) n;
    INSERT INTO items SELECT n, 1 + n % 40000, 'item ' || n FROM generate_series(1, 80000) n;
    CREATE INDEX orders_customer ON orders (customer_id); CREATE INDEX items_order ON items (order_id);
  `);
  await app.query('VACUUM ANALYZE');
  store = stores.open();
}, 60_000);
afterAll(async () => {
  stores.removeAll();
  await app.end();
  await server.stop();
});

/** A page of a list, and for each of its rows the items of it. */
async function listThenEach(turn: number): Promise<void> {
  const list = await app.query<{ id: number }>(
    'SELECT id, total FROM orders WHERE customer_id = $1 LIMIT 20',
    [turn % 500],
  );
  for (const { id } of list.rows) await app.query('SELECT id, name FROM items WHERE order_id = $1', [id]);
}

async function deepPage(turn: number): Promise<void> {
  await app.query('SELECT id, total FROM orders ORDER BY id LIMIT 20 OFFSET $1', [30_000 + turn]);
}

async function lookUp(turn: number): Promise<void> {
  await app.query('SELECT total FROM orders WHERE id = $1', [turn]);
}

async function run(
  asked: Record<string, unknown>,
  work: readonly ((turn: number) => Promise<void>)[] = [],
): Promise<ReportDraft> {
  // A busy session hands in what it read once a second: a window has to be several of them long.
  const ctx = { ...testContext(server.url, { minTime: '1ms', watch: '4s' }), store };
  const running = analyze.run(ctx, analyze.input.parse(asked)) as Promise<ReportDraft>;
  const state = { over: false };
  const loop = (async () => {
    for (let turn = 0; !state.over && work.length > 0; turn += 1) {
      for (const part of work) await part(turn);
      // Not the same amount all the time, as no load is.
      await systemClock.sleep(turn % 50 < 25 ? 4 : 25);
    }
  })();
  const draft = await running.finally(() => (state.over = true));
  await loop;
  return draft;
}

const rulesOf = ({ findings }: ReportDraft): string[] =>
  findings.map(({ rule }) => rule.slice(rule.indexOf('/') + 1)).toSorted();

describe('analyze on PostgreSQL', () => {
  it('finds a query for each row of a list, and pages deep in one, and not a look-up', async () => {
    const draft = await run({ duration: '4s' }, [listThenEach, deepPage, lookUp]);
    expect(rulesOf(draft)).toEqual(['deep-offset', 'n-plus-one']);
    const fine = await run({ duration: '3s' }, [lookUp]);
    expect(rulesOf(fine)).toEqual([]);
  });

  it('says of one finding whether it stands, is gone, or cannot be told', async () => {
    const found = (await run({ duration: '3s', rule: 'deep-offset' }, [deepPage, lookUp])).findings[0];
    if (found === undefined) throw new Error('there is no deep page');
    expect(found.check.command).toBe('analyze');
    const { input } = found.check;
    const checkedBy = ({ coverage }: ReportDraft): string[] =>
      coverage.checked.filter(({ rules }) => rules.includes(found.rule)).map(({ subject }) => subject.name);

    const stands = await run(input, [deepPage, lookUp]);
    expect(stands.findings.map(({ rule, subject }) => [rule, subject.name])).toEqual([
      [found.rule, found.subject.name],
    ]);

    const gone = await run(input, [lookUp]);
    expect(gone.findings).toEqual([]);
    expect(checkedBy(gone)).toEqual([found.subject.name]);

    // Called once in an hour, it may come again after this window.
    const unclear = await run({ ...input, callsPerMinute: 1 / 60 }, [lookUp]);
    expect(unclear.findings).toEqual([]);
    expect(checkedBy(unclear)).toEqual([]);
    expect(unclear.coverage.notChecked.map(({ reason }) => reason)).toContain(
      'the query was not called in the window',
    );
  });

  it('looks at what was kept of the last hour, and only from now on when it is told how long', async () => {
    const session = await createSqlConnector().open(server.url, { statementTimeoutMs: 5_000, signal });
    const tenMinutesAgo = Date.now() - 600_000;
    const of = { tool: 'database-performance-tracker', target: 'shop' };
    expect(
      keepCounters(store.observations, of, await readSnapshot(session, HISTORY_TOPICS, tenMinutesAgo)),
    ).toBe(true);
    await session.close();
    for (let turn = 0; turn < 30; turn += 1) await deepPage(turn);
    // What a session has read is handed in when it is idle for a moment, or when it is told to.
    await app.query('SELECT pg_stat_force_next_flush()');

    const past = await run({ duration: '10m' });
    expect(rulesOf(past)).toEqual(['deep-offset']);
    const [database] = analyze.data.parse(past.data).databases;
    expect(Date.parse(database?.from ?? '')).toBe(tenMinutesAgo);

    const present = await run({});
    expect(present.findings).toEqual([]);
    expect(present.coverage.notChecked.map(({ reason }) => reason)).toContain('no query ran in the window');
  });
});
