import { randomBytes } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPostgresSite, type PostgresClient } from '../../../src/platform/test-support/postgres.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report } from '../../../src/core/report.ts';
import { type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

const REQUESTS = 10;
const ROWS = 25;
const ROUTE = 'GET /orders';

const LIST = `select id, user_id, item_id from orders order by id limit ${ROWS}`;
const USER = 'select name from users where id = $1';
const ITEM = 'select name from items where id = $1';
const COUNTRY = 'select name from countries where id = $1';

const SCHEMA = `
  create table users (id int primary key, name text);
  create table items (id int primary key, name text);
  create table countries (id int primary key, name text);
  create table orders (id int primary key, user_id int references users, item_id int references items);
  insert into users select n, 'user ' || n from generate_series(1, 500) n;
  insert into items select n, 'item ' || n from generate_series(1, 500) n;
  insert into countries select n, 'country ' || n from generate_series(1, 50) n;
  insert into orders select n, 1 + n % 500, 1 + n * 7 % 500 from generate_series(1, 2000) n;
  grant select on all tables in schema public to app, watcher;
  analyze;
`;

interface RecordedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue: string } }[];
  status: { code: number };
}

/**
 * Requests that run two look-ups for each row of a list, both at the same time and mixed, with spans of connecting in
 * between; beside them a cursor that is fetched from, and a query that is tried again. What a tracer would write.
 */
export async function benchNPlusOneSpans(log: (line: string) => void): Promise<BenchRow[]> {
  const site = await openPostgresSite();
  try {
    return await inTemporaryFolder(async (folder) => {
      await site.owner.query(SCHEMA);
      await writeFile(join(folder, 'database-url'), site.urlOf('watcher'));
      const spans = join(folder, 'spans.json');
      await writeFile(spans, '');
      await writeConfig(folder, {
        targets: { shop: { database: { $file: 'database-url' }, spans: ['spans.json'] } },
      });
      log('N+1 from spans: two patterns mixed, a cursor and retries beside them');
      const clients = await Promise.all(Array.from({ length: 4 }, () => site.connect('shop')));
      for (let request = 0; request < REQUESTS; request += 1) {
        await appendFile(spans, `${otlp(await serve(clients))}\n`);
      }
      const { stdout } = await runCli(['query-optimizer', 'analyze', '--duration', '3s', '--json'], folder);
      return judge((JSON.parse(stdout) as Report).findings);
    });
  } finally {
    await site.close();
  }
}

/** One request, with the spans of everything it does. */
async function serve(clients: readonly PostgresClient[]): Promise<RecordedSpan[]> {
  const spans: RecordedSpan[] = [];
  const traceId = randomBytes(16).toString('hex');
  const server = randomBytes(8).toString('hex');
  const record = async <Result>(
    name: string,
    attributes: Record<string, string>,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const started = nanoseconds();
    let code = 0;
    try {
      return await work();
    } catch (error) {
      code = 2;
      throw error;
    } finally {
      spans.push({
        traceId,
        spanId: randomBytes(8).toString('hex'),
        parentSpanId: server,
        name,
        kind: 3,
        startTimeUnixNano: started,
        endTimeUnixNano: nanoseconds(),
        attributes: attributesOf(attributes),
        status: { code },
      });
    }
  };
  const free = [...clients];
  const waiting: ((client: PostgresClient) => void)[] = [];
  const giveBack = (client: PostgresClient): void => {
    const first = waiting.shift();
    if (first) first(client);
    else free.push(client);
  };
  const run = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = free.pop() ?? (await new Promise<PostgresClient>((resolve) => waiting.push(resolve)));
    await record('pg.connect', { 'db.system.name': 'postgresql' }, () => Promise.resolve());
    const asked = { 'db.system.name': 'postgresql', 'db.query.text': sql };
    const { rows } = await record('pg.query', asked, () => client.query(sql, values));
    giveBack(client);
    return rows as Row[];
  };

  const started = nanoseconds();
  const orders = await run<{ user_id: number; item_id: number }>(LIST);
  await Promise.all(orders.flatMap(({ user_id, item_id }) => [run(USER, [user_id]), run(ITEM, [item_id])]));
  await fetchFromCursor(clients[0] as PostgresClient, record);
  for (let attempt = 0; attempt < 12; attempt += 1) {
    // The statement fails in its span, as a timeout would let it.
    await record('pg.query', { 'db.query.text': COUNTRY }, () => Promise.reject(new Error('timeout'))).catch(
      () => undefined,
    );
  }
  await run(COUNTRY, [1]);
  spans.push({
    traceId,
    spanId: server,
    name: ROUTE,
    kind: 2,
    startTimeUnixNano: started,
    endTimeUnixNano: nanoseconds(),
    attributes: attributesOf({ 'http.request.method': 'GET', 'http.route': '/orders' }),
    status: { code: 0 },
  });
  return spans;
}

async function fetchFromCursor(
  client: PostgresClient,
  record: <Result>(
    name: string,
    attributes: Record<string, string>,
    work: () => Promise<Result>,
  ) => Promise<Result>,
): Promise<void> {
  await client.query('begin');
  await client.query('declare pages cursor for select * from orders');
  const fetch = 'FETCH 50 FROM pages';
  for (let page = 0; page < 20; page += 1) {
    await record('pg.query', { 'db.query.text': fetch }, () => client.query(fetch));
  }
  await client.query('commit');
}

function judge(findings: readonly Finding[]): BenchRow[] {
  const found = findings.filter(({ rule }) => rule.endsWith('/n-plus-one'));
  const isOf = (table: string): number =>
    found.filter(({ subject }) => subject.name.includes(` ${table} `)).length;
  const value = (finding: Finding, label: string): unknown =>
    finding.evidence.find((evidence) => evidence.label === label)?.value;
  return [
    row({
      name: 'spans: of two patterns that are mixed and concurrent, found',
      value: isOf('users') + isOf('items'),
      unit: 'patterns',
      goal: { op: '=', value: 2 },
      samples: REQUESTS,
    }),
    row({
      name: 'spans: fetches from a cursor and retries called N+1',
      value: found.length - isOf('users') - isOf('items'),
      unit: 'findings',
      goal: { op: '=', value: 0 },
    }),
    row({
      name: 'spans: findings with the route, a trace and 25 calls a request',
      value: found.filter(
        (finding) =>
          finding.subject.location === ROUTE &&
          value(finding, 'calls in one unit of work') === ROWS &&
          value(finding, 'trace') !== undefined,
      ).length,
      unit: 'findings',
      goal: { op: '=', value: 2 },
    }),
  ];
}

function otlp(spans: readonly RecordedSpan[]): string {
  return JSON.stringify({
    resourceSpans: [
      { resource: { attributes: attributesOf({ 'service.name': 'shop' }) }, scopeSpans: [{ spans }] },
    ],
  });
}

function attributesOf(attributes: Record<string, string>): RecordedSpan['attributes'] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** On the wall clock, finer than its milliseconds. */
function nanoseconds(): string {
  return String(BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)));
}
