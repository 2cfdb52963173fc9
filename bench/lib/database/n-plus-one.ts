import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresSite, type PostgresClient } from '../../../src/platform/test-support/postgres.ts';
import { readShape } from '../../../src/tools/_shared/sql/shape.ts';
import { type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

const PAGES = 50;
const ROWS = 25;
const WINDOW = '14s';
/** All pages fall into the window; they come in bursts, as people do. */
const LOAD_MS = 8_000;

const LIST = `select o.id, o.user_id, o.total from orders o where o.id > $1 order by o.id limit ${ROWS}`;
const LOOK_UP = "select u.id, u.name from users u where u.id = $1 /*route='%2Forders'*/";
const BATCHED = "select u.id, u.name from users u where u.id = any($1) /*route='%2Forders'*/";
const ITEMS = `select i.id, i.product_id from items i where i.id > $1 order by i.id limit ${ROWS}`;
const PRODUCTS = 'select p.id, p.name from products p where p.id = any($1)';
/** Called as often as the list of items has rows, by a part of the program that has nothing to do with it. */
const HOT = 'select p.name from products p where p.id = $1';

const SCHEMA = `
  create table users (id int primary key, name text not null);
  create table products (id int primary key, name text not null);
  create table orders (id int primary key, user_id int not null references users, total int not null);
  create table items (id int primary key, product_id int not null references products);
  insert into users select n, 'user ' || n from generate_series(1, 2000) n;
  insert into products select n, 'product ' || n from generate_series(1, 2000) n;
  insert into orders select n, 1 + n % 2000, n from generate_series(1, 5000) n;
  insert into items select n, 1 + n % 2000 from generate_series(1, 5000) n;
  grant select on all tables in schema public to app, watcher;
  analyze;
`;

interface Finding {
  id: string;
  rule: string;
  evidence: { label: string; value: number | string; sample?: string }[];
  fix: { patch?: string };
  subject: { name: string; location?: string };
}

/** 50 pages with one look-up for each row, beside a batched control and a hot look-up; then the same after the fix. */
export async function benchNPlusOne(log: (line: string) => void): Promise<BenchRow[]> {
  const site = await openPostgresSite();
  try {
    return await inTemporaryFolder(async (folder) => {
      await site.owner.query(SCHEMA);
      await writeFile(join(folder, 'database-url'), site.urlOf('watcher'));
      await writeConfig(folder, { targets: { shop: { database: { $file: 'database-url' } } } });
      const clients = await Promise.all(['shop', 'shop', 'shop'].map((name) => site.connect(name)));
      log('N+1 from counters: 50 pages of 25 look-ups, a batched control and a hot look-up');
      const [before] = await Promise.all([
        findings(folder, ['query-optimizer', 'analyze', '--duration', WINDOW]),
        load(clients, false),
      ]);
      const [found] = before.filter(({ rule }) => rule.endsWith('/n-plus-one'));
      log('the same after the fix');
      const verify = await Promise.all([
        found === undefined ? null : runCli(['verify', found.id], folder),
        load(clients, true),
      ]);
      return [...judge(before, found), ...(await afterwards(verify[0]?.exitCode ?? null))];
    });
  } finally {
    await site.close();
  }
}

async function findings(folder: string, argv: readonly string[]): Promise<Finding[]> {
  const { stdout } = await runCli([...argv, '--json'], folder);
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

/** The three parts of the program run side by side, each over a connection of its own. */
async function load(clients: readonly PostgresClient[], fixed: boolean): Promise<void> {
  const [pages, controls, hot] = clients;
  if (!pages || !controls || !hot) throw new RangeError('Three connections are needed.');
  // The program has to be up and looking.
  await sleep(4_000);
  await Promise.all([
    inBursts(async (page) => {
      const { rows } = await pages.query<{ user_id: number }>(LIST, [page * ROWS]);
      if (fixed) await pages.query(BATCHED, [rows.map(({ user_id }) => user_id)]);
      else for (const { user_id } of rows) await pages.query(LOOK_UP, [user_id]);
    }),
    inBursts(async (page) => {
      const { rows } = await controls.query<{ product_id: number }>(ITEMS, [page * ROWS]);
      await controls.query(PRODUCTS, [rows.map(({ product_id }) => product_id)]);
    }),
    steadily(async (call) => void (await hot.query(HOT, [1 + (call % 10)]))),
  ]);
}

async function inBursts(page: (index: number) => Promise<void>): Promise<void> {
  const BURSTS = 5;
  for (let burst = 0; burst < BURSTS; burst += 1) {
    // 6, 8, 10, 12, 14: 50 in all.
    for (let index = 0; index < 6 + 2 * burst; index += 1) await page(burst * 14 + index);
    await sleep(LOAD_MS / BURSTS - 100);
  }
}

async function steadily(call: (index: number) => Promise<void>): Promise<void> {
  const A_STEP = 25;
  for (let index = 0; index < PAGES * ROWS; index += 1) {
    await call(index);
    if (index % A_STEP === 0) await sleep(LOAD_MS / PAGES - 20);
  }
}

function judge(before: readonly Finding[], found: Finding | undefined): BenchRow[] {
  const value = (label: string): number | null => {
    const evidence = found?.evidence.find((one) => one.label === label);
    return typeof evidence?.value === 'number' ? evidence.value : null;
  };
  const samples = found?.evidence.flatMap(({ sample }) => sample ?? []) ?? [];
  const texts = ['from users', 'from orders'].filter((text) =>
    samples.some((sample) => sample.includes(text)),
  );
  return [
    row({
      name: 'N+1 found, of the one that there is',
      value: before.filter(
        ({ rule, subject }) => rule.endsWith('/n-plus-one') && subject.name.includes('users'),
      ).length,
      unit: 'findings',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'N+1 found besides: batched control, hot look-up with as many calls as a list has rows',
      value: before.filter(
        ({ rule, subject }) => rule.endsWith('/n-plus-one') && !subject.name.includes('users'),
      ).length,
      unit: 'findings',
      goal: { op: '=', value: 0 },
    }),
    row({
      name: 'look-ups for each list',
      value: value('look-ups for each list'),
      unit: 'look-ups',
      goal: { op: '=', value: ROWS },
      samples: value('look-ups') ?? 0,
    }),
    row({
      name: 'texts, route and batched rewrite shown',
      value:
        texts.length +
        Number(found?.subject.location === '/orders') +
        Number(/= ANY ?\(/.test(found?.fix.patch ?? '')),
      unit: 'of 4',
      goal: { op: '=', value: 4 },
      note: found?.fix.patch ?? 'no rewrite',
    }),
  ];
}

async function afterwards(exitCode: number | null): Promise<BenchRow[]> {
  const catalog = { tables: [], searchPath: [], extensions: new Map<string, string>() };
  const [before, after] = await Promise.all([readShape(LOOK_UP, catalog), readShape(BATCHED, catalog)]);
  return [
    row({
      name: 'after the fix: exit code of verify',
      value: exitCode,
      unit: '',
      goal: { op: '=', value: 0 },
      note: `the parser's fingerprints are ${before.fingerprint === after.fingerprint ? 'equal' : 'different'}, the keys ${before.key === after.key ? 'equal' : 'different'}`,
    }),
  ];
}
