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

const newcomers = (atMs: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    line(atMs + index, 'error', 'cannot apply discount SPRING26', {
      userId: `u-${index % 4}`,
      tenant: 'acme',
    }),
  );

it('says in one look what is new, since when, who is hit and what to run next', async () => {
  const nowMs = Date.now();
  await site.append([...past(30, nowMs - 60_000), ...newcomers(nowMs - 30_000, 9)]);
  const { report, exitCode } = await site.run('emergency', { live: true });
  expect(exitCode).toBe(1);
  expect(report.summary).toMatch(/^1 new error within the last hour: /);
  expect(report.data).toMatchObject({
    incidents: [{ detections: [{ kind: 'new', count: 9 }] }],
    groups: [{ users: 4, perMinuteBefore: 0 }, {}],
  });
  const tree = report.sections.find(({ kind }) => kind === 'tree');
  const shown = JSON.stringify(tree);
  expect(shown).toContain('hit: 4 users on 1 host; host web-1 (9); tenant acme (9)');
  expect(shown).toContain('next: rearguard errors show m');
  expect(report.next[0]).toMatch(/^rearguard errors show m/);
});

it('says so when nothing is new, and when nobody writes a log any more', async () => {
  const nowMs = Date.now();
  await site.append(past(30, nowMs - 60_000));
  const calm = await site.run('emergency');
  expect(calm.report.summary).toMatch(/^Nothing is new or exploding: 0 errors a minute/);
  expect(calm.report.status).toBe('pass');
  const silent = join(site.log, '..', 'silent.log');
  await writeFile(silent, '');
  const { report, exitCode } = await site.run('emergency', { files: [silent] });
  expect(report.status).toBe('unknown');
  expect(exitCode).toBe(3);
});

it('looks at files that nobody writes to any more up to their newest record', async () => {
  const thenMs = Date.now() - 90 * 86_400_000;
  const path = join(site.log, '..', 'then.log');
  await writeFile(path, [...past(30, thenMs), ...newcomers(thenMs, 5), ''].join('\n'));
  const { report } = await site.run('emergency', { files: [path] });
  expect(report.data).toMatchObject({ incidents: [{ detections: [{ kind: 'new', count: 5 }] }] });
});

it('goes on where it is given a time, and tells what comes', async () => {
  await site.append(past(30, Date.now() - 60_000));
  const views: SeenView[] = [];
  const stop = new AbortController();
  const { report } = await site.run(
    'emergency',
    { for: '60s' },
    {
      signal: stop.signal,
      onView(view) {
        views.push(view);
        if (views.length === 1) void site.append(newcomers(Date.now(), 3));
        if (texts(views).length > 0) stop.abort();
      },
    },
  );
  expect(texts(views)).toEqual([expect.stringMatching(/^new: cannot apply discount /)]);
  const [headline] = views.at(-1)?.sections() ?? [];
  expect(headline).toMatchObject({ kind: 'text', tone: 'bad' });
  expect(report.data).toMatchObject({ incidents: [{ detections: [{ kind: 'new', count: 3 }] }] });
});
