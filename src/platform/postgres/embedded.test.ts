import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from './embedded.ts';

const servers: RunningPostgres[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Parameters<typeof startPostgres>[0] = {}): Promise<RunningPostgres> {
  const server = await startPostgres(options);
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('runs SQL with the given settings and leaves nothing behind', async () => {
    const server = await start({ settings: { work_mem: '7MB' } });
    expect(await query(server.url, 'show work_mem')).toEqual([{ work_mem: '7MB' }]);
    expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'off' }]);
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.stop();
  });

  it('listens on loopback only, with a password', async () => {
    const server = await start();
    expect(await query(server.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const guess = new URL(server.url);
    guess.password = 'guess';
    await expect(query(guess.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps the data of a directory over a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rearguard-embedded-test-'));
    try {
      const first = await start({ directory });
      await query(first.url, 'create table kept as select 42 as answer');
      await first.stop();
      const second = await start({ directory });
      expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
      expect(await query(second.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
      await second.stop();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says why a server does not start', async () => {
    await expect(startPostgres({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'E_DEMO_POSTGRES',
      message: expect.stringContaining('shared_buffers') as string,
    });
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const { port } = occupied.address() as AddressInfo;
    await expect(startPostgres({ port })).rejects.toMatchObject({ code: 'E_DEMO_POSTGRES' });
    occupied.close();
  });

  it('stops when its signal is aborted', async () => {
    const abort = new AbortController();
    const server = await start({ signal: abort.signal });
    abort.abort();
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
    await expect(startPostgres({ signal: abort.signal })).rejects.toThrow('abort');
  });

  it('is stopped by the death of the process that started it', async () => {
    const entry = new URL('../../../dist/src/platform/postgres/embedded.js', import.meta.url);
    const source = `import { startPostgres } from ${JSON.stringify(entry.href)};
      const { url, directory } = await startPostgres();
      console.log(JSON.stringify({ url, directory }));
      setInterval(() => undefined, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string];
    const { url, directory } = JSON.parse(line) as { url: string; directory: string };
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await expect.poll(() => existsSync(directory), { timeout: 30_000 }).toBe(false);
    await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  });
});
