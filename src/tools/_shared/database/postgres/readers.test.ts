import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import { readPermissions } from './permissions.ts';
import { readSnapshot } from './read-snapshot.ts';
import {
  MAJORS,
  type MonitoredServer,
  startMonitored,
} from '../../../../platform/test-support/monitored-postgres.ts';
import { readServer } from './server.ts';
import type { Topic, TopicValues } from './snapshot.ts';

const ALL: readonly Topic[] = [
  'statements',
  'activity',
  'locks',
  'databases',
  'tables',
  'indexes',
  'catalog',
  'checkpoints',
  'wal',
  'io',
  'replication',
  'slots',
  'settings',
  'sequences',
  'integerKeys',
  'wraparound',
  'xminHolders',
  'constraints',
  'progress',
];

describe.each(MAJORS)('PostgreSQL %i', (major) => {
  let server: MonitoredServer;
  let monitor: SqlSession;

  beforeAll(async () => {
    server = await startMonitored(major);
    await server.owner.query(`
      create table product (id serial primary key, name text, price numeric) with (fillfactor = 90, autovacuum_enabled = off);
      insert into product (name, price) select 'p' || i, i from generate_series(1, 1000) i;
      create table line (product_id int references product, big bigint primary key, note text);
      alter table line add constraint priced check (note <> '') not valid;
      create table big (id bigint generated always as identity primary key);
      create table small (big_id int references big, tiny smallint primary key);
      insert into big default values;
      create index by_name on product (lower(name)) where name is not null;
      analyze;`);
    if (major >= 15) await server.owner.query('select pg_stat_force_next_flush()');
    monitor = await server.open('monitor');
  });
  afterAll(() => server.stop());

  async function read<Wanted extends Topic>(topic: Wanted, session = monitor): Promise<TopicValues[Wanted]> {
    const { parts } = await readSnapshot(session, [topic], Date.now());
    const part = parts[topic];
    if (!part.known) throw new Error(`${topic}: ${part.reason}`);
    return part.value;
  }

  it('tells about itself and our role', async () => {
    const { version, ...facts } = await readServer(monitor, Date.now());
    expect(version).toMatch(new RegExp(`^${major}\\.`));
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(60_000);
    expect(facts).toMatchObject({
      user: 'monitor',
      database: 'postgres',
      superuser: false,
      seesAllSessions: true,
      readsAllData: false,
      inRecovery: false,
      timeline: 1,
      maxConnections: 100,
      reservedConnections: 3,
    });
    expect(facts.extensions.get('pg_stat_statements')).toMatchObject({ schema: 'public' });
    expect(facts.epoch).toBe((await readServer(await server.open('owner'), 0)).epoch);
  });

  it('shows everything it has to a role with pg_monitor', async () => {
    const { parts } = await readSnapshot(monitor, ALL, Date.now());
    const missing = ALL.filter((topic) => !parts[topic].known);
    expect(missing).toEqual(major < 16 ? ['io'] : []);
  });

  it('hides from a stranger what concerns others, and the grant is named', async () => {
    const { parts } = await readSnapshot(await server.open('stranger'), ALL, Date.now());
    const hidden = ALL.filter((topic) => !parts[topic].known && topic !== 'io');
    expect(hidden).toEqual(['statements', 'activity', 'locks', 'replication', 'xminHolders', 'progress']);
    expect(parts.activity).toEqual({
      known: false,
      reason: 'the role sees only its own sessions and statements',
      hint: 'GRANT pg_monitor TO "stranger";',
    });
  });

  it('lists what a role lacks, and nothing once it is granted', async () => {
    const session = await server.open('stranger');
    const missing = await readPermissions(session, await readServer(session, Date.now()));
    expect(missing.map(({ grant }) => grant)).toEqual([
      'GRANT pg_monitor TO "stranger";',
      'GRANT pg_read_all_data TO "stranger";',
      'GRANT SELECT ON ALL SEQUENCES IN SCHEMA "public" TO "stranger";',
    ]);
    await server.owner.query(missing.map(({ grant }) => grant).join(' '));
    expect(await readPermissions(session, await readServer(session, Date.now()))).toEqual([]);
    await server.owner.query(`revoke pg_monitor, pg_read_all_data from stranger;
      revoke select on all sequences in schema public from stranger;`);
  });

  it('counts what is done to tables and indexes', async () => {
    const tables = await read('tables', await server.open('owner'));
    const product = tables.find(({ name }) => name === 'product');
    expect(product).toMatchObject({
      schema: 'public',
      parent: null,
      inserted: 1000,
      plannedRows: 1000,
      options: { fillfactor: '90', autovacuum_enabled: 'off' },
      heapBytes: (product?.pages ?? 0) * 8192,
    });
    expect(product?.rowWidth).toBeGreaterThan(5);
    expect(product?.lastAnalyzeMs).toBeGreaterThan(Date.now() - 3_600_000);
    const { indexes } = await read('indexes');
    expect(indexes.find(({ name }) => name === 'product_pkey')).toMatchObject({
      table: 'product',
      unique: true,
      primary: true,
      constraint: 'product_pkey',
      valid: true,
      building: false,
    });
    expect(indexes.find(({ name }) => name === 'by_name')).toMatchObject({
      partial: true,
      constraint: null,
      statement: 'CREATE INDEX by_name ON public.product USING btree (lower(name)) WHERE (name IS NOT NULL)',
    });
  });

  it('is still read while somebody has a table for himself, without its size', async () => {
    const migration = await server.connect('migration');
    await migration.query('begin; lock table product in access exclusive mode');
    const tables = await read('tables');
    expect(tables.find(({ name }) => name === 'product')).toMatchObject({
      totalBytes: null,
      heapBytes: null,
    });
    expect(tables.find(({ name }) => name === 'big')?.totalBytes).toBeGreaterThan(0);
    const { indexes } = await read('indexes');
    expect(indexes.find(({ name }) => name === 'by_name')).toMatchObject({ bytes: null });
    await migration.query('rollback');
  });

  it('has sequences and keys, as far as they may be read', async () => {
    const owner = await server.open('owner');
    expect((await read('sequences', owner)).find(({ name }) => name === 'product_id_seq')).toMatchObject({
      type: 'integer',
      lastValue: 1000,
      readable: true,
      maximum: 2_147_483_647,
      ownedBy: { schema: 'public', table: 'product', column: 'id', type: 'integer', identity: false },
    });
    expect((await read('sequences')).find(({ name }) => name === 'big_id_seq')).toMatchObject({
      lastValue: null,
      readable: false,
      ownedBy: { identity: true },
    });
    const keys = await read('integerKeys', owner);
    expect(keys.map((key) => [key.table, key.column, key.type, key.role, key.sequence, key.current])).toEqual(
      [
        ['product', 'id', 'integer', 'primary-key', 'public.product_id_seq', 1000],
        ['small', 'big_id', 'integer', 'foreign-key', 'public.big_id_seq', 1],
        ['small', 'tiny', 'smallint', 'primary-key', null, null],
      ],
    );
  });

  it('has constraints that were never validated', async () => {
    expect(await read('constraints')).toEqual([
      {
        schema: 'public',
        table: 'line',
        name: 'priced',
        kind: 'check',
        definition: expect.stringContaining('NOT VALID') as string,
      },
    ]);
  });

  it('has settings as the server means them, not as our session has them', async () => {
    const settings = await read('settings');
    expect(settings.get('autovacuum')).toMatchObject({ value: 'off', source: 'command line' });
    expect(settings.get('work_mem')).toMatchObject({ shown: '4MB', number: 4 * 1024 ** 2 });
    expect(settings.get('shared_buffers')).toMatchObject({ unit: '8kB', number: 128 * 1024 ** 2 });
    expect(settings.get('checkpoint_timeout')).toMatchObject({ number: 300_000, source: 'default' });
    expect(settings.has('statement_timeout')).toBe(false);
  });

  it('names what holds vacuum back, oldest first', async () => {
    const reader = await server.connect('report');
    await reader.query('begin isolation level repeatable read; select count(*) from product');
    await server.owner.query('begin; insert into big default values');
    await server.owner.query(`prepare transaction 'payment-7'`);
    await server.owner.query('insert into big default values');
    const holders = await read('xminHolders');
    expect(holders.map(({ kind, name, application }) => [kind, name, application])).toEqual([
      ['session', expect.any(String), 'report'],
      ['prepared-transaction', 'payment-7', null],
    ]);
    expect(holders[0]).toMatchObject({ state: 'idle in transaction', catalogOnly: false });
    await reader.query('rollback');
    await server.owner.query(`rollback prepared 'payment-7'`);
    await server.owner.query(`select pg_create_logical_replication_slot('cdc', 'pgoutput')`);
    expect(await read('xminHolders')).toMatchObject([
      { kind: 'replication-slot', name: 'cdc', catalogOnly: true },
    ]);
    expect(await read('slots')).toMatchObject([
      { name: 'cdc', kind: 'logical', active: false, walStatus: 'reserved' },
    ]);
    await server.owner.query(`select pg_drop_replication_slot('cdc')`);
  });

  it('has nothing to say of replication where there is none', async () => {
    expect(await read('replication')).toEqual({
      senders: [],
      receiver: null,
      replayLagMs: null,
      replayLagBytes: null,
    });
  });

  it('counts transactions, multixacts, log and checkpoints', async () => {
    const before = await read('wraparound');
    expect(before.databases.map(({ name }) => name)).toContain('template0');
    const wal = await read('wal');
    const checkpoints = await read('checkpoints');
    await server.owner.query('insert into big default values; checkpoint');
    expect((await read('wraparound')).xidCounter).toBeGreaterThan(before.xidCounter);
    expect((await read('wal')).positionBytes).toBeGreaterThan(wal.positionBytes);
    expect((await read('checkpoints')).requested).toBeGreaterThanOrEqual(checkpoints.requested);
    expect((await read('databases')).find(({ name }) => name === 'postgres')?.commits).toBeGreaterThan(10);
  });

  it('shows sessions with what they do, and ours as ours', async () => {
    const idle = await server.connect('web');
    await idle.query('begin; select 7 as seven');
    const sessions = await read('activity');
    expect(sessions.find(({ application }) => application === 'web')).toMatchObject({
      type: 'client backend',
      user: 'postgres',
      client: '127.0.0.1',
      state: 'idle in transaction',
      text: 'begin; select 7 as seven',
      own: false,
    });
    expect(sessions.find(({ application }) => application === 'web')?.transactionMs).toBeGreaterThan(0);
    expect(sessions.filter(({ application }) => application === 'rearguard').every(({ own }) => own)).toBe(
      true,
    );
    expect(sessions.find(({ type }) => type === 'checkpointer')).toMatchObject({
      state: null,
      stateMs: null,
    });
    await idle.query('rollback');
  });

  it('leaves a topic that takes too long unknown, and reads the rest', async () => {
    // With a catalogue of its own kind of slow: somebody has it for himself.
    const blocker = await server.connect('blocker');
    await blocker.query('begin; lock table pg_catalog.pg_constraint in access exclusive mode');
    const { parts } = await readSnapshot(monitor, ['constraints', 'databases'], Date.now());
    expect(parts.constraints).toMatchObject({
      known: false,
      reason: 'reading pg_constraint would have had to wait for a lock',
    });
    expect(parts.databases.known).toBe(true);
    await blocker.query('rollback');
  });
});
