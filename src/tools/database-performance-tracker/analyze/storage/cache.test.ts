import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf, type LookBench, openLookBench } from '../look-fixture.ts';
import { assessCache } from './cache.ts';

let bench: LookBench;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

const run = (sql: string): Promise<unknown> => bench.owner.query(sql);
const evict = (table: string): Promise<unknown> => run(`select pg_buffercache_evict_relation('${table}')`);

beforeAll(async () => {
  bench = await openLookBench(connect, { shared_buffers: '32MB', autovacuum: 'off' });
  // Some 40 MB, 6 MB and 3 MB. A scan of more than a quarter of the cache reads through a ring, and leaves nothing there.
  await run(`
    create extension pg_buffercache;
    create table large (id int, text text); create table fits (id int, text text); create table small (id int, text text);
    insert into large select n, repeat('x', 950) from generate_series(1, 40000) n;
    insert into fits select n, repeat('x', 950) from generate_series(1, 6000) n;
    insert into small select n, repeat('x', 950) from generate_series(1, 3000) n`);
  for (const table of ['large', 'fits', 'small']) await run(`vacuum analyze ${table}`);
  await run('checkpoint');
});
afterAll(() => bench.close());

describe('pages that were not in the cache', () => {
  it('are reported of a table that does not fit, with its size and how it is read', async () => {
    const start = await bench.start();
    await run('select count(text) from large');
    await run('select count(text) from small');
    const assessed = assessCache(await bench.look({ start }));
    expect(findingsOf(assessed)).toEqual(['cache-misses public.large']);
    expect(assessed.findings[0]?.fix.steps.join(' ')).toContain('Whole scans read it');
    expect(assessed.checked.map(({ subject }) => subject.name)).toContain('shop public.small');
  });

  it('are not reported of a table that fits and is read for the first time', async () => {
    await evict('fits');
    const start = await bench.start();
    await run('select count(text) from fits');
    expect(findingsOf(assessCache(await bench.look({ start })))).toEqual([]);
    // Read again and again, it is pushed out again and again.
    for (let round = 0; round < 2; round += 1) {
      await evict('fits');
      await run('select count(text) from fits');
    }
    expect(findingsOf(assessCache(await bench.look({ start })))).toEqual(['cache-misses public.fits']);
  });

  it('are not reported while all is found there', async () => {
    await run('select count(text) from fits');
    const start = await bench.start();
    for (let round = 0; round < 5; round += 1) await run('select count(text) from fits');
    expect(findingsOf(assessCache(await bench.look({ start })))).toEqual([]);
  });
});
