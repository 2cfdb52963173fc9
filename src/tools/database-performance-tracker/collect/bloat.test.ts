import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf, type LookBench, openLookBench } from '../analyze/look-fixture.ts';
import { assessBloat } from '../analyze/storage/bloat.ts';
import { countBloat } from './bloat.ts';

let bench: LookBench;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

const run = (sql: string): Promise<unknown> => bench.owner.query(sql);

/** One byte, then eight: every pair takes sixteen, and the widths in the statistics say nine. */
const PADDED = Array.from({ length: 8 }, (_, index) => `a${index} bool, b${index} bigint`).join(', ');
const VALUES = Array.from({ length: 8 }, () => 'true, n').join(', ');

beforeAll(async () => {
  bench = await openLookBench(connect, { autovacuum: 'off' });
  await run(`
    create table hollow (id int, line text); create table padded (${PADDED});
    insert into hollow select n, repeat('x', 400) from generate_series(1, 60000) n;
    insert into padded select ${VALUES} from generate_series(1, 100000) n;
    delete from hollow where id % 10 > 0`);
  // Else what was inserted would be counted after the ANALYZE, as changes since.
  await run('select pg_stat_force_next_flush()');
  await run('vacuum analyze hollow');
  await run('vacuum analyze padded');
});
afterAll(() => bench.close());

const options = { storage: { bloatShare: 0.3, bloatSize: '4MB' } };

describe('bloat that is counted', () => {
  it('stays an estimate where the extension is not installed', async () => {
    const look = await bench.look({ options });
    const counted = await countBloat(bench.session, look.end, look.options.storage);
    expect(counted.size).toBe(0);
    // Padding between columns is in no statistics: here the estimate is wrong about a table that is full.
    expect(findingsOf(assessBloat(look, counted))).toEqual(['bloat public.hollow', 'bloat public.padded']);
    expect(assessBloat(look, counted).findings.map(({ confidence }) => confidence)).toEqual([
      'likely',
      'likely',
    ]);
  });

  it('is proven where pgstattuple is, and a table that only looks empty is not reported', async () => {
    await run('create extension pgstattuple');
    const look = await bench.look({ options });
    const counted = await countBloat(bench.session, look.end, look.options.storage);
    expect([...counted.keys()].toSorted()).toEqual(['public.hollow', 'public.padded']);
    const assessed = assessBloat(look, counted);
    expect(findingsOf(assessed)).toEqual(['bloat public.hollow']);
    expect(assessed.findings[0]).toMatchObject({ confidence: 'proven', impact: { basis: 'measured' } });
    expect(assessed.findings[0]?.evidence).toContainEqual({
      label: 'how it is known',
      value: 'counted by pgstattuple',
    });
    await run('vacuum full hollow');
    await run('vacuum analyze hollow');
    const later = await bench.look({ options });
    const again = await countBloat(bench.session, later.end, later.options.storage);
    expect(findingsOf(assessBloat(later, again))).toEqual([]);
  });
});
