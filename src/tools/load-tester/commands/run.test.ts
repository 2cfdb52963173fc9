import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../../core/report.ts';
import { type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { createRuntime, type Runtime } from '../../../runtime/runtime.ts';
import { type LoadData, loadDataSchema } from './data.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;
const fine: Behaviour = (_, response) => response.end('{}');

let behaviour: Behaviour = fine;
let served = 0;
let api: LocalServer;
let folder: string;
let runtime: Runtime;

beforeAll(async () => {
  api = await serveHttp((request, response) => {
    served += 1;
    behaviour(request, response);
  });
});
beforeEach(async () => {
  behaviour = fine;
  served = 0;
  folder = await mkdtemp(join(tmpdir(), 'rearguard-load-'));
  // The server shares our thread and processor here, so lateness says nothing.
  const fitness = { maxLag: '1h', maxLagShare: 100, maxBusy: 100 };
  const tools = { 'load-tester': { objectives: { p95: '1h' }, fitness } };
  await writeFile(
    join(folder, 'rearguard.config.json'),
    JSON.stringify({ targets: { shop: { baseUrl: api.origin } }, tools }),
  );
  runtime = await createRuntime({ cwd: folder, env: {}, workerThreads: false });
});
afterEach(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => api.close());

async function load(command: string, input: Record<string, unknown>, signal = new AbortController().signal) {
  const changes: string[] = [];
  const { report, exitCode } = await runtime.run({
    tool: 'load',
    command,
    input,
    signal,
    onView: (view) => changes.push(...view.changes.map(({ text }) => text)),
  });
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  return { report, exitCode, changes, data: report.data === null ? null : loadDataSchema.parse(report.data) };
}

const sent = (data: LoadData | null) => data?.phases.reduce((sum, { sessions }) => sum + sessions.begun, 0);

describe('run', () => {
  it('makes the load that was asked for, counts every request, and passes', async () => {
    const { report, exitCode, data } = await load('run', {
      concurrent: 4,
      duration: '3s',
      threshold: ['errors<1%', 'checks>99%'],
      csv: 'figures.csv',
      otlp: 'figures.otlp.json',
      save: 'runs/before.json',
    });
    expect(report.error).toBeUndefined();
    expect(data?.phases.map(({ name, stopReason }) => [name, stopReason])).toEqual([
      ['one at a time', 'completed'],
      ['load', 'completed'],
    ]);
    expect(sent(data)).toBe(served);
    expect(data?.thresholds.map(({ holds }) => holds)).toEqual([true, true]);
    expect(exitCode).toBe(0);
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.artifacts.map(({ kind }) => kind)).toEqual(['csv', 'otlp', 'baseline']);
    const [head, ...rows] = (await readFile(join(folder, 'figures.csv'), 'utf8')).trim().split('\r\n');
    expect(head).toMatch(/^time,second,endpoint,sent/);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(JSON.parse(await readFile(join(folder, 'figures.otlp.json'), 'utf8'))).toHaveProperty(
      'resourceMetrics.0.scopeMetrics.0.metrics',
    );
    expect(JSON.parse(await readFile(join(folder, 'runs/before.json'), 'utf8'))).toMatchObject({
      plan: { hash: data?.phases[1]?.planHash },
    });
  }, 60_000);

  it('keeps of a replay what makes it again', async () => {
    const line = (second: number) =>
      `192.0.2.7 - - [10/Oct/2025:13:55:${30 + second} +0000] "GET /p/${second} HTTP/1.1" 200 2 "-" "a"\n`;
    await writeFile(
      join(folder, 'access.log'),
      Array.from({ length: 9 }, (_, second) => line(second)).join(''),
    );
    const input = { from: 'access.log', replay: true, speed: 4, calm: false, save: 'replay.json' };
    const saved = await load('run', input);
    expect(saved.report.error).toBeUndefined();
    const kept: unknown = JSON.parse(await readFile(join(folder, 'replay.json'), 'utf8'));
    expect(kept).toMatchObject({ request: { scenario: 'access.log', load: { replay: true, speed: 4 } } });
    // Another plan would be refused.
    const again = await runtime.run({
      tool: 'load',
      command: 'before-after',
      input: { baseline: 'replay.json' },
      signal: new AbortController().signal,
    });
    expect(again.report.error).toBeUndefined();
  }, 60_000);

  it('fails for a threshold that does not hold, and for one without samples', async () => {
    const { exitCode, report } = await load('run', {
      rate: 50,
      duration: '2s',
      calm: false,
      threshold: ['rate>5000', 'GET /nowhere:p95<1s'],
    });
    expect(exitCode).toBe(1);
    const crossed = report.findings.filter(({ rule }) => rule === 'load-tester/threshold-crossed');
    expect(crossed.map(({ subject }) => subject.name).toSorted()).toEqual(['GET /nowhere', 'shop']);
    expect(crossed[0]?.verify.check).toMatchObject({
      command: 'run',
      input: { rate: 50, duration: '2000ms' },
    });
  }, 60_000);

  it('stops early for --abort, and says so', async () => {
    let answered = 0;
    behaviour = (_, response) => {
      answered += 1;
      response.writeHead(answered > 100 ? 404 : 200).end();
    };
    const { data, exitCode } = await load('run', {
      rate: 100,
      duration: '60s',
      calm: false,
      threshold: ['errors<5%'],
      abort: true,
    });
    expect(data?.phases[0]?.stopReason).toBe('threshold');
    expect(exitCode).toBe(1);
  }, 60_000);

  it('makes no load on what fails one request at a time', async () => {
    behaviour = (_, response) => response.writeHead(404).end('no such page');
    const { data, report, exitCode } = await load('run', { users: 20, duration: '60s' });
    expect(exitCode).toBe(3);
    expect(data?.phases.map(({ name }) => name)).toEqual(['one at a time']);
    expect(report.summary).toMatch(
      /^None of \d+ requests? succeeded one at a time \(\d+ status-4xx\), so no load/,
    );
  }, 60_000);

  it('interrupted, drains and keeps what it measured', async () => {
    const interrupt = new AbortController();
    behaviour = (_, response) => {
      if (served === 50) interrupt.abort();
      response.end();
    };
    const { data, report } = await load('run', { rate: 50, duration: '60s', calm: false }, interrupt.signal);
    expect(data?.phases[0]?.stopReason).toBe('interrupted');
    expect(sent(data)).toBe(served);
    expect(
      report.sections.some((block) => block.kind === 'text' && block.text.startsWith('Interrupted')),
    ).toBe(true);
  }, 60_000);

  it.each([
    [{ rate: 10, threshold: ['p95<fast'] }, /threshold "p95<fast" cannot be read/],
    [{ stages: '30:5' }, /is no stage/],
    [{ users: 5_000 }, /more than the ceiling/],
    [{ target: 'shpo' }, /No HTTP target is named shpo/],
  ])('refuses %j', async (input, message) => {
    const { report, exitCode } = await load('run', input);
    expect(exitCode).toBe(2);
    expect(report.error?.message).toMatch(message);
    expect(served).toBe(0);
  });
});

describe('quick-test', () => {
  it('goes from one user to more, then to half of their rate', async () => {
    behaviour = (_, response) => void setTimeout(() => response.end('{}'), 10);
    const { data, report, exitCode } = await load('quick-test', { duration: '8s', users: 8 });
    expect(data?.phases.map(({ name }) => name).slice(0, 3)).toEqual(['one at a time', '2 users', '8 users']);
    expect(data?.phases[3]?.name).toMatch(/sessions\/s$/);
    expect(sent(data)).toBe(served);
    expect(exitCode).toBe(0);
    expect(report.coverage.checked.flatMap(({ rules }) => rules)).toContain('load-tester/latency-cliff');
  }, 60_000);

  it('finds what fails only in company, and its check finds it again', async () => {
    let under = 0;
    behaviour = (_, response) => {
      under += 1;
      const status = under > 1 ? 500 : 200;
      setTimeout(() => {
        under -= 1;
        response
          .writeHead(status)
          .end(status === 500 ? 'duplicate key value violates unique constraint' : '{}');
      }, 5);
    };
    const first = await load('quick-test', { duration: '5s', users: 4 });
    const finding = first.report.findings.find(({ rule }) => rule === 'load-tester/errors-under-concurrency');
    expect(finding?.title).toContain('a unique violation');
    const { command, input } = finding?.verify.check ?? { command: '', input: {} };
    const again = await load(command, input);
    expect(again.report.findings.map(({ id }) => id)).toContain(finding?.id);
  }, 60_000);
});
