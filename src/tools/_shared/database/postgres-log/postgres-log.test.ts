import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { quantile } from '../../../../core/histogram.ts';
import { systemFiles } from '../../../../platform/files.ts';
import { type RunningPostgres, startPostgres } from '../../../../platform/postgres/embedded.ts';
import { detectLog } from './detect.ts';
import { readPostgresLogs } from './read-logs.ts';
import type { LogRecord } from './record.ts';
import { createLogSummariser, type LogSummary } from './summary.ts';

const EVERYTHING = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const signal = new AbortController().signal;

let server: RunningPostgres;
let folder: string;
const PREFIX = '%m [%p] %q%u@%d/%a ';

/** One server that writes the same log in all three formats, and one of each thing we look for. */
beforeAll(async () => {
  server = await startPostgres({
    settings: {
      logging_collector: 'on',
      log_destination: 'stderr,csvlog,jsonlog',
      log_directory: 'log',
      log_filename: 'server.log',
      log_line_prefix: PREFIX,
      log_min_duration_statement: '0',
      log_temp_files: '0',
      log_lock_waits: 'on',
      deadlock_timeout: '100ms',
      shared_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '20ms',
      'auto_explain.log_format': 'json',
    },
  });
  folder = join(server.directory, 'data', 'log');
  const connect = async (application: string): Promise<Client> => {
    const client = new Client({ connectionString: server.url, application_name: application });
    await client.connect();
    return client;
  };
  const first = await connect('first');
  const second = await connect('second');
  await first.query('create table things (id int primary key, note text default \'a\nb, "c"\')');
  await first.query('insert into things select generate_series(1, 200)');
  for (const id of [1, 2, 3]) await first.query('select note from things where id = $1', [id]);
  await first.query('select\n  count(*), pg_sleep(0.05)\nfrom things');
  await first.query('set work_mem = 64');
  await first.query('select n from generate_series(1, 100000) n order by md5(n::text)');
  await first.query('select missing from things').catch(() => undefined);
  await deadlock(first, second);
  await first.end();
  await second.end();
  // The collector writes a moment later than the server.
  await vi.waitFor(async () => {
    if ((await read('server.json')).summary.deadlockCount === 0) throw new Error('not written yet');
  }, 10_000);
});
afterAll(() => server.stop());

async function deadlock(first: Client, second: Client): Promise<void> {
  await first.query('begin; update things set note = $$x$$ where id = 1');
  await second.query('begin; update things set note = $$x$$ where id = 2');
  const outcomes = await Promise.allSettled([
    first.query('update things set note = $$y$$ where id = 2'),
    second.query('update things set note = $$y$$ where id = 1'),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  await Promise.all([first.query('rollback'), second.query('rollback')]);
}

async function read(name: string): Promise<{ format: string; summary: LogSummary; records: LogRecord[] }> {
  const records: LogRecord[] = [];
  const summariser = createLogSummariser({
    range: EVERYTHING,
    database: 'postgres',
    normalise: (statement) => statement.replace(/\d+/g, '$1'),
  });
  const reading = await readPostgresLogs(systemFiles, [join(folder, name)], {
    prefix: PREFIX,
    signal,
    onRecord(record) {
      records.push(record);
      summariser.add(record);
    },
  });
  if (!reading.known) throw new Error(reading.reason);
  expect(reading.value.files).toHaveLength(1);
  expect(reading.value.files[0]?.unreadableLines).toBe(0);
  return { format: reading.value.files[0]?.format ?? '', summary: summariser.summary(), records };
}

describe.each([
  ['server.json', 'jsonlog'],
  ['server.csv', 'csvlog'],
  ['server.log', `stderr with log_line_prefix "${PREFIX}"`],
])('%s of a real server', (name, format) => {
  it('is told by its content and read whole', async () => {
    const found = await read(name);
    expect(found.format).toBe(format);
    const insert = found.records.find(({ message }) => message.includes('create table things'));
    expect(insert).toMatchObject({ user: 'postgres', database: 'postgres', application: 'first' });
    expect(insert?.message).toContain(`a\nb, "c"`);
    expect(insert?.atMs).toBeGreaterThan(Date.UTC(2026, 0, 1));
  });

  it('gives the durations, plans and files of statements', async () => {
    const { summary } = await read(name);
    const lookup = summary.statements.get('select note from things where id = $$1');
    expect(lookup?.durations.count).toBe(3);
    const slept = [...summary.statements].find(([text]) => text.includes('pg_sleep'))?.[1];
    expect(quantile(slept?.durations ?? never(), 0.5)).toBeGreaterThanOrEqual(49);
    expect(JSON.parse(slept?.plan ?? '')).toMatchObject({ Plan: { 'Node Type': 'Aggregate' } });
    const sorted = [...summary.statements].find(([text]) =>
      text.includes('generate_series($1, $1) n order'),
    )?.[1];
    expect(sorted?.temporaryBytes).toBeGreaterThan(100_000);
    expect(summary.temporaryFiles.count).toBeGreaterThanOrEqual(1);
  });

  it('gives errors, lock waits and both sides of a deadlock', async () => {
    const { summary } = await read(name);
    const error = summary.errors.find(({ message }) => message.includes('"missing"'));
    expect(error).toMatchObject({ count: 1, statement: 'select missing from things' });
    expect(summary.lockWaits.count).toBeGreaterThanOrEqual(1);
    expect(summary.deadlockCount).toBe(1);
    const statements = summary.deadlocks[0]?.participants.map(({ statement }) => statement).toSorted(byText);
    expect(statements).toEqual([
      'update things set note = $$y$$ where id = 1',
      'update things set note = $$y$$ where id = 2',
    ]);
  });
});

describe('reading logs', () => {
  it('finds files by a pattern', async () => {
    expect(readdirSync(folder)).toContain('server.csv');
    const reading = await readPostgresLogs(systemFiles, [join(folder, 'server.*')], {
      prefix: PREFIX,
      signal,
      onRecord: () => undefined,
    });
    expect(reading.known && reading.value.files).toHaveLength(3);
  });

  it('reads of a large file only what the wanted time needs, and none of one that ended before', async () => {
    const path = join(server.directory, 'large.json');
    const startMs = Date.UTC(2026, 0, 1);
    const line = (second: number): string =>
      JSON.stringify({
        timestamp: `${new Date(startMs + second * 1_000).toISOString().slice(0, 23).replace('T', ' ')} UTC`,
        error_severity: 'LOG',
        message: `duration: 1.5 ms  statement: select '${'x'.repeat(900)}'`,
      });
    await writeFile(path, Array.from({ length: 20_000 }, (_, second) => line(second)).join('\n'));
    const readSince = async (second: number): Promise<number[]> => {
      const times: number[] = [];
      await readPostgresLogs(systemFiles, [path], {
        prefix: null,
        signal,
        sinceMs: startMs + second * 1_000,
        onRecord: ({ atMs }) => times.push(((atMs ?? 0) - startMs) / 1_000),
      });
      return times;
    };
    const late = await readSince(18_000);
    expect(late.length).toBeLessThan(8_000);
    expect(late.filter((second) => second >= 18_000)).toHaveLength(2_000);
    expect(await readSince(20_000)).toEqual([]);
    expect(await readSince(0)).toHaveLength(20_000);
  });

  it('never takes a file it cannot read for an empty log', async () => {
    const options = { prefix: null, signal, onRecord: () => undefined };
    const foreign = await readPostgresLogs(
      systemFiles,
      [join(server.directory, 'data', 'PG_VERSION')],
      options,
    );
    expect(foreign).toMatchObject({
      known: false,
      reason: expect.stringContaining('none of its lines') as string,
    });
    const missing = await readPostgresLogs(systemFiles, [join(folder, 'no-such.log')], options);
    expect(missing).toMatchObject({ known: false });
    expect(await readPostgresLogs(systemFiles, [join(folder, '*.gone')], options)).toMatchObject({
      known: false,
    });
  });

  it('leaves out what lies before the range, and other databases', async () => {
    const line = (database: string, second: number): string =>
      JSON.stringify({
        timestamp: `2026-01-01 00:00:0${second}.000 UTC`,
        dbname: database,
        error_severity: 'LOG',
        message: 'duration: 1.5 ms  statement: select 1',
      });
    const detected = detectLog([line('shop', 1)], null);
    const reader = detected?.create() ?? never();
    const summariser = createLogSummariser({
      range: { fromMs: Date.UTC(2026, 0, 1, 0, 0, 2), toMs: Date.UTC(2026, 0, 1, 0, 0, 9) },
      database: 'shop',
      normalise: (statement) => statement,
    });
    for (const record of [line('shop', 1), line('shop', 3), line('other', 4)].flatMap((each) =>
      reader.push(each),
    ))
      summariser.add(record);
    expect(summariser.summary()).toMatchObject({ records: 1, fromMs: Date.UTC(2026, 0, 1, 0, 0, 3) });
  });
});

function byText(a: string | null, b: string | null): number {
  return (a ?? '').localeCompare(b ?? '');
}

function never(): never {
  throw new Error('it is not there');
}
