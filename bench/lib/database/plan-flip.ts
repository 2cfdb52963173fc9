import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report } from '../../../src/core/report.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import {
  openPostgresSite,
  type PostgresClient,
  type PostgresSite,
} from '../../../src/platform/test-support/postgres.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { HISTORY_TOPICS, keepCounters } from '../../../src/tools/_shared/database/history.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { keepPlansNow } from '../../../src/tools/database-performance-tracker/collect/plans.ts';
import { trackerOptionsSchema } from '../../../src/tools/database-performance-tracker/options.ts';
import { TOOL } from '../../../src/tools/database-performance-tracker/rules.ts';
import { type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

const TARGET = 'shop-db';
const INTERVAL_MS = 10 * 60_000;
const INTERVALS = 54;
/** The nightly job: from this interval on its batches are what the planner does not expect. */
const FLIP_AT = 33;
const DAY_MS = 86_400_000;
const RETENTION = {
  samplesMs: DAY_MS,
  minuteBucketsMs: 7 * DAY_MS,
  hourBucketsMs: 30 * DAY_MS,
  runsMs: 30 * DAY_MS,
};

/** For each row of a batch one item; only the shop of an item has an index, so a look-up reads a tenth of them. */
const JOIN = `select sum(i.price * m.quantity) as total from import m join item i on i.shop = m.shop and i.code = m.code where m.batch = $1`;
const PAGE = 'select count(*) as visits from visit where page = $1';
const ITEM = 'select price from item where id = $1';

const SCHEMA = [
  `create table item (id int primary key, shop int not null, code int not null, price int not null)`,
  `insert into item select n, n % 10, n, n % 90 from generate_series(1, 40000) n`,
  `create index item_shop on item (shop)`,
  `create table import (batch int not null, shop int not null, code int not null, quantity int not null)
    with (autovacuum_enabled = off)`,
  `create index import_batch on import (batch)`,
  `insert into import select n % 100, n % 10, n, 1 from generate_series(1, 20000) n`,
  `create table visit (id int primary key, page int not null)`,
  `insert into visit select n, n % 200 from generate_series(1, 60000) n`,
  `grant select on all tables in schema public to app`,
  `analyze`,
];

/** The job empties the table, ANALYZE sees one row a batch, and then the rest is loaded. */
const NIGHTLY_JOB = [
  `delete from import`,
  `insert into import select 1000 + n, n % 10, n, 1 from generate_series(1, 1000) n`,
  `analyze import`,
  `insert into import select n % 100, n % 10, n, 1 from generate_series(1, 20000) n`,
];

/**
 * A night in which a plan flips through stale statistics while another statement is called three times as often: real
 * statements, plans and counters, kept at the times of a night that is ten minutes an interval.
 */
export async function benchPlanFlip(log: (line: string) => void): Promise<BenchRow[]> {
  const site = await openPostgresSite();
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'database-url'), site.urlOf('watcher'));
      await writeConfig(folder, { targets: { [TARGET]: { database: { $file: 'database-url' } } } });
      await site.owner.query('grant pg_read_all_data to watcher');
      for (const sql of SCHEMA) await site.owner.query(sql);
      log(`plan flip: a night of ${INTERVALS} intervals`);
      const flippedAtMs = await liveThroughNight(site, folder);
      const report = await summary(folder);
      return [...foundRows(report, flippedAtMs), ...(await verifiedRows(site, folder, report, log))];
    });
  } finally {
    await site.close();
  }
}

/** Returns the time of the night at which the plan had flipped. */
async function liveThroughNight(site: PostgresSite, folder: string): Promise<number> {
  const session = await createSqlConnector().open(site.urlOf('watcher'), {
    statementTimeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  const store = openStore({ path: join(folder, '.rearguard', 'store.db'), retention: RETENTION });
  const app = await site.connect('shop');
  const beginMs = Date.now() - INTERVALS * INTERVAL_MS;
  try {
    await keep(store, session, beginMs);
    for (let interval = 0; interval < INTERVALS; interval += 1) {
      if (interval === FLIP_AT) for (const sql of NIGHTLY_JOB) await site.owner.query(sql);
      await work(app, interval >= FLIP_AT ? 3 : 1);
      await keep(store, session, beginMs + (interval + 1) * INTERVAL_MS);
    }
  } finally {
    store.close();
    await session.close();
  }
  return beginMs + (FLIP_AT + 1) * INTERVAL_MS;
}

/** `load`: how many times as often the pages are counted. */
async function work(app: PostgresClient, load: number): Promise<void> {
  for (let batch = 0; batch < 3; batch += 1) await app.query(JOIN, [batch * 17]);
  for (let call = 0; call < 8 * load; call += 1) await app.query(PAGE, [call % 200]);
  for (let id = 1; id <= 20; id += 1) await app.query(ITEM, [id * 13]);
  // Counters of a session are handed in when it is idle for a moment, or when it is told to.
  await app.query('select pg_stat_force_next_flush()');
}

async function keep(store: Store, session: SqlSession, atMs: number): Promise<void> {
  const snapshot = await readSnapshot(session, HISTORY_TOPICS, atMs);
  keepCounters(store.observations, { tool: TOOL, target: TARGET }, snapshot);
  const database = { target: { kind: 'database' as const, name: TARGET, url: '' }, session };
  await keepPlansNow({ store, options: trackerOptionsSchema.parse({}) }, database, snapshot);
}

interface NightData {
  databases: readonly {
    regressions: readonly {
      text: string | null;
      stepFrom: string;
      stepTo: string;
      planBefore: string | null;
      planAfter: string | null;
      causes: readonly { kind: string; summary: string; statement: string | null }[];
    }[];
    loads: readonly { statement: string }[];
  }[];
}

async function summary(folder: string): Promise<Report> {
  const { stdout } = await runCli(['db', 'overnight-summary', '--since', '10h', '--json'], folder);
  return JSON.parse(stdout) as Report;
}

function regressionsIn({ findings }: Report): Finding[] {
  return findings.filter(({ rule, state }) => rule.endsWith('-regression') && state !== 'resolved');
}

function foundRows(report: Report, flippedAtMs: number): BenchRow[] {
  const [database] = (report.data as NightData | null)?.databases ?? [];
  const found = database?.regressions.find(({ text }) => text?.includes('join item'));
  const named = regressionsIn(report);
  const right = named.filter(({ evidence }) => evidence.some(({ sample }) => sample?.includes('join item')));
  const expectation = found?.causes.find(({ kind }) => kind === 'statistics')?.summary ?? '';
  const [, expected, measured] = /expects (\d+) rows .* read (\d+)/.exec(expectation) ?? [];
  const isTrue = (value: boolean): number => (value ? 1 : 0);
  return [
    row({
      name: 'plan flip: the query is named',
      value: right.length,
      unit: 'findings',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'plan flip: the step lies within the interval named',
      value: isTrue(
        found !== undefined &&
          Date.parse(found.stepFrom) < flippedAtMs &&
          Date.parse(found.stepTo) >= flippedAtMs &&
          Date.parse(found.stepTo) - Date.parse(found.stepFrom) <= INTERVAL_MS,
      ),
      unit: 'yes = 1',
      goal: { op: '=', value: 1 },
      note:
        found === undefined
          ? 'no step'
          : `${found.stepTo.slice(11, 16)}, true: ${new Date(flippedAtMs).toISOString().slice(11, 16)}`,
    }),
    row({
      name: 'plan flip: old and new plan are named',
      value: isTrue((found?.planBefore ?? null) !== null && found?.planBefore !== found?.planAfter),
      unit: 'yes = 1',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'plan flip: how far off the planner is, as the cause says it',
      value: expected === undefined ? null : Number(measured) / Number(expected),
      unit: 'times',
      goal: { op: '>=', value: 100 },
    }),
    row({
      name: 'plan flip: the ANALYZE is named',
      value: isTrue(right[0]?.fix.patch === 'ANALYZE public.import;'),
      unit: 'yes = 1',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'plan flip: other statements called regressions (one tripled its calls)',
      value: named.length - right.length,
      unit: 'findings',
      goal: { op: '=', value: 0 },
    }),
    row({
      name: 'plan flip: the tripled calls are listed as load',
      value: database?.loads.filter(({ statement }) => statement.startsWith('SELECT visit ')).length ?? 0,
      unit: 'statements',
      goal: { op: '=', value: 1 },
    }),
  ];
}

/** The statement that the finding names is run, and `verify` looks while the work goes on. */
async function verifiedRows(
  site: PostgresSite,
  folder: string,
  report: Report,
  log: (line: string) => void,
): Promise<BenchRow[]> {
  const [finding] = regressionsIn(report);
  const verify = async (): Promise<string> => {
    if (finding === undefined) return 'no finding';
    const { stdout } = await runCli(['verify', finding.id, '--json'], folder);
    return (JSON.parse(stdout) as { data: { verdict: string } | null }).data?.verdict ?? 'no verdict';
  };
  const app = await site.connect('shop');
  const state = { over: false };
  const working = (async () => {
    while (!state.over) await work(app, 3);
  })();
  log('plan flip: verify before and after the ANALYZE');
  const before = await verify();
  await site.owner.query(finding?.fix.patch ?? 'select 1');
  const after = await verify();
  state.over = true;
  await working;
  return [
    row({
      name: 'plan flip: verify before and after the ANALYZE',
      value: before === 'stands' && after === 'gone' ? 1 : 0,
      unit: 'yes = 1',
      goal: { op: '=', value: 1 },
      note: `${before}, then ${after}`,
    }),
  ];
}
