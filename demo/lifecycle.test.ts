import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { startPostgres } from '../src/platform/postgres/embedded.ts';
import { startDemo } from './start.ts';

const SCALE = 0.02;

describe('the embedded demo', () => {
  it('has visitors, and stops without leaving a process or a file', async () => {
    const demo = await startDemo({ scale: SCALE, traffic: 60, quiet: true });
    const database = new Client({ connectionString: demo.databaseUrl });
    database.on('error', () => undefined);
    await database.connect();
    const logins = async (): Promise<number> =>
      (await database.query<{ n: number }>('select count(*)::int as n from sessions')).rows[0]?.n ?? 0;
    // Beside the monitor's own session: somebody logged in.
    await expect.poll(logins, { timeout: 40_000 }).toBeGreaterThan(1);
    const statements = await database.query(
      "select 1 from pg_stat_statements where query like '%from products%'",
    );
    expect(statements.rowCount).toBeGreaterThan(0);
    await database.end();

    await demo.setFaults(['payment-frozen', 'redis-frozen']);
    await expect.poll(async () => stopped(await descendants(process.pid))).toBe(2);
    await demo.stop();
    expect(await descendants(process.pid)).toEqual([]);
    await expect(fetch(`${demo.url}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(existsSync(dirname(demo.logPath))).toBe(false);
    await demo.stop();
  });

  it('dies with the process that started it', async () => {
    const entry = new URL('../dist/demo/index.js', import.meta.url);
    const source = `import { startDemo } from ${JSON.stringify(entry.href)};
      const faults = ['payment-frozen', 'redis-frozen'];
      const { url, databaseUrl, logPath } = await startDemo({ scale: ${SCALE}, quiet: true, faults });
      console.log(JSON.stringify({ url, databaseUrl, logPath }));`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string];
    const { url, databaseUrl, logPath } = JSON.parse(line) as Record<
      'url' | 'databaseUrl' | 'logPath',
      string
    >;
    const started = await descendants(owner.pid ?? 0);
    expect(started.length).toBeGreaterThanOrEqual(7);
    await expect.poll(async () => stopped(await descendants(owner.pid ?? 0))).toBe(2);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await expect.poll(() => started.map(({ id }) => id).filter(isAlive), { timeout: 30_000 }).toEqual([]);
    expect(existsSync(dirname(logPath))).toBe(false);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await expect(new Client({ connectionString: databaseUrl }).connect()).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a database of the user', () => {
  it('is filled once, and left alone when something else lives in it', async () => {
    const server = await startPostgres();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query('create table precious as select 1 as one');
      await expect(startDemo({ databaseUrl: server.url, scale: SCALE })).rejects.toMatchObject({
        code: 'E_USAGE',
      });
      const tables = await client.query("select tablename from pg_tables where schemaname = 'public'");
      expect(tables.rows).toEqual([{ tablename: 'precious' }]);
      await client.query('drop table precious');

      for (const release of ['1.0.0', '2.0.0']) {
        const demo = await startDemo({ databaseUrl: server.url, scale: SCALE, traffic: false, release });
        expect(await (await fetch(`${demo.url}/healthz`)).json()).toMatchObject({ data: { release } });
        await demo.stop();
        expect((await client.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 2_400 }]);
      }
    } finally {
      await client.end();
      await server.stop();
    }
  });

  it('that does not answer is named without its password', async () => {
    const failure: unknown = await startDemo({
      databaseUrl: 'postgresql://shop:hunter2@127.0.0.1:1/shop',
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_DEMO_POSTGRES' });
    expect((failure as Error).message).not.toContain('hunter2');
  });
});

interface Descendant {
  id: number;
  /** As `ps` says it: `S` sleeping, `T` stopped, with flags behind. */
  state: string;
}

/** Everything a process started, directly or not. */
async function descendants(pid: number): Promise<Descendant[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,state=,comm=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , command]) => command !== 'ps')
    .map(([id, parent, state = '']) => ({ id: Number(id), parent: Number(parent), state }));
  const childrenOf = (parent: number): Descendant[] =>
    processes
      .filter((each) => each.parent === parent)
      .flatMap(({ id, state }) => [{ id, state }, ...childrenOf(id)]);
  return childrenOf(pid);
}

function stopped(processes: readonly Descendant[]): number {
  return processes.filter(({ state }) => state.startsWith('T')).length;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
