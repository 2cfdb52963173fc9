import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { openSite, type SeenView, type Site, standing } from './test-fixture.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite(createRuntime, { options: { interval: '500ms', blocking: { wait: '100ms' } } });
  await site.owner.query(`
    create table orders (id int primary key, total int);
    insert into orders select n, 0 from generate_series(1, 100) n;
    alter table orders owner to app;
  `);
});
afterAll(() => site.close());

it('says what begins and ends, concludes it for alerts, and leaves numbers behind', async () => {
  const holder = await site.connect('shop-worker');
  await holder.query('begin');
  await holder.query('update orders set total = 1 where id = 1');
  const other = await site.connect('shop-web');
  let waiting: Promise<unknown> | undefined;
  const said: string[] = [];
  const concluded: string[][] = [];
  let last: SeenView | undefined;
  const stop = new AbortController();
  const { report } = await site.run(
    'watch',
    {},
    {
      signal: stop.signal,
      onView: (view) => {
        last = view;
        waiting ??= other.query('update orders set total = 2 where id = 1');
        said.push(...view.changes.map(({ text }) => text));
        concluded.push(
          (view.conclude?.().findings ?? []).map(({ rule, state }) => `${rule.split('/')[1]} ${state}`),
        );
        if (said.length === 1) void holder.query('rollback');
        if (said.length === 2) stop.abort();
      },
    },
  );
  await waiting;
  expect(said[0]).toMatch(/^shop-db: shop-worker \(pid \d+\) holds up 1 other session \(high\)$/);
  expect(said[1]).toMatch(/^shop-db: over: shop-worker/);
  expect(concluded.flat()).toContain('blocking-chain new');
  expect(concluded.at(-1)).toContain('blocking-chain resolved');
  expect(standing(report)).toEqual([]);
  expect(last?.metrics?.().map(({ name }) => name)).toContain('database.connections');
  expect(report.data).toMatchObject({ databases: [{ state: 'seen', blocked: 0 }] });
});

it('goes on after a restart of the server, and notes it with the time it could not look', async () => {
  const said: string[] = [];
  const stop = new AbortController();
  let restarting: Promise<void> | undefined;
  const { report } = await site.run(
    'watch',
    {},
    {
      signal: stop.signal,
      onView: (view) => {
        said.push(...view.changes.map(({ text }) => text));
        restarting ??= site.restart();
        if (said.some((text) => text.includes('was restarted'))) stop.abort();
      },
    },
  );
  await restarting;
  expect(said.at(-1)).toBe('shop-db: was restarted');
  // Whether a look fell into the restart is chance; when one did, both ends of the outage were said.
  const lost = said.filter((text) => text.includes('cannot be looked at')).length;
  expect(said.filter((text) => text.includes('is back'))).toHaveLength(lost);
  expect(report.coverage.notChecked.filter(({ reason }) => reason.startsWith('not seen from'))).toHaveLength(
    lost,
  );
  // And an incident afterwards has it among what changed.
  const incident = await site.run('incident-mode');
  expect(incident.report.data).toMatchObject({
    databases: [
      { changes: [{ kind: 'restart', title: expect.stringContaining('was restarted') as string }] },
    ],
  });
});
