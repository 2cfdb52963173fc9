import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/runtime.ts';
import { renderSections } from '../../../output/render.ts';
import { openSite, type Site, standing, TARGET } from './test-fixture.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite(createRuntime, {
    settings: { max_connections: '20', wal_level: 'logical', max_prepared_transactions: '2' },
    options: {
      transactions: { idle: '1s', long: '2s' },
      replication: { retained: '1MB' },
      connections: { leakIdle: '1s', leakSessions: 3 },
    },
  });
  await site.owner.query(`
    create table orders (id int primary key, total int);
    insert into orders select n, 0 from generate_series(1, 100) n;
    alter table orders owner to app;
  `);
});
afterAll(() => site.close());

const LOOK = { look: '1s' };

describe('current-state', () => {
  it('finds nothing in a healthy database, with a verdict of every rule but one that needs time', async () => {
    await site.connect('shop-web');
    const { report, exitCode } = await site.run('current-state', LOOK);
    expect(standing(report)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.coverage.checked[0]?.rules).toHaveLength(9);
    expect(report.coverage.notChecked.map(({ rules }) => rules)).toEqual([
      ['database-performance-tracker/deadlocks'],
    ]);
    expect(report.diagnostics).toEqual([]);
  });

  it('shows who sits in a transaction and holds others up, on a narrow screen, and sees it end', async () => {
    const holder = await site.connect('shop-worker');
    await holder.query('begin');
    await holder.query('update orders set total = 1 where id = 1');
    const victim = await site.connect('shop-web');
    const waiting = victim.query('update orders set total = 2 where id = 1');
    const { report } = await site.run('current-state', { target: TARGET, look: '3s' });
    expect(standing(report)).toEqual([
      'blocking-chain high',
      'idle-in-transaction high',
      'long-transaction low',
    ]);
    const screen = renderSections(report.sections, { width: 80, colors: false });
    expect(screen).toContain('shop-worker, as app, idle in transaction');
    expect(screen).toMatch(/shop-web waits .+ for a row of public\.orders/);
    expect(screen).toMatch(/of 17 connections .+, 3 reserved/);
    expect(Math.max(...screen.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(report.data).toMatchObject({
      databases: [
        {
          target: TARGET,
          blocking: [
            { depth: 0, victims: 1 },
            { depth: 1, victims: 0 },
          ],
        },
      ],
    });

    await holder.query('rollback');
    await waiting;
    const after = await site.run('current-state', LOOK);
    expect(standing(after.report)).toEqual([]);
    const resolved = after.report.findings.map(({ rule, state }) => `${rule.split('/')[1]} ${state}`);
    expect(resolved).toContain('blocking-chain resolved');
  });

  it('names what holds the horizon of vacuum, and a slot that nobody reads from', async () => {
    await site.owner.query(
      "begin; update orders set total = 3 where id = 3; prepare transaction 'forgotten'",
    );
    await site.owner.query("select pg_create_physical_replication_slot('old_replica', true)");
    await site.owner.query('create table bulk as select n, md5(n::text) from generate_series(1, 40000) n');
    await expect
      .poll(
        async () =>
          (await site.owner.query("select 1 from pg_prepared_xacts where now() - prepared > '2s'")).rowCount,
        { timeout: 10_000 },
      )
      .toBe(1);
    try {
      const { report } = await site.run('current-state', LOOK);
      expect(standing(report).toSorted((a, b) => a.localeCompare(b))).toEqual([
        'slot-retains-wal high',
        'xmin-held medium',
      ]);
      const patches = report.findings.map(({ fix }) => fix.patch);
      expect(patches).toContain("ROLLBACK PREPARED 'forgotten';");
      expect(patches).toContain("SELECT pg_drop_replication_slot('old_replica');");
    } finally {
      await site.owner.query("rollback prepared 'forgotten'");
      await site.owner.query("select pg_drop_replication_slot('old_replica')");
    }
  });

  it('tells a leak from its growth, and says nothing once it has stopped for good', async () => {
    const stop = new AbortController();
    const leaking = (async () => {
      const leaked = [];
      while (!stop.signal.aborted && leaked.length < 12) {
        const client = await site.connect('leaky');
        await client.query('select 1');
        leaked.push(client);
        await new Promise((resolve) => setTimeout(resolve, 600));
      }
      return leaked;
    })();
    await expect
      .poll(
        async () =>
          (await site.owner.query("select 1 from pg_stat_activity where application_name = 'leaky'"))
            .rowCount,
        { timeout: 10_000 },
      )
      .toBeGreaterThan(5);
    const { report } = await site.run('current-state', { look: '2s' });
    stop.abort();
    await Promise.all((await leaking).map((client) => client.end()));
    expect(standing(report)).toContain('connection-leak medium');
    const after = await site.run('current-state', LOOK);
    expect(standing(after.report)).toEqual([]);
    expect(after.report.coverage.checked[0]?.rules).toContain('database-performance-tracker/connection-leak');
  });
});

describe('a role', () => {
  it('that sees only itself makes rules unknown, with the grant that would change it', async () => {
    const blind = await openSite(createRuntime, { role: 'app' });
    try {
      const { report, exitCode } = await blind.run('current-state', LOOK);
      expect(report.status).toBe('unknown');
      expect(exitCode).toBe(3);
      expect(report.coverage.notChecked[0]).toMatchObject({ hint: 'GRANT pg_monitor TO "app";' });
    } finally {
      await blind.close();
    }
  });
});

describe('a target', () => {
  it('that there is not is a mistake of the caller', async () => {
    const { report, exitCode } = await site.run('current-state', { target: 'shop-bd' });
    expect(report.error).toMatchObject({ code: 'E_USAGE' });
    expect(report.error?.message).toContain('shop-db');
    expect(exitCode).toBe(2);
  });
});
