import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createRuntime } from '../../../runtime/runtime.ts';
import type { PostgresClient } from '../../../platform/test-support/postgres.ts';
import { renderSections } from '../../../output/render.ts';
import type { incidentSchema } from './incident-view.ts';
import { openSite, type Site, standing } from './test-fixture.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite(createRuntime, {
    settings: { max_connections: '16', reserved_connections: '2' },
    options: { interval: '1s', blocking: { wait: '100ms' } },
  });
  await site.owner.query(`
    create table orders (id int primary key, total int);
    insert into orders select n, 0 from generate_series(1, 100) n;
    alter table orders owner to app;
  `);
});
afterAll(() => site.close());

type Incident = z.infer<typeof incidentSchema>;

async function incident(input: Record<string, unknown> = {}) {
  const { report } = await site.run('incident-mode', input);
  const { databases } = report.data as { databases: Incident[] };
  return { report, database: databases[0] as Incident };
}

/** Ends once it waits for a lock. */
async function waits(
  application: string,
  sql: string,
): Promise<{ client: PostgresClient; over: Promise<unknown> }> {
  const client = await site.connect(application);
  const over = client.query(sql);
  await expect
    .poll(async () => {
      const { rowCount } = await site.owner.query(
        "select 1 from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'",
        [application],
      );
      return rowCount;
    })
    .toBeGreaterThan(0);
  return { client, over };
}

describe('incident-mode', () => {
  it('goes to the root, marks what amplifies, and a second look says that it is over', async () => {
    const holder = await site.connect('shop-worker');
    await holder.query('begin');
    await holder.query('update orders set total = 1 where id = 1');
    const update = await waits('updater', 'update orders set total = 2 where id = 1');
    const alter = await waits('migrate', 'alter table orders add column note text');
    const reader = await waits('reader', 'select count(*) from orders');
    await site.owner.query('select pg_sleep(0.2)');

    const { report, database } = await incident();
    expect(
      database.chains?.map(({ application, depth, amplifier }) => [application, depth, amplifier]),
    ).toEqual([
      ['shop-worker', 0, false],
      ['updater', 1, false],
      ['migrate', 1, true],
      ['reader', 2, false],
    ]);
    expect(database.chains?.[3]).toMatchObject({ soft: true, object: 'public.orders' });
    expect(database.remedy?.steps[0]).toContain('cancel migrate');
    expect(database.remedy?.statement).toContain('pg_terminate_backend');
    expect(standing(report)).toContain('blocking-chain high');
    expect(renderSections(report.sections, { width: 80, colors: false })).toContain('AMPLIFIER: 1 session');
    // Only told, never done.
    expect((await holder.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);

    await holder.query('rollback');
    await Promise.all([update.over, alter.over, reader.over]);
    await Promise.all([holder, update.client, alter.client, reader.client].map((client) => client.end()));
    const after = await incident();
    expect(after.database).toMatchObject({ resolved: true, chains: [], victims: 0 });
    expect(after.report.summary).toContain('resolved, nobody waits');
    expect((await incident()).database.resolved).toBe(false);
  });

  it('refreshes for as long as it is told to, and says when blocking begins and ends', async () => {
    const holder = await site.connect('shop-worker');
    await holder.query('begin');
    await holder.query('update orders set total = 1 where id = 1');
    const update = await waits('updater', 'update orders set total = 2 where id = 1');
    const said: string[] = [];
    let screens = 0;
    const stop = new AbortController();
    await site.run(
      'incident-mode',
      { for: '60s', interval: '200ms' },
      {
        signal: stop.signal,
        onView: (view) => {
          screens += view.sections().length > 0 ? 1 : 0;
          said.push(...view.changes.map(({ text }) => text));
          if (said.length === 1) void holder.query('rollback');
          if (said.length === 2) stop.abort();
        },
      },
    );
    await update.over;
    await Promise.all([holder.end(), update.client.end()]);
    expect(said[0]).toMatch(/shop-worker \(pid \d+\) holds up 1 session$/);
    expect(said[1]).toMatch(/nobody waits for shop-worker \(pid \d+\) any more/);
    expect(screens).toBeGreaterThan(1);
  });
});

describe('without a free connection', () => {
  it('says so clearly, shows what a watch that is inside saw, and gets in by a reserved slot', async () => {
    const crowd: PostgresClient[] = [];
    const stop = new AbortController();
    const seen: string[][] = [];
    const watching = site.run(
      'watch',
      { interval: '500ms' },
      {
        signal: stop.signal,
        onView: ({ conclude }) =>
          seen.push(
            (conclude?.().findings ?? []).map(({ rule, severity }) => `${rule.split('/')[1]} ${severity}`),
          ),
      },
    );
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
    for (;;) {
      const client = await site.connect('crowd').catch(() => null);
      if (client === null) break;
      crowd.push(client);
    }
    // The one session that it kept still sees.
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toContain('connections-near-limit critical');

    const { report, database } = await incident();
    expect(standing(report)).toEqual(['connections-near-limit critical']);
    expect(database.reached).toBe(false);
    expect(database.witness).toMatchObject({ usable: 11 });
    expect(report.diagnostics[0]?.hint).toContain('pg_use_reserved_connections');
    expect(renderSections(report.sections, { width: 80, colors: false })).toContain('crowd');

    await site.owner.query('grant pg_use_reserved_connections to watcher');
    const inside = await incident();
    expect(inside.database).toMatchObject({ reached: true, connections: { usable: 11 } });
    await Promise.all(crowd.map((client) => client.end()));
    stop.abort();
    await watching;
  });
});
