import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf, type LookBench, openLookBench } from '../look-fixture.ts';
import { assessWraparound } from './wraparound.ts';

let bench: LookBench;
let holder: Client;
const clients: Client[] = [];

async function connectTo(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  clients.push(client);
  await client.connect();
  return client;
}

/** The least that the server accepts: 100,000 ids until freezing is forced. */
const SETTINGS = { autovacuum_freeze_max_age: '100000', autovacuum_naptime: '1s', synchronous_commit: 'off' };

beforeAll(async () => {
  bench = await openLookBench(async (url) => {
    holder = await connectTo(url);
    return connectTo(url);
  }, SETTINGS);
});
afterAll(async () => {
  await holder.end();
  await bench.close();
});

/** Takes this many transaction ids, a transaction each. */
async function spend(ids: number): Promise<void> {
  await bench.owner.query(
    `do $$ begin for n in 1..${ids} loop perform pg_current_xact_id(); commit; end loop; end $$`,
  );
}

describe('the age of transaction ids', () => {
  it('is reported when a freeze that is forced does not get through, and not while it is on its way', async () => {
    await bench.owner.query('create table ledger (id int); insert into ledger values (1)');
    await holder.query('begin isolation level repeatable read; select count(*) from ledger');
    await spend(120_000);
    const early = await bench.look();
    const { wraparound } = early.end.parts;
    if (!wraparound.known) throw new Error(wraparound.reason);
    expect(Math.max(...wraparound.value.databases.map(({ xidAge }) => xidAge))).toBeGreaterThan(100_000);
    expect(findingsOf(assessWraparound(early))).toEqual([]);

    const start = await bench.start();
    await spend(60_000);
    const assessed = assessWraparound(await bench.look({ start }));
    expect(assessed.findings.map(({ severity, confidence }) => [severity, confidence])).toEqual([
      ['high', 'proven'],
    ]);
    const labels = assessed.findings[0]?.evidence.map(({ label }) => label);
    expect(labels).toContain('left at the pace of this window');
    expect(assessed.findings[0]?.fix.patch).toMatch(/^VACUUM \(FREEZE, VERBOSE\) \w+\.\w+;$/);

    await holder.query('rollback');
    const now = async (): Promise<string[]> => findingsOf(assessWraparound(await bench.look()));
    await expect.poll(now, { timeout: 60_000, interval: 500 }).toEqual([]);
  }, 120_000);
});
