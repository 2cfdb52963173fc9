import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FindingDraft } from '../../../core/finding.ts';
import { known } from '../../_shared/database/reading.ts';
import { findingsOf, type LookBench, openLookBench } from './look-fixture.ts';
import { assessStructure, withGoneSubjects } from './structure.ts';

let bench: LookBench;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

beforeAll(async () => {
  bench = await openLookBench(connect, { autovacuum_naptime: '1d', fsync: 'on', full_page_writes: 'on' });
});
afterEach(async () => {
  await bench.owner.query('drop schema public cascade; create schema public');
});
afterAll(() => bench.close());

const run = (sql: string): Promise<unknown> => bench.owner.query(sql);

/** Above info. */
async function findings(more: Parameters<LookBench['look']>[0] = {}): Promise<FindingDraft[]> {
  return assessStructure(await bench.look(more)).findings.filter(({ severity }) => severity !== 'info');
}

async function found(more: Parameters<LookBench['look']>[0] = {}): Promise<string[]> {
  return findingsOf(assessStructure(await bench.look(more)));
}

describe('a healthy database', () => {
  it('gives no finding above info', async () => {
    await run(`
      create table customer (id bigint generated always as identity primary key, email text not null unique);
      create table invoice (id bigint generated always as identity primary key,
        customer_id bigint not null references customer on delete cascade, total int not null, note text);
      create index invoice_customer on invoice (customer_id);
      insert into customer (email) select 'c' || n from generate_series(1, 2000) n;
      insert into invoice (customer_id, total, note) select 1 + n % 2000, n, repeat('x', 60) from generate_series(1, 40000) n;
      analyze customer; analyze invoice`);
    const start = await bench.start();
    await run('delete from customer where id <= 20');
    await run('select count(*) from invoice');
    expect(await found({ start })).toEqual([]);
  });
});

describe('keys', () => {
  it('are counted against the narrowest column they fill', async () => {
    await run(`
      create table event (id int generated always as identity primary key);
      create table tiny (id smallserial primary key);
      create table wide (id bigserial primary key);
      create table ring (id int); create sequence ring_seq as int cycle owned by ring.id;
      create table part_of (id bigint primary key, wide_id int references wide);
      create sequence narrow as int; create table loose (id bigint primary key default nextval('narrow'));
      alter sequence narrow owned by loose.id;
      select setval('event_id_seq', 1975000000), setval('tiny_id_seq', 27000), setval('wide_id_seq', 2100000000),
        setval('ring_seq', 2147000000), setval('narrow', 2130000000)`);
    const { findings } = assessStructure(await bench.look());
    const keys = findings.filter(({ rule }) => rule.endsWith('sequence-overflow'));
    expect(
      keys
        .map(({ subject, severity, fix }) => [subject.name, severity, fix.patch])
        .toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
    ).toEqual([
      ['shop public.event id', 'high', 'ALTER TABLE public.event ALTER COLUMN id TYPE bigint;'],
      [
        'shop public.loose id',
        'critical',
        'ALTER SEQUENCE public.narrow AS bigint MAXVALUE 9223372036854775807;',
      ],
      ['shop public.part_of wide_id', 'high', 'ALTER TABLE public.part_of ALTER COLUMN wide_id TYPE bigint;'],
      [
        'shop public.tiny id',
        'low',
        'ALTER TABLE public.tiny ALTER COLUMN id TYPE bigint; ALTER SEQUENCE public.tiny_id_seq AS bigint MAXVALUE 9223372036854775807;',
      ],
    ]);
    for (const { fix } of keys) await run(fix.patch ?? '');
    expect(await found()).toEqual([]);
  });
});

describe('indexes', () => {
  it('that are invalid are told from those that are being built', async () => {
    await run(
      'create table item (id int, code text); insert into item select n, n from generate_series(1, 100) n',
    );
    await run("insert into item values (1, '1')");
    await expect(run('create unique index concurrently item_code on item (code)')).rejects.toThrow(
      'could not create unique index',
    );
    const found = await findings();
    expect(found.map(({ rule, severity }) => [rule.split('/')[1], severity])).toEqual([
      ['invalid-index', 'high'],
    ]);
    expect(found[0]?.fix.patch).toBe('REINDEX INDEX CONCURRENTLY public.item_code;');
    await run('delete from item where ctid = (select max(ctid) from item)');
    await run(found[0]?.fix.patch ?? '');
    expect(await findings()).toEqual([]);
  });

  it('that nobody reads are found beside those that are needed', async () => {
    await run(`
      create table sale (id int primary key, day date not null, shop int not null, colour text, code int unique);
      create table shop (id int primary key); insert into shop select n from generate_series(1, 50) n;
      alter table sale add constraint sale_shop foreign key (shop) references shop;
      insert into sale select n, date '2026-01-01' + n % 300, 1 + n % 50, 'c' || n % 7, n from generate_series(1, 60000) n;
      create index sale_colour on sale (colour, day, id); create index sale_shop on sale (shop, day);
      analyze sale`);
    const start = await bench.start();
    const lookUp = async (): Promise<void> => {
      for (let id = 1; id <= 300; id += 1) await bench.owner.query('select 1 from sale where id = $1', [id]);
    };
    await lookUp();
    // Counters this young say nothing of a table that was read 300 times.
    expect(await found({ start })).toEqual([]);
    for (let round = 0; round < 4; round += 1) await lookUp();
    expect(await found({ start })).toEqual(['unused-index public.sale_colour']);
    expect((await findings({ start }))[0]).toMatchObject({
      severity: 'low',
      confidence: 'possible',
      fix: { patch: 'DROP INDEX CONCURRENTLY public.sale_colour;' },
    });
    await run(
      "set enable_seqscan = off; select 1 from sale where colour = 'c3' limit 1; reset enable_seqscan",
    );
    expect(await found()).toEqual([]);
  });

  it('that another one holds whole are found, with the one that stays', async () => {
    await run(`
      create table visit (id int primary key, page text, day date);
      insert into visit select n, 'page ' || n, date '2026-01-01' + n % 300 from generate_series(1, 20000) n;
      create index visit_page on visit (page); create index visit_page_day on visit (page, day);
      create index visit_day on visit (day) where page is null; create index visit_day_all on visit (day desc);
      create unique index visit_id on visit (id); analyze visit`);
    expect(await found()).toEqual(['duplicate-index public.visit_id', 'duplicate-index public.visit_page']);
  });

  it('that a foreign key lacks are missed where it is felt', async () => {
    await run(`
      create table parent (id int primary key); create table calm (id int primary key);
      create table child (id int primary key, parent_id int references parent, calm_id int references calm);
      create table small (id int primary key, parent_id int references parent);
      insert into parent select n from generate_series(1, 500) n; insert into calm values (1);
      insert into child select n, 100 + n % 100, 1 from generate_series(1, 20000) n;
      insert into small select n, 100 from generate_series(1, 50) n; analyze`);
    const start = await bench.start();
    expect(await found({ start })).toEqual([]);
    await run('delete from parent where id > 480');
    expect(await found({ start })).toEqual(['missing-foreign-key-index public.child child_parent_id_fkey']);
    const [missing] = await findings({ start });
    await run((missing?.fix.patch ?? '').replace('CONCURRENTLY ', ''));
    expect(await found({ start })).toEqual([]);
  });
});

describe('constraints', () => {
  it('that were never validated are found, and the statement validates them', async () => {
    await run(
      'create table price (amount int); alter table price add constraint positive check (amount > 0) not valid',
    );
    const { findings } = assessStructure(await bench.look());
    expect(findings.map(({ rule }) => rule.split('/')[1])).toContain('invalid-constraint');
    await run(findings.find(({ rule }) => rule.endsWith('invalid-constraint'))?.fix.patch ?? '');
    expect(await found()).toEqual([]);
  });
});

describe('what vacuum and analyze are for', () => {
  it('finds statistics that are older than the rows, and not a load that autoanalyze will see', async () => {
    await run(`
      create table tick (id int, v int) with (autovacuum_enabled = false);
      create table fresh (id int, v int);
      insert into tick select n, n from generate_series(1, 1000) n; analyze tick;
      insert into tick select n, n from generate_series(1, 40000) n;
      insert into fresh select n, n from generate_series(1, 40000) n`);
    expect(await found()).toEqual(['stale-statistics public.tick']);
    const { findings } = assessStructure(await bench.look());
    expect(findings.find(({ subject }) => subject.name === 'shop public.fresh')?.severity).toBe('info');
    await run('analyze tick');
    expect(await found()).toEqual([]);
  });

  it('finds dead rows that nobody will remove', async () => {
    await run(`
      create table queue (id int primary key, done boolean) with (autovacuum_enabled = false);
      insert into queue select n, false from generate_series(1, 30000) n; analyze queue;
      update queue set done = true`);
    expect(await found()).toContain('vacuum-debt public.queue');
    await run('vacuum (full, analyze) queue');
    expect(await found()).toEqual([]);
  });

  it('finds a file that is mostly empty, and is right about what rewriting saves', async () => {
    await run(`
      create table log (id int generated always as identity primary key, line text);
      create table tight (id int primary key, line text, maybe int);
      insert into log (line) select repeat(md5(n::text), 6) from generate_series(1, 80000) n;
      insert into tight select n, repeat(md5(n::text), 6) from generate_series(1, 80000) n;
      delete from log where id % 10 > 0`);
    await run('vacuum (analyze) log');
    await run('vacuum (analyze) tight');
    expect(await found()).toEqual(['bloat public.log']);
    const [bloat] = await findings();
    const estimated = bloat?.impact?.value ?? 0;
    const sizeOf = async (): Promise<number> =>
      Number((await bench.owner.query("select pg_relation_size('log') as size")).rows[0]?.['size']);
    const before = await sizeOf();
    await run('vacuum (full, analyze) log');
    const saved = (before - (await sizeOf())) / 1e6;
    // Of a table whose statistics are a sample.
    expect(Math.abs(estimated - saved)).toBeLessThan(0.25 * saved);
    expect(await found()).toEqual([]);
  });
});

describe('settings', () => {
  it('are reported when they are off, and nothing else is known to need it', async () => {
    await run('alter system set autovacuum = off');
    await run('select pg_reload_conf()');
    await expect.poll(found, { timeout: 10_000 }).toEqual(['setting-contradicted autovacuum']);
    await run('alter system reset all');
    await run('select pg_reload_conf()');
    await expect.poll(found, { timeout: 10_000 }).toEqual([]);
  });

  it('that risk the data are allowed where it may be lost', async () => {
    const look = await bench.look();
    const { settings } = look.end.parts;
    if (!settings.known) throw new Error(settings.reason);
    const fsync = settings.value.get('fsync');
    if (fsync === undefined) throw new Error('fsync is not read');
    const without = known(new Map([...settings.value, ['fsync', { ...fsync, value: 'off' }]]));
    const parts = { ...look.end.parts, settings: without };
    const risky = { ...look, end: { ...look.end, parts } };
    expect(findingsOf(assessStructure(risky))).toEqual(['setting-contradicted fsync']);
    expect(findingsOf(assessStructure({ ...risky, isLocal: true }))).toEqual([]);
  });
});

describe('subjects that are gone', () => {
  it('count as checked, so that their findings end', async () => {
    const assessment = assessStructure(await bench.look());
    const rule = 'database-performance-tracker/unused-index';
    const gone = { rule, subject: { kind: 'index' as const, name: 'shop public.dropped' } };
    const others = { rule, subject: { kind: 'index' as const, name: 'other public.dropped' } };
    const slow = {
      rule: 'database-performance-tracker/slow-statement',
      subject: { kind: 'query' as const, name: 'shop SELECT orders 12345678' },
    };
    const { checked } = withGoneSubjects(assessment, 'shop', [gone, others, slow]);
    const names = checked.map(({ subject }) => subject.name);
    expect(names).toContain('shop public.dropped');
    expect(names).not.toContain('other public.dropped');
    expect(names).not.toContain(slow.subject.name);
  });
});
