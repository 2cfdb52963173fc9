import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import type { Report } from '../../../core/report.ts';
import { TOOL } from '../rules.ts';
import type { AnalyzeData } from './analyze.ts';
import { type LogBench, openLogBench, pinoLine, thrownLine } from './fixture.ts';
import { MINUTE_MS } from '../analyze/minutes.ts';

const HOUR_MS = 60 * MINUTE_MS;
const GONE = { message: 'order 4711 is gone', place: 'Orders.find (/srv/app/src/orders.js' };
const TIMEOUT = {
  type: 'TimeoutError',
  message: 'no answer in 5 s',
  place: 'charge (/srv/app/src/payments.js',
};

let bench: LogBench;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.now();
  bench = await openLogBench(createRuntime);
  await bench.configure();
});
afterEach(() => bench.close());

/** Requests that work, one every `stepMs`. */
function traffic(fromMs: number, toMs: number, stepMs = MINUTE_MS): string {
  const lines: string[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs)
    lines.push(pinoLine(atMs, { msg: `order ${atMs % 9_999} shipped`, release: '2.0.0' }));
  return lines.join('');
}

function thrown(count: number, toMs: number, what: typeof GONE, release = '2.0.0'): string {
  return Array.from({ length: count }, (_, at) =>
    thrownLine(toMs - (count - at) * 1_000, what, { release, userId: `u${at}` }),
  ).join('');
}

function dataOf({ data }: Report): AnalyzeData {
  return data as AnalyzeData;
}

/** Rule and group of what stands. */
function open({ findings }: Report): string[] {
  return findings
    .filter(({ state }) => state !== 'resolved')
    .map(({ rule, subject }) => `${rule.replace(`${TOOL}/`, '')} ${subject.name}`);
}

describe('analyze', () => {
  it('reads on from where it stopped: each byte counts once', async () => {
    await bench.write('logs/app.log', traffic(nowMs - HOUR_MS, nowMs));
    expect(dataOf((await bench.run('analyze')).report)).toMatchObject({ records: 60, errors: 0 });
    await bench.append('logs/app.log', thrown(2, nowMs, GONE));
    const { report } = await bench.run('analyze');
    expect(dataOf(report)).toMatchObject({ records: 62, errors: 2, reading: { records: 2 } });
    expect(dataOf((await bench.run('analyze')).report)).toMatchObject({
      records: 62,
      reading: { records: 0 },
    });
  });

  it('says what was never there before, who is hit and where it is from', async () => {
    await bench.write('logs/app.log', traffic(nowMs - 30 * HOUR_MS, nowMs, 5 * MINUTE_MS));
    expect((await bench.run('analyze')).report.status).toBe('pass');
    await bench.append('logs/app.log', thrown(4, nowMs - 1_000, GONE));
    const { report, exitCode } = await bench.run('analyze');
    const [group] = dataOf(report).groups;
    expect(exitCode).toBe(1);
    expect(open(report)).toEqual([`new-error ${group?.id}`]);
    expect(report.findings[0]).toMatchObject({
      severity: 'high',
      subject: { kind: 'error', location: 'Orders.find (src/orders.js)' },
      verify: { check: { command: 'analyze', input: { group: group?.id } } },
    });
    expect(report.next[0]).toBe(`rearguard errors show ${group?.id}`);
  });

  it('looks back from the newest record of a file, or from now', async () => {
    const pastMs = nowMs - 90 * 24 * HOUR_MS;
    await bench.write('old.log', traffic(pastMs, pastMs + 3 * HOUR_MS));
    const ofFile = await bench.run('analyze', { files: ['old.log'], since: '1h' });
    expect(dataOf(ofFile.report).records).toBe(60);
    await bench.write('logs/app.log', traffic(pastMs, pastMs + HOUR_MS));
    const { report, exitCode } = await bench.run('analyze', { since: '1h' });
    expect(exitCode).toBe(3);
    expect(report).toMatchObject({ status: 'unknown', data: { records: 0, groups: [] } });
  });

  it('compares with the time before', async () => {
    const fromMs = nowMs - 4 * HOUR_MS;
    await bench.write(
      'logs/app.log',
      traffic(fromMs, nowMs) + thrown(60, nowMs - 2 * HOUR_MS, GONE) + thrown(30, nowMs - MINUTE_MS, TIMEOUT),
    );
    const { report } = await bench.run('analyze', { since: '1h', compare: '3h' });
    const { comparison } = dataOf(report);
    expect(comparison?.changes.map(({ title, change }) => [title.replace(/:.*/, ''), change]).sort()).toEqual(
      [
        ['RangeError', 'gone'],
        ['TimeoutError', 'new'],
      ],
    );
  });

  it('of empty logs and of none is unknown, never pass', async () => {
    await bench.write('logs/app.log', '');
    expect((await bench.run('analyze')).exitCode).toBe(3);
    const missing = await bench.run('analyze', { files: ['not-there.log'] });
    expect(missing.exitCode).toBe(3);
    expect(missing.report.coverage.notChecked.map(({ reason }) => reason).join(' ')).toContain(
      'not-there.log',
    );
    await bench.configure({});
    const { report, exitCode } = await bench.run('analyze');
    expect(report.error?.code).toBe('E_NOTHING_TO_CHECK');
    expect(exitCode).toBe(3);
  });

  it('says what it could not read beside what it could', async () => {
    await bench.write('logs/app.log', traffic(nowMs - HOUR_MS, nowMs));
    const packed = gzipSync(traffic(nowMs - 9 * HOUR_MS, nowMs - 8 * HOUR_MS));
    await bench.write('logs/app.log.1.gz', packed.subarray(0, packed.length - 40));
    const { report } = await bench.run('analyze');
    expect(dataOf(report).records).toBeGreaterThanOrEqual(60);
    expect(report.coverage.notChecked.map(({ reason }) => reason).join(' ')).toContain('could not be read');
  });

  it('maps frames of bundles by the source maps of the config', async () => {
    // One segment: the first column of the first line is line 1, column 1 of src/orders.ts.
    const map = { version: 3, sources: ['src/orders.ts'], names: [], mappings: 'AAAA' };
    await bench.write('maps/main.js.map', JSON.stringify(map));
    const stack = 'RangeError: gone\n    at find (/srv/dist/main.js:1:1)';
    const line = pinoLine(nowMs - 1_000, {
      level: 50,
      msg: 'gone',
      err: { type: 'RangeError', message: 'gone', stack },
    });
    await bench.write('app.log', line);
    const culprit = async (): Promise<string | null | undefined> =>
      dataOf((await bench.run('analyze', { files: ['app.log'] })).report).groups[0]?.culprit;
    expect(await culprit()).toContain('main.js');
    await bench.configure({ sourceMaps: ['maps'] });
    expect(await culprit()).toContain('src/orders.ts');
  });
});

describe('whether an error is gone', () => {
  const asked = { rule: `${TOOL}/frequent-error`, unseenFor: '10m' };

  it('is told by its silence while logs go on', async () => {
    await bench.write('logs/app.log', thrown(5, nowMs - 20 * MINUTE_MS, GONE));
    const { report } = await bench.run('analyze');
    const group = dataOf(report).groups[0]?.id;
    const silent = await bench.run('analyze', { ...asked, group });
    expect(silent.report.status).toBe('unknown');
    await bench.append('logs/app.log', traffic(nowMs - 5 * MINUTE_MS, nowMs));
    const gone = await bench.run('analyze', { ...asked, group });
    expect(gone).toMatchObject({ exitCode: 0, report: { status: 'pass' } });
    await bench.append('logs/app.log', thrown(1, nowMs, GONE));
    const back = await bench.run('analyze', { ...asked, group });
    expect(open(back.report)).toEqual([`frequent-error ${group}`]);
  });

  it('is looked for where it was found: logs that never had it cannot tell', async () => {
    await bench.write('other.log', thrown(30, nowMs, GONE) + traffic(nowMs - HOUR_MS, nowMs));
    await bench.write('logs/app.log', traffic(nowMs - HOUR_MS, nowMs));
    const { report } = await bench.run('analyze', { files: ['other.log'] });
    const [finding] = report.findings;
    const check = finding?.verify.check.input ?? {};
    expect(check).toMatchObject({ files: ['other.log'], group: finding?.subject.name });
    const again = await bench.run('analyze', check);
    expect(again.report.findings.map(({ id }) => id)).toEqual([finding?.id]);
    expect(finding?.fix.steps).toContain(
      `See all of it: rearguard errors show ${finding?.subject.name} other.log`,
    );
  });
});

describe('what a person says of an error', () => {
  async function frequent(): Promise<string> {
    const steps = Array.from({ length: 30 }, (_, at) => nowMs - HOUR_MS + at * 2 * MINUTE_MS);
    await bench.write(
      'logs/app.log',
      steps.map((atMs) => thrown(1, atMs + 1_000, GONE) + traffic(atMs, atMs + 2 * MINUTE_MS)).join(''),
    );
    const { report } = await bench.run('analyze');
    const group = dataOf(report).groups[0]?.id ?? 'none';
    expect(open(report)).toContain(`frequent-error ${group}`);
    return group;
  }

  it('ignored, it is counted and not told, until it is open again', async () => {
    const group = await frequent();
    expect(
      (await bench.run('ignore', { group: group.slice(0, 5), note: 'known' })).report.data,
    ).toMatchObject({
      group,
      state: 'ignored',
      note: 'known',
    });
    const ignored = (await bench.run('analyze')).report;
    expect(open(ignored)).toEqual([]);
    expect(dataOf(ignored).groups[0]).toMatchObject({ id: group, state: 'ignored', count: 30 });
    await bench.run('reopen', { group });
    expect(open((await bench.run('analyze')).report)).toEqual([`frequent-error ${group}`]);
  });

  it('resolved in a release, it is told when it comes back on that or a later one', async () => {
    const group = await frequent();
    expect((await bench.run('resolve', { group, release: '2.0.1' })).exitCode).toBe(0);
    expect(open((await bench.run('analyze')).report)).toEqual([]);
    await bench.append('logs/app.log', thrownLine(Date.now(), GONE, { release: '2.0.0' }));
    expect(open((await bench.run('analyze')).report)).toEqual([]);
    await bench.append('logs/app.log', thrownLine(Date.now(), GONE, { release: '2.0.2' }));
    expect(open((await bench.run('analyze')).report)).toEqual([`regressed-error ${group}`]);
  });

  it('is refused for what is not there, with what is near', async () => {
    await frequent();
    const missing = await bench.run('resolve', { group: 'e0000' });
    expect(missing).toMatchObject({ exitCode: 2, report: { error: { code: 'E_NOT_THERE' } } });
  });
});
