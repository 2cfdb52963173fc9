import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type LogBench, openLogBench, pinoLine, thrownLine } from './fixture.ts';
import type { GroupCommandData } from './group.ts';
import type { ShowData } from './show.ts';

const T0 = Date.UTC(2026, 4, 6, 7);
const COLOURS = ['red', 'green', 'blue', 'amber', 'violet', 'teal', 'pink'];

let bench: LogBench;
beforeEach(async () => {
  bench = await openLogBench(createRuntime);
  await bench.configure({});
});
afterEach(() => bench.close());

function logOf(fromMs: number): string {
  return COLOURS.map((colour, index) =>
    [
      pinoLine(fromMs + index * 1_000, { level: 40, msg: `the lamp ${colour} of the north hall is broken` }),
      thrownLine(fromMs + index * 1_000, {
        type: 'CardDeclined',
        message: `card ${index} declined`,
        place: 'charge (/srv/app/src/payments/card.js',
      }),
      thrownLine(fromMs + index * 1_000, {
        type: 'CardExpired',
        message: `card ${index} expired`,
        place: 'renew (/srv/app/src/payments/renew.js',
      }),
    ].join(''),
  ).join('');
}

async function grouped(input: Record<string, unknown>): Promise<GroupCommandData> {
  const { report, exitCode } = await bench.run('group', input);
  expect(exitCode).toBe(0);
  return report.data as GroupCommandData;
}

describe('group', () => {
  it('tells each record, merged as elsewhere, here and in a file', async () => {
    await bench.write('app.log', logOf(T0));
    const data = await grouped({ files: ['app.log'], assign: true });
    expect(data).toMatchObject({ records: 21, groupCount: 3, assignedCount: 21 });
    const [lamp, declined] = data.assigned ?? [];
    expect(data.assigned?.filter((id) => id === lamp)).toHaveLength(7);
    expect(declined).toMatch(/^e[0-9a-f]{12}$/);
    await grouped({ files: ['app.log'], assign: true, to: 'groups.tsv' });
    const lines = (await readFile(join(bench.directory, 'groups.tsv'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t'))).toEqual(
      data.assigned?.map((id, index) => [String(index + 1), id]),
    );
  });

  it('names the log of each record where there are several', async () => {
    await bench.write('logs/a.log', logOf(T0));
    await bench.write('logs/b.log', pinoLine(T0, { msg: 'up' }));
    await grouped({ files: ['logs'], assign: true, to: 'groups.tsv' });
    const lines = (await readFile(join(bench.directory, 'groups.tsv'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(22);
    expect(new Set(lines.map((line) => line.split('\t')[2]?.replace(/^.*\//, '')))).toEqual(
      new Set(['a.log', 'b.log']),
    );
  });

  it('says why', async () => {
    await bench.write('app.log', logOf(T0));
    const { groups } = await grouped({ files: ['app.log'], explain: true });
    const lamp = groups.find(({ kind }) => kind === 'message');
    expect(lamp).toMatchObject({
      count: 7,
      title: 'the lamp <*> of the north hall is broken',
      level: 'warn',
    });
    expect(lamp?.merged).toHaveLength(6);
    expect(lamp?.explanation?.[0]).toMatch(/^line: the lamp \w+ of the north hall/);
    const declined = groups.find(({ title }) => title.startsWith('CardDeclined'));
    expect(declined?.explanation?.[0]).toBe('type of the root cause: CardDeclined');
  });

  it('of nothing is unknown, and a file of rules that says nothing is refused with its place', async () => {
    await bench.write('app.log', '');
    expect((await bench.run('group', { files: ['app.log'] })).exitCode).toBe(3);
    await bench.write('rules.yaml', 'rules:\n  - match: { typo: A }\n    key: a\n');
    const { report, exitCode } = await bench.run('group', { files: ['app.log'], rules: 'rules.yaml' });
    expect(exitCode).toBe(2);
    expect(report.error).toMatchObject({
      code: 'E_GROUPING_INVALID',
      message: expect.stringContaining('2:14 rules[0].match.typo'),
    });
    expect((await bench.run('group')).report.error?.code).toBe('E_NOTHING_TO_CHECK');
  });
});

describe('rules of grouping', () => {
  const RULES = `rules:\n  - match: { type: 'Card*', path: '*payments/*' }\n    key: cards\n    title: Cards are refused\n`;

  it('tell what they would take before they do', async () => {
    await bench.write('app.log', logOf(T0));
    await bench.write('rules.yaml', RULES);
    const trial = await grouped({ files: ['app.log'], rules: 'rules.yaml', dryRun: true });
    expect(trial.groupCount).toBe(3);
    expect(trial.rules).toMatchObject([{ rule: 'rule 1 (key cards)', records: 14 }]);
    const taken = await grouped({ files: ['app.log'], rules: 'rules.yaml' });
    expect(taken.groupCount).toBe(2);
    expect(taken.groups[0]).toMatchObject({ title: 'Cards are refused', count: 14, kind: 'exception' });
  });

  it('hold for what was stored before, and leave nothing behind', async () => {
    await bench.write('rules.yaml', RULES);
    await bench.write('logs/app.log', logOf(Date.now() - 60_000));
    const countOf = async (options: Record<string, unknown>): Promise<unknown> => {
      await bench.configure({ sources: ['logs'], ...options });
      const { report } = await bench.run('analyze');
      return (report.data as { groupCount: number }).groupCount;
    };
    expect(await countOf({})).toBe(2);
    expect(await countOf({ grouping: 'rules.yaml' })).toBe(1);
    const { report } = await bench.run('analyze');
    const { groups } = report.data as { groups: { id: string }[] };
    const id = groups[0]?.id ?? 'none';
    const shown = (await bench.run('show', { group: id, explain: true })).report.data as ShowData;
    expect(shown.group).toMatchObject({ title: 'Cards are refused', count: 14 });
    expect(shown.merged).toMatchObject([{ reason: 'rule 1 (key cards)' }]);
    expect(await countOf({})).toBe(2);
  });
});
