import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { line, type LogSite, openLogSite, past, type SeenView, texts } from './live-fixture.ts';

let site: LogSite;
beforeEach(async () => {
  site = await openLogSite(createRuntime);
});
afterEach(() => site.close());

const NEWCOMER = 'cannot apply discount SPRING26';
const newcomers = (atMs: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    line(atMs + index, 'error', NEWCOMER, { userId: `u-${index}` }),
  );

/** Runs a monitor until `isDone`, and calls `act` once it has looked for the first time. */
async function monitorUntil(
  isDone: (view: SeenView) => boolean,
  act: () => Promise<void>,
  input: Record<string, unknown> = {},
) {
  const views: SeenView[] = [];
  const stop = new AbortController();
  const { report } = await site.run(
    'monitor',
    { for: '60s', ...input },
    {
      signal: stop.signal,
      onView: (view) => {
        views.push(view);
        if (views.length === 1) void act();
        if (isDone(view)) stop.abort();
      },
    },
  );
  return { views, report };
}

const says = (start: string) => (view: SeenView) => texts([view]).some((text) => text.startsWith(start));

it('says that an error is new as soon as it is written, with who is hit', async () => {
  await site.append(past(30, Date.now()));
  const { views, report } = await monitorUntil(says('new: '), () => site.append(newcomers(Date.now(), 3)));
  expect(texts(views)).toEqual([
    expect.stringMatching(/^new: cannot apply discount .*\[m[0-9a-f]{12}\], 3 since .*, 3 users on 1 host/),
  ]);
  expect(report.data).toMatchObject({ incidents: [{ detections: [{ kind: 'new', count: 3 }] }] });
  expect(report.findings.map(({ rule }) => rule)).toEqual(['error-analyzer/new-error']);
});

it('concludes while it runs, so that a daemon can alert', async () => {
  await site.append(past(30, Date.now()));
  const concluded: string[][] = [];
  await monitorUntil(
    (view) => {
      concluded.push((view.conclude?.().findings ?? []).map(({ rule }) => rule));
      return concluded.at(-1)?.length === 1;
    },
    () => site.append(newcomers(Date.now(), 3)),
  );
  expect(concluded.at(0)).toEqual([]);
  expect(concluded.at(-1)).toEqual(['error-analyzer/new-error']);
});

it('keeps what it read: nothing is counted twice, and what is known is no news to the next one', async () => {
  await site.append(past(30, Date.now() - 60_000));
  await monitorUntil(says('new: '), () => site.append(newcomers(Date.now(), 3)));
  const { report } = await site.run('analyze', { since: '40h' });
  expect(report.data).toMatchObject({ records: 30 * 60 + 3, reading: { records: 0 } });
});

it('goes on when another process has read the same log', async () => {
  await site.append(past(30, Date.now() - 60_000));
  const other = await site.openOther();
  const { signal } = new AbortController();
  await monitorUntil(says('new: '), async () => {
    await site.append(newcomers(Date.now(), 1));
    await other.run({ tool: 'errors', command: 'analyze', input: {}, signal });
    await site.append(newcomers(Date.now(), 2));
  });
  const { report } = await site.run('analyze', { since: '40h' });
  expect(report.data).toMatchObject({ records: 30 * 60 + 3 });
});

it('shows the errors that move, and its rates to a scraper', async () => {
  await site.append([...past(30, Date.now()), ...newcomers(Date.now(), 3)]);
  const views: SeenView[] = [];
  await site.run('monitor', { for: '1s' }, { onView: (view) => views.push(view) });
  const [table] = views.at(-1)?.sections() ?? [];
  expect(table).toMatchObject({
    kind: 'table',
    rows: [expect.arrayContaining([{ text: 'new', tone: 'bad' }]), expect.anything()],
  });
  const metrics = new Map(
    views
      .at(-1)
      ?.metrics?.()
      .map(({ name, value }) => [name, value]),
  );
  expect(metrics.get('log.error_groups')).toBe(2);
  expect(metrics.get('log.errors.rate')).toBeGreaterThan(0);
});

it('follows files by themselves, and remembers nothing of them', async () => {
  const path = join(site.log, '..', 'other.log');
  await writeFile(path, `${past(30, Date.now()).join('\n')}\n`);
  const { report } = await monitorUntil(
    says('new: '),
    () => writeFile(path, `${newcomers(Date.now(), 3).join('\n')}\n`, { flag: 'a' }),
    { files: [path] },
  );
  expect(report.data).toMatchObject({ records: 30 * 60 + 3 });
  const { report: after } = await site.run('analyze', {});
  expect(after.status).toBe('unknown');
});

it('says what cannot be read, and calls a log without records unknown', async () => {
  const missing = join(site.log, '..', 'missing.log');
  const views: SeenView[] = [];
  const { report, exitCode } = await site.run(
    'monitor',
    { files: [missing], for: '500ms' },
    { onView: (view) => views.push(view) },
  );
  expect(report.status).toBe('unknown');
  expect(exitCode).toBe(3);
  expect(report.coverage.notChecked.map(({ reason }) => reason).join()).toContain('missing.log');
});
