import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { systemClock } from '../../../src/platform/clock.ts';
import { createMysqlConnector } from '../../../src/platform/sql/mysql.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { startMariadb } from '../../../src/platform/test-support/debian-servers.ts';
import { assessMysql } from '../../../src/tools/database-performance-tracker/analyze/mysql/assess.ts';
import { lookAtMysql } from '../../../src/tools/database-performance-tracker/collect/mysql.ts';
import { trackerOptionsSchema } from '../../../src/tools/database-performance-tracker/options.ts';
import { assessMysqlIndexes } from '../../../src/tools/query-optimizer/analyze/mysql-indexes.ts';
import { contextOf } from '../../../src/tools/query-optimizer/analyze/context.ts';
import { assessQueries } from '../../../src/tools/query-optimizer/analyze/query-rules.ts';
import { observeMysql } from '../../../src/tools/query-optimizer/collect/observe-mysql.ts';
import { optimizerOptionsSchema } from '../../../src/tools/query-optimizer/options.ts';
import { type BenchRow, notRun, row } from '../bench.ts';

const NAME = 'MariaDB';
const signal = new AbortController().signal;
const WATCH_MS = 4_000;
/** Calls of each statement while somebody watches. */
const CALLS = 12;

const SETUP = `
  CREATE DATABASE shop; USE shop;
  CREATE TABLE customers (id int PRIMARY KEY AUTO_INCREMENT, email varchar(80) NOT NULL, tenant_id int NOT NULL,
    status tinyint NOT NULL, created datetime NOT NULL, UNIQUE KEY by_email (email), KEY by_tenant (tenant_id),
    KEY by_tenant_created (tenant_id, created), KEY never_read (created, status));
  CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, customer_id int NOT NULL, total int NOT NULL,
    note varchar(200) NOT NULL, KEY by_customer (customer_id),
    CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES customers (id));
  INSERT INTO customers (email, tenant_id, status, created)
    SELECT CONCAT('u', seq, '@x'), seq % 500, seq % 3, NOW() - INTERVAL seq SECOND FROM seq_1_to_50000;
  INSERT INTO orders (customer_id, total, note) SELECT 1 + seq % 50000, seq, REPEAT('x', 100) FROM seq_1_to_100000;
  ANALYZE TABLE customers, orders;`;

/** What the backend does: two statements that should be found, two that are as they should be. */
function work(turn: number): string[] {
  return [
    `SELECT id, customer_id FROM orders WHERE total = ${turn} AND note LIKE 'x%'`,
    `SELECT id, total FROM orders ORDER BY id LIMIT 10 OFFSET ${80_000 + turn}`,
    `SELECT id FROM customers WHERE tenant_id = ${turn} ORDER BY created DESC LIMIT 50`,
    `SELECT total FROM orders WHERE customer_id = ${turn}`,
  ];
}

/** Figure 9: what lies in a real MariaDB is found by the rules of both tools, or the exact steps that let it be found. */
export async function benchMariadb(log: (line: string) => void): Promise<BenchRow[]> {
  if (!installed('mariadbd')) return [notRun(NAME, '', 'mariadbd is not installed')];
  return [...(await withInstruments(log)), ...(await withoutInstruments(log))];
}

async function withInstruments(log: (line: string) => void): Promise<BenchRow[]> {
  log('MariaDB with performance_schema');
  return onServer(['--performance-schema=ON'], async (owner, session) => {
    const watching = lookAtMysql(
      { clock: systemClock, signal },
      { target: 'db', session },
      trackerOptions(),
      WATCH_MS,
    );
    await sleep(500);
    await doWork(owner);
    const tracker = assessMysql(await watching);
    const observing = observeMysql(
      { clock: systemClock, signal, progress: () => undefined },
      { target: { kind: 'database', name: 'db', url: '' }, session },
      WATCH_MS,
    );
    await sleep(500);
    await doWork(owner);
    const { observation, coverage, needs } = await observing;
    if (observation === null || coverage === null) return [notRun(`${NAME}: digests`, '', 'no window')];
    const options = optimizerOptionsSchema.parse({ minTime: '1ms' });
    const queries = [
      ...assessQueries(contextOf(observation, options)).findings,
      ...assessMysqlIndexes('db', needs ?? [], { ...observation.workload, coverage }, options).findings,
    ];
    const found = [...tracker.findings, ...queries].map(
      ({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`,
    );
    const wanted = [
      'duplicate-index db shop.customers.by_tenant',
      'unused-index db shop.customers.never_read',
      'missing-index db SELECT orders',
      'deep-offset db SELECT orders',
    ];
    const hits = wanted.filter((one) => found.some((name) => name.startsWith(one)));
    const others = found.filter(
      (name) => !wanted.some((one) => name.startsWith(one)) && !name.startsWith('slow-statement'),
    );
    for (const missed of wanted.filter((one) => !hits.includes(one))) log(`not found: ${missed}`);
    const missing = queries.find(({ rule }) => rule.endsWith('missing-index'));
    return [
      row({
        name: `${NAME}: redundant, unused, full scan, deep OFFSET found`,
        value: hits.length,
        unit: 'of 4',
        goal: { op: '=', value: 4 },
        note: hits.join('; '),
      }),
      row({
        name: `${NAME}: findings that nobody planted`,
        value: others.length,
        unit: '',
        goal: { op: '=', value: 0 },
        ...(others.length === 0 ? {} : { note: others.join('; ') }),
      }),
      ...(missing?.fix.patch === undefined ? [] : await speedUp(owner, missing.fix.patch)),
    ];
  });
}

/** What the advised index does, measured on the server itself: here it is ours. */
async function speedUp(owner: Connection, statement: string): Promise<BenchRow[]> {
  const [query = ''] = work(70_000);
  const before = await medianMs(owner, query);
  const rows = JSON.stringify((await owner.query(query))[0]);
  await owner.query(statement);
  const after = await medianMs(owner, query);
  const isSame = JSON.stringify((await owner.query(query))[0]) === rows;
  return [
    row({
      name: `${NAME}: the full scan with the advised index`,
      value: Math.round(before / after),
      unit: 'times as fast',
      goal: { op: '>=', value: 5 },
      samples: 9,
      note: `${statement} ${before.toFixed(1)} ms to ${after.toFixed(2)} ms, ${isSame ? 'the same' : 'OTHER'} rows`,
    }),
  ];
}

async function withoutInstruments(log: (line: string) => void): Promise<BenchRow[]> {
  log('MariaDB as it comes, performance_schema off');
  return onServer([], async (_, session) => {
    const look = await lookAtMysql(
      { clock: systemClock, signal },
      { target: 'db', session },
      trackerOptions(),
      0,
    );
    const { findings, notChecked } = assessMysql(look);
    const steps =
      notChecked.find(({ rules }) => rules?.some((rule) => rule.endsWith('/slow-statement')))?.hint ?? '';
    const hasSteps = ['performance_schema=ON', 'statements-digest=ON', "statement/%=ON'", 'restart'].every(
      (part) => steps.includes(part),
    );
    return [
      row({
        name: `${NAME}, instruments off: exact steps to switch them on`,
        value: hasSteps ? 1 : 0,
        unit: 'printed',
        goal: { op: '=', value: 1 },
        note: steps.split('\n').slice(1, 3).join(' … '),
      }),
      row({
        name: `${NAME}, instruments off: redundant index still found`,
        value: findings.filter(({ rule }) => rule.endsWith('duplicate-index')).length,
        unit: 'of 1',
        goal: { op: '=', value: 1 },
      }),
    ];
  });
}

function trackerOptions() {
  return trackerOptionsSchema.parse({ indexes: { unusedSize: '1kB' } });
}

async function onServer(
  args: readonly string[],
  work: (owner: Connection, session: SqlSession) => Promise<BenchRow[]>,
): Promise<BenchRow[]> {
  const server = await startMariadb({
    args,
    sql: "CREATE USER 'reader';\nGRANT SELECT, PROCESS ON *.* TO 'reader';",
  });
  try {
    const owner = await createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      multipleStatements: true,
    });
    await owner.query(SETUP);
    const url = `mysql://reader@127.0.0.1:${server.port}/shop`;
    const session = await createMysqlConnector().open(url, { statementTimeoutMs: 10_000, signal });
    const rows = await work(owner, session);
    await session.close();
    await owner.end();
    return rows;
  } finally {
    await server.stop();
  }
}

async function doWork(owner: Connection): Promise<void> {
  for (let turn = 0; turn < CALLS; turn += 1) for (const sql of work(turn)) await owner.query(sql);
}

async function medianMs(owner: Connection, sql: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const startedAt = performance.now();
    await owner.query(sql);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[4] ?? 0;
}
