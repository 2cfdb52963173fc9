import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type LogBench, openLogBench, pinoLine, thrownLine } from './fixture.ts';
import type { ShowData } from './show.ts';
import { MINUTE_MS } from '../analyze/minutes.ts';

const GONE = { message: 'order 4711 is gone', place: 'Orders.find (/srv/app/src/orders.js' };

let bench: LogBench;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.now();
  bench = await openLogBench(createRuntime);
  await bench.configure();
});
afterEach(() => bench.close());

/** Ten minutes of traffic with an error every other minute, and queues that are full. */
function logOf(toMs: number): string {
  return Array.from({ length: 10 }, (_, minute) => {
    const atMs = toMs - (10 - minute) * MINUTE_MS;
    const queue = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'sigma', 'kappa', 'lambda', 'theta', 'iota'][
      minute
    ];
    return [
      pinoLine(atMs, { msg: `order ${minute} shipped` }),
      pinoLine(atMs + 5, { level: 50, msg: `the mail queue ${queue} is full and takes no more` }),
      ...(minute % 2 === 0
        ? [
            thrownLine(atMs + 10, GONE, {
              userId: `u${minute}`,
              tenant: minute < 6 ? 'acme' : 'globex',
              release: '1.4',
            }),
          ]
        : []),
    ].join('');
  }).join('');
}

async function idOf(kind: 'e' | 'm'): Promise<string> {
  const { report } = await bench.run('analyze');
  const { groups } = report.data as { groups: { id: string }[] };
  return groups.find(({ id }) => id.startsWith(kind))?.id ?? 'none';
}

describe('show', () => {
  it('tells all of one error, found by the beginning of its id', async () => {
    await bench.write('logs/app.log', logOf(nowMs));
    const id = await idOf('e');
    const { report, exitCode } = await bench.run('show', { group: id.slice(0, 6), explain: true });
    expect(exitCode).toBe(0);
    const data = report.data as ShowData;
    expect(data.group).toMatchObject({
      id,
      count: 5,
      users: 5,
      releases: ['1.4'],
      culprit: 'Orders.find (src/orders.js)',
    });
    expect(data.fields.find(({ field }) => field === 'tenant')?.values).toEqual([
      { value: 'acme', count: 3 },
      { value: 'globex', count: 2 },
    ]);
    expect(data.samples[0]?.text).toContain('order 4711 is gone');
    expect(data.explanation?.[0]).toBe('type of the root cause: RangeError');
    expect(data.explanation?.at(-1)).toBe(`${id} is the hash of these`);
    expect(report.sections.find(({ kind }) => kind === 'text')).toMatchObject({ untrusted: true });
  });

  it('says which groups were merged into it and why, and finds it by their ids', async () => {
    await bench.write('logs/app.log', logOf(nowMs));
    const { report } = await bench.run('show', { group: await idOf('m'), explain: true });
    const data = report.data as ShowData;
    expect(data.group).toMatchObject({ count: 10, title: 'the mail queue <*> is full and takes no more' });
    expect(data.merged).toHaveLength(9);
    expect(data.merged[0]?.reason).toContain('varies');
    expect(data.explanation?.[0]).toContain('words that count');
    const other = await bench.run('show', { group: data.merged[3]?.id });
    expect((other.report.data as ShowData).group.id).toBe(data.group.id);
  });

  it('tells what a person said, and looks at an error of last week in its own time', async () => {
    const thenMs = nowMs - 7 * 24 * 60 * MINUTE_MS;
    await bench.write('logs/app.log', logOf(thenMs) + pinoLine(nowMs - 1_000, { msg: 'order 9 shipped' }));
    await bench.run('analyze', { since: '10d' });
    const { report: analyzed } = await bench.run('analyze', { since: '10d' });
    const { id = 'none' } = (analyzed.data as { groups: { id: string }[] }).groups[0] ?? {};
    const said = await bench.run('ignore', { group: id, note: 'the vendor knows' });
    expect(said.exitCode).toBe(0);
    const { report } = await bench.run('show', { group: id });
    expect(report.data).toMatchObject({
      group: { id, state: 'ignored' },
      said: { state: 'ignored', note: 'the vendor knows' },
    });
    const narrow = await bench.run('show', { group: id, since: '1h' });
    expect(narrow.exitCode).toBe(2);
    expect(narrow.report.error?.message).toContain('look farther back with --since');
  });

  it('of files alone, and of what is not there', async () => {
    await bench.write('other/a.log', logOf(Date.UTC(2026, 1, 2, 3)));
    const file = 'other/a.log';
    const { report: analyzed } = await bench.run('analyze', { files: [file] });
    const { id = 'none' } = (analyzed.data as { groups: { id: string }[] }).groups[0] ?? {};
    expect(analyzed.next[0]).toBe(`rearguard errors show ${id} ${file}`);
    const { report } = await bench.run('show', { group: id, files: [file] });
    expect((report.data as ShowData).group.id).toBe(id);
    const missing = await bench.run('show', { group: 'e000', files: [file] });
    expect(missing).toMatchObject({ exitCode: 2, report: { error: { code: 'E_NOT_THERE' } } });
  });
});
