import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/report.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { PostgresClient } from '../../../platform/test-support/postgres.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { openSite, type Site } from './test-fixture.ts';

let site: Site;
let holder: PostgresClient;
let victims: PostgresClient[];

beforeAll(async () => {
  site = await openSite(createRuntime);
  await site.owner.query(`
    create table product (id int primary key, stock int not null);
    insert into product select n, 100 from generate_series(1, 5000) n;
    create function priced(n int) returns int language plpgsql as
      'declare total int := 0; begin for i in 1..n loop total := total + i % 7; end loop; return total; end';
    grant select, update on product to app`);
  await site.owner.query('vacuum analyze product');
  holder = await site.connect('holder');
  victims = await Promise.all([site.connect('shop'), site.connect('shop'), site.connect('shop')]);
});
afterAll(() => site.close());

const UPDATE = 'update product set stock = stock - 1 where id = $1';

/** One transaction keeps a row for 300 ms at a time, while three sessions want to change it. */
function queueing(sql = UPDATE): { stop(): Promise<void> } {
  const state = { over: false };
  const keep = (async () => {
    while (!state.over) {
      await holder.query('begin');
      await holder.query('select stock from product where id = 1 for update');
      await systemClock.sleep(300);
      await holder.query('commit');
      await systemClock.sleep(10);
    }
  })();
  const wait = victims.map(async (victim) => {
    while (!state.over) await victim.query(sql, [1]);
  });
  return {
    async stop() {
      state.over = true;
      await Promise.all([keep, ...wait]);
    },
  };
}

const slow = ({ findings }: Report): Report['findings'] =>
  findings.filter(({ rule, state }) => rule.endsWith('/slow-statement') && state !== 'resolved');

describe('a statement that waits for locks', () => {
  it('is not slow by itself when its sessions were met waiting', async () => {
    const work = queueing();
    const { report } = await site.run('analyze', { duration: '5s', now: true });
    await work.stop();
    expect(slow(report).filter(({ subject }) => subject.name.includes('UPDATE product'))).toEqual([]);
    const checked = report.coverage.checked.filter(({ rules }) =>
      rules.some((rule) => rule.endsWith('/slow-statement')),
    );
    expect(checked.map(({ subject }) => subject.name).join()).toContain('UPDATE product');
  });

  it('is slow when it computes for as long, with as few pages', async () => {
    const state = { over: false };
    const [victim] = victims;
    const work = (async () => {
      while (!state.over) {
        await victim?.query('update product set stock = priced(2000000) where id = $1', [2]);
      }
    })();
    const { report } = await site.run('analyze', { duration: '5s', now: true });
    state.over = true;
    await work;
    const [found] = slow(report);
    expect(found?.subject.name).toContain('UPDATE product');
    expect(found?.confidence).not.toBe('possible');
  });
});
