import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/report.ts';
import { createSqlConnector } from '../../../platform/sql/postgres.ts';
import {
  openPostgresSite,
  type PostgresClient,
  type PostgresSite,
} from '../../../platform/test-support/postgres.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { HISTORY_TOPICS, keepCounters } from '../../_shared/database/history.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import { TOOL } from '../rules.ts';

const signal = new AbortController().signal;
const MINUTE_MS = 60_000;

let site: PostgresSite;
let app: PostgresClient;
let directory: string;
let runtime: Awaited<ReturnType<typeof createRuntime>>;

beforeAll(async () => {
  site = await openPostgresSite();
  app = await site.connect('reports');
  await site.owner.query('create table sale (id int primary key); grant select on sale to app');
  directory = await mkdtemp(join(tmpdir(), 'rearguard-db-history-'));
  const config = { targets: { 'shop-db': { database: { $env: 'DATABASE_URL' } } } };
  await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify(config));
  const env = { DATABASE_URL: site.urlOf('watcher') };
  runtime = await createRuntime({ cwd: directory, env, workerThreads: false });
});
afterAll(async () => {
  await runtime.close();
  await site.close();
  await rm(directory, { recursive: true, force: true });
});

const run = async (input: Record<string, unknown>): Promise<Report> =>
  (await runtime.run({ tool: TOOL, command: 'analyze', input, signal })).report;
const slow = ({ findings }: Report): string[] =>
  findings.filter(({ rule }) => rule.endsWith('/slow-statement')).map(({ subject }) => subject.name);

interface Data {
  databases: { source: string; from: string | null }[];
}

/** What a watch kept so long ago, as the counters stand now. */
async function keepAsOf(agoMs: number): Promise<void> {
  const session = await createSqlConnector().open(site.urlOf('watcher'), {
    statementTimeoutMs: 5_000,
    signal,
  });
  const snapshot = await readSnapshot(session, HISTORY_TOPICS, Date.now() - agoMs);
  await session.close();
  expect(keepCounters(runtime.openStore().observations, { tool: TOOL, target: 'shop-db' }, snapshot)).toBe(
    true,
  );
}

describe('analyze over kept counters', () => {
  it('watches where history does not reach back far enough, else judges the whole window from it', async () => {
    await keepAsOf(20 * MINUTE_MS);
    for (let call = 0; call < 5; call += 1) await app.query('select count(*), pg_sleep(0.1) from sale');
    await keepAsOf(3 * MINUTE_MS);

    const hour = await run({ duration: '20m' });
    expect(hour.error).toBeUndefined();
    const [database] = (hour.data as Data).databases;
    expect(database?.source).toBe('history');
    expect(Date.now() - Date.parse(database?.from ?? '')).toBeGreaterThanOrEqual(20 * MINUTE_MS);
    expect(slow(hour)).toEqual([expect.stringMatching(/^shop-db SELECT sale /) as string]);

    // What was slow is over: nothing of it is in a window that begins now.
    const now = await run({ duration: '2s', now: true });
    expect((now.data as Data).databases[0]?.source).toBe('watched');
    expect(slow(now)).toEqual([]);
  });

  it('watches from now on when nothing is asked for, whatever is kept', async () => {
    const report = await run({});
    expect((report.data as Data).databases[0]?.source).toBe('watched');
    expect(slow(report)).toEqual([]);
  });
});
