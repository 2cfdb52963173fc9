import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type LogBench, openLogBench, pinoLine } from './fixture.ts';
import type { QueryData } from './query.ts';

const T0 = Date.UTC(2026, 4, 6, 7);

let bench: LogBench;
beforeEach(async () => {
  bench = await openLogBench(createRuntime);
  await bench.configure();
});
afterEach(() => bench.close());

function logOf(fromMs: number, count = 60): string {
  return Array.from({ length: count }, (_, at) =>
    pinoLine(fromMs + at * 30_000, {
      level: at % 5 === 0 ? 50 : 30,
      userId: at % 2 === 0 ? 'Anna' : 'Ben',
      route: `/orders/${at}/lines`,
      token: 'abcdef0123456789abcdef',
      msg: at % 5 === 0 ? `payment ${at} refused for anna@example.com` : `payment ${at} taken`,
    }),
  ).join('');
}

async function queried(filter: string, more: Record<string, unknown> = {}): Promise<QueryData> {
  const { report, exitCode } = await bench.run('query', { filter, ...more });
  expect(exitCode).toBe(0);
  return report.data as QueryData;
}

describe('query', () => {
  it('counts what matches, and shows the newest without what is secret or personal', async () => {
    await bench.write('logs/app.log', logOf(T0));
    const data = await queried('level>=error refused', { limit: 2 });
    expect(data).toMatchObject({
      records: 60,
      matched: 12,
      first: '2026-05-06T07:00:00.000Z',
      last: '2026-05-06T07:27:30.000Z',
    });
    expect(data.shown.map(({ at }) => at)).toEqual(['2026-05-06T07:25:00.000Z', '2026-05-06T07:27:30.000Z']);
    expect(data.shown[0]?.text).toContain('payment 50 refused for [email]');
    expect(data.shown[0]?.text).not.toContain('abcdef0123456789abcdef');
    expect((await queried('refused level<error')).matched).toBe(0);
  });

  it('counts by values as they are written, and ids in endpoints as one', async () => {
    await bench.write('logs/app.log', logOf(T0));
    expect((await queried('level=error', { by: 'user' })).by).toEqual({
      name: 'user',
      values: [
        { value: 'Anna', count: 6 },
        { value: 'Ben', count: 6 },
      ],
      distinct: 0,
      others: 0,
      without: 0,
    });
    expect((await queried('', { by: 'endpoint' })).by?.values).toEqual([
      { value: '/orders/<*>/lines', count: 60 },
    ]);
    expect((await queried('', { by: 'level', limit: 1 })).by).toMatchObject({ distinct: 1, others: 12 });
    expect((await queried('', { by: 'nothing' })).by).toMatchObject({ values: [], without: 60 });
  });

  it('looks back as far as it is told, and at files by themselves', async () => {
    const nowMs = Date.now();
    await bench.write('logs/app.log', logOf(nowMs - 3 * 3_600_000) + logOf(nowMs - 60_000, 2));
    expect((await queried('payment', { since: '1h' })).records).toBe(2);
    await bench.write('other/a.log', logOf(T0, 5));
    expect((await queried('payment', { files: ['other/a.log'] })).matched).toBe(5);
  });

  it('of nothing is unknown, and a filter that cannot be read is told where', async () => {
    await bench.write('logs/app.log', '');
    expect((await bench.run('query', { filter: 'x' })).exitCode).toBe(3);
    expect(await bench.run('query', { filter: 'level>=eror' })).toMatchObject({
      exitCode: 2,
      report: { error: { code: 'E_FILTER', message: expect.stringContaining('at character 8') } },
    });
  });
});
