import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';

const BUILT = fileURLToPath(new URL('../../dist/src/platform/file-lock.js', import.meta.url));

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-lock-'));
  path = join(folder, 'counter');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Reads, waits, writes: what is lost when two do it at once. */
const INCREMENT = `
  import { readFile, writeFile } from 'node:fs/promises';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { withFileLock } from ${JSON.stringify(BUILT)};
  for (let turn = 0; turn < 20; turn += 1)
    await withFileLock(process.argv[1], async () => {
      const value = Number(await readFile(process.argv[1], 'utf8'));
      await sleep(1);
      await writeFile(process.argv[1], String(value + 1));
    }, { waitMs: 60_000 });
`;

function increment(): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', INCREMENT, path], {
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

it('lets one process at a time in, and leaves nothing behind', async () => {
  await writeFile(path, '0');
  expect(await Promise.all([increment(), increment(), increment()])).toEqual([0, 0, 0]);
  expect(await readFile(path, 'utf8')).toBe('60');
  expect(await readdir(folder)).toEqual(['counter']);
});

it('takes over from a process that is gone, and says who holds it where one is not', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const { hostname } = await import('node:os');
  const lock = join(folder, '.counter.lock');
  await writeFile(lock, JSON.stringify({ pid: child.pid, host: hostname(), key: 'gone' }));
  expect(await withFileLock(path, () => Promise.resolve('in'))).toBe('in');

  await withFileLock(path, async () => {
    const second = withFileLock(path, () => Promise.resolve('never'), { waitMs: 30 });
    await expect(second).rejects.toMatchObject({ code: 'E_WORKSPACE_BUSY' });
    await expect(second).rejects.toThrow(String(process.pid));
  });
});

it('is given back when the work throws', async () => {
  await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withFileLock(path, () => Promise.resolve(1))).toBe(1);
});
