import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsOf, type LookBench, openLookBench } from '../look-fixture.ts';
import { assessCheckpoints } from './checkpoints.ts';

let bench: LookBench;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

beforeAll(async () => {
  bench = await openLookBench(connect);
  // In its configuration, where ALTER SYSTEM can change it; what stands on the command line cannot be.
  await run("alter system set min_wal_size = '32MB'");
  await run("alter system set max_wal_size = '32MB'");
  await run('select pg_reload_conf()');
  await run('create table entry (id int, text text)');
});
afterAll(() => bench.close());

const run = (sql: string): Promise<unknown> => bench.owner.query(sql);

/** Some 130 MB of log. */
async function load(): Promise<void> {
  await run('truncate entry');
  for (let round = 0; round < 4; round += 1) {
    await run("insert into entry select n, repeat('x', 1500) from generate_series(1, 20000) n");
  }
}

describe('checkpoints', () => {
  it('that were asked for by hand are not forced by the log', async () => {
    const start = await bench.start();
    for (let round = 0; round < 3; round += 1) {
      await run(`insert into entry values (${round}, 'by hand')`);
      await run('checkpoint');
    }
    const look = await bench.look({ start });
    const counters = look.end.parts.checkpoints;
    const before = start.parts.checkpoints;
    if (!counters.known || !before.known) throw new Error('checkpoints cannot be read');
    expect(counters.value.requested - before.value.requested).toBeGreaterThanOrEqual(3);
    expect(findingsOf(assessCheckpoints(look))).toEqual([]);
  });

  it('that the amount of log forces are reported, until the log has the room that is advised', async () => {
    const start = await bench.start();
    await load();
    const found = async (): Promise<string[]> => findingsOf(assessCheckpoints(await bench.look({ start })));
    await expect.poll(found, { timeout: 20_000 }).toEqual(['checkpoints-forced shop']);
    const [forced] = assessCheckpoints(await bench.look({ start })).findings;
    expect(forced?.fix.patch).toMatch(/^ALTER SYSTEM SET max_wal_size = '\d+GB';$/);
    await run(forced?.fix.patch ?? '');
    await run('select pg_reload_conf()');
    await run('checkpoint');
    const later = await bench.start();
    await load();
    expect(findingsOf(assessCheckpoints(await bench.look({ start: later })))).toEqual([]);
  }, 60_000);

  it('are no verdict without a window', async () => {
    const { checked, notChecked } = assessCheckpoints(await bench.look());
    expect(checked).toEqual([]);
    expect(notChecked[0]?.hint).toContain('--duration');
  });
});
