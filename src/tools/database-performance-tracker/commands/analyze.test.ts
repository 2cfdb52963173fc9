import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/report.ts';
import type { PostgresClient } from '../../../platform/test-support/postgres.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { openSite, type Site, TARGET } from './test-fixture.ts';

let site: Site;
let app: PostgresClient;

beforeAll(async () => {
  site = await openSite(createRuntime);
  await site.owner.query(`
    create table sale (id int primary key, shop int not null, total int not null);
    insert into sale select n, n % 50, n from generate_series(1, 20000) n;
    create index sale_shop on sale (shop); create index sale_shop_total on sale (shop, total);
    grant select on sale to app`);
  await site.owner.query('vacuum analyze sale');
  app = await site.connect('reports');
});
afterAll(() => site.close());

/** Works until it is told to stop; each report takes 80 ms. */
function reporting(): { stop(): Promise<void> } {
  const state = { over: false };
  const work = (async () => {
    while (!state.over) {
      await app.query('select sum(total), pg_sleep(0.08) from sale where shop = $1', [7]);
      await app.query("select total from sale where id = 5 /*route='GET%20%2Fsales'*/");
    }
  })();
  return {
    async stop() {
      state.over = true;
      await work;
    },
  };
}

const above = ({ findings }: Report): string[] =>
  findings
    .filter(({ severity, state }) => severity !== 'info' && state !== 'resolved')
    .map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`);

interface Data {
  databases: {
    source: string;
    coverage: { share: number | null };
    statements: { text: string | null; askedBy: string | null; calls: number }[];
  }[];
}

describe('analyze', () => {
  it('watches a window, names what takes the time, and leaves itself out', async () => {
    const work = reporting();
    const { report } = await site.run('analyze', { duration: '4s', now: true });
    await work.stop();
    expect(above(report)).toEqual([
      expect.stringMatching(/^slow-statement shop-db SELECT sale [0-9a-f]{8}$/),
      'duplicate-index shop-db public.sale_shop',
    ]);
    const [database] = (report.data as Data).databases;
    expect(database?.source).toBe('watched');
    const texts = database?.statements.map(({ text }) => text ?? '') ?? [];
    expect(texts[0]).toContain('pg_sleep');
    expect(texts.filter((text) => text.includes('rearguard'))).toEqual([]);
    expect(database?.statements.find(({ text }) => text?.includes('route'))?.askedBy).toBe('GET /sales');
  });

  it('narrowed as verify does, it says what became of one finding', async () => {
    const work = reporting();
    const found = (await site.run('analyze', { duration: '3s', now: true })).report.findings.find(
      ({ rule }) => rule.endsWith('slow-statement'),
    );
    const { input } = found?.verify.check ?? { input: {} };
    expect(input).toMatchObject({
      target: TARGET,
      rule: 'slow-statement',
      subject: found?.subject.name,
      now: true,
    });
    const again = await site.run('analyze', { ...input, duration: '3s' });
    await work.stop();
    expect(again.report.findings.map(({ subject }) => subject.name)).toEqual([found?.subject.name]);
    const duplicate = {
      target: TARGET,
      rule: 'duplicate-index',
      subject: 'shop-db public.sale_shop',
      now: true,
      duration: '1s',
    };
    await site.owner.query('drop index sale_shop');
    const gone = await site.run('analyze', duplicate);
    expect(gone.report.coverage.checked.map(({ subject }) => subject.name)).toEqual([duplicate.subject]);
    expect(above(gone.report)).toEqual([]);
  });

  it('told to stop, ends its window there and keeps what it saw', async () => {
    const work = reporting();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 22_000);
    const { report } = await site.run('analyze', { duration: '60s', now: true }, { signal: stop.signal });
    await work.stop();
    expect(report.error).toBeUndefined();
    expect((report.data as Data).databases[0]?.statements.length).toBeGreaterThan(0);
  });

  it('says what a role with pg_monitor alone cannot see, and what would change that', async () => {
    const work = reporting();
    const { report } = await site.run('analyze', { duration: '2s', now: true, deep: true });
    await work.stop();
    const refused = report.sections.find(
      (block) => block.kind === 'table' && block.title?.includes('did not plan'),
    );
    expect(JSON.stringify(refused ?? '')).toContain('permission denied');
    const plansGap = ({ coverage }: Report) =>
      coverage.notChecked.find(({ reason }) => reason.includes('could not be planned'));
    expect(plansGap(report)).toMatchObject({
      rules: ['database-performance-tracker/plan-regression'],
      // The role is called like its password here, which is taken out.
      hint: expect.stringMatching(/^GRANT SELECT ON public\.sale TO \S+;$/) as string,
    });
    await site.owner.query('grant select on public.sale to watcher');
    const again = reporting();
    const granted = await site.run('analyze', { duration: '2s', now: true, deep: true });
    await again.stop();
    expect(plansGap(granted.report)).toBeUndefined();
    expect((await site.run('analyze', { rule: 'bloatt' })).report.error?.message).toContain('Did you mean');
  });
});

describe('overnight-summary', () => {
  it('without a past knows nothing, and says so', async () => {
    const { report, exitCode } = await site.run('overnight-summary', { since: '1h' });
    expect(above(report)).toEqual([]);
    expect(report.coverage.notChecked.map(({ reason }) => reason).join()).toContain(
      'too little to tell a step',
    );
    expect([0, 3]).toContain(exitCode);
  });
});
