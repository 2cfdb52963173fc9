import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/report.ts';
import { publicTemporaryDirectory } from '../../../platform/postgres/temporary.ts';
import type { PostgresClient } from '../../../platform/test-support/postgres.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { openSite, type Site } from './test-fixture.ts';

let site: Site;
let folder: string;
let web: PostgresClient;
let jobs: PostgresClient;

beforeAll(async () => {
  folder = await mkdtemp(join(publicTemporaryDirectory(), 'rearguard-log-'));
  // Where the tests are root, the server is somebody else.
  await chmod(folder, 0o777);
  site = await openSite(createRuntime, {
    logs: [join(folder, 'server*.json')],
    settings: {
      shared_preload_libraries: 'pg_stat_statements,auto_explain',
      logging_collector: 'on',
      log_destination: 'jsonlog',
      log_directory: folder,
      log_filename: 'server.log',
      log_min_duration_statement: '0',
      log_lock_waits: 'on',
      deadlock_timeout: '100ms',
      'auto_explain.log_min_duration': '30ms',
      'auto_explain.log_format': 'json',
      'auto_explain.log_analyze': 'on',
    },
  });
  await site.owner.query(`
    create table stock (id int primary key, kind int, amount int not null default 0);
    insert into stock select n, 1 from generate_series(1, 2000) n;
    grant select, update on stock to app; grant pg_read_all_data to watcher`);
  await site.owner.query('vacuum analyze stock');
  web = await site.connect('web');
  jobs = await site.connect('jobs');
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

async function deadlock(): Promise<void> {
  await web.query('begin; update stock set amount = 1 where id = 1');
  await jobs.query('begin; update stock set amount = 2 where id = 2');
  const outcomes = await Promise.allSettled([
    web.query('update stock set amount = 3 where id = 2'),
    jobs.query('update stock set amount = 4 where id = 1'),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  await Promise.all([web.query('rollback'), jobs.query('rollback')]);
}

/** One round: a deadlock, a slow call among many (4 of 20 take 200 ms), and a statement that fails. */
async function work(): Promise<void> {
  await deadlock();
  for (const seconds of [...Array.from({ length: 16 }, () => 0.06), 0.2, 0.2, 0.2, 0.2]) {
    await web.query('select count(*), pg_sleep($1) from stock where kind + 0 = $2', [seconds, 1]);
  }
  await jobs.query('select missing from stock').catch(() => undefined);
}

async function whileWorking<Result>(run: () => Promise<Result>): Promise<Result> {
  const state = { over: false };
  const working = (async () => {
    while (!state.over) await work();
  })();
  try {
    return await run();
  } finally {
    state.over = true;
    await working;
  }
}

const finding = ({ findings }: Report, rule: string) =>
  findings.find((one) => one.rule.endsWith(`/${rule}`) && one.state !== 'resolved');

const titled = ({ sections }: Report, title: string): string =>
  JSON.stringify(sections.find((block) => 'title' in block && block.title?.includes(title)) ?? null);

describe('a target with logs', () => {
  it('has both statements of a deadlock, the 95th percentile, errors, and where the planner was wrong', async () => {
    const { report } = await whileWorking(() =>
      site.run('analyze', { duration: '8s', now: true, deep: true }),
    );
    const samples = finding(report, 'deadlocks')?.evidence.map(({ sample }) => sample ?? '') ?? [];
    expect(samples.join('\n')).toContain('update stock set amount = 3 where id = 2');
    expect(samples.join('\n')).toContain('update stock set amount = 4 where id = 1');
    expect(samples).toContainEqual(expect.stringMatching(/^(?:web, jobs|jobs, web)$/));
    const p95 = finding(report, 'slow-statement')?.evidence.find(({ label }) => label === 'p95');
    expect(p95?.value).toBeGreaterThan(190);
    expect(titled(report, 'Errors')).toContain('42703');
    expect(titled(report, 'far off')).toContain('public.stock');
    const [database] = (report.data as { databases: { log: unknown; misestimates: unknown[] }[] }).databases;
    expect(database?.log).toMatchObject({ source: '1 file (jsonlog)' });
    expect(database?.misestimates[0]).toMatchObject({ table: 'public.stock', actual: 2_000 });
  });

  it('has the failures of the night on its page', async () => {
    const { report } = await site.run('overnight-summary', { since: '1h' });
    expect(titled(report, 'What the log says')).toContain('deadlock');
    expect(titled(report, 'Errors')).toContain('missing');
    expect(JSON.stringify(report.sections)).toContain('start of the server');
  });

  it('says in coverage why a log cannot be read', async () => {
    await writeFile(join(folder, 'server-of-another-kind.json'), 'neither this\nnor that\n');
    const partly = await site.run('analyze', { duration: '1s', now: true });
    expect(gaps(partly.report)).toContain('none of its lines looks like a PostgreSQL log');
    await rm(join(folder, 'server-of-another-kind.json'));
  });
});

function gaps({ coverage }: Report): string {
  return coverage.notChecked.map(({ reason }) => reason).join('\n');
}
