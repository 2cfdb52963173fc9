import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockOf, withFileLock } from './file-lock.ts';

const BUILT = fileURLToPath(new URL('../../dist/src/platform/file-lock.js', import.meta.url));

let folder: string;
let path: string;
/** Where locks stand. */
let local: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-lock-'));
  path = join(folder, 'counter');
  local = join(folder, '.rearguard');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Reads, waits, writes: what is lost when two do it at once. With a second argument each turn leaves a lock whose process is gone. */
const INCREMENT = `
  import { readFile, rename, writeFile } from 'node:fs/promises';
  import { hostname } from 'node:os';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { withFileLock } from ${JSON.stringify(BUILT)};
  const [, path, folder, lock, gone] = process.argv;
  for (let turn = 0; turn < 20; turn += 1)
    await withFileLock(path, async () => {
      const value = Number(await readFile(path, 'utf8'));
      await sleep(1);
      await writeFile(path, String(value + 1));
      if (gone === undefined) return;
      const left = { pid: Number(gone), host: hostname(), key: 'gone' + turn + process.pid };
      await writeFile(lock + process.pid, JSON.stringify(left));
      await rename(lock + process.pid, lock);
    }, { folder, waitMs: 60_000 });
`;

function increment(...more: string[]): Promise<number | null> {
  const args = ['--input-type=module', '-e', INCREMENT, path, local, lockOf(path, local), ...more];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

it('lets one process at a time in, and leaves nothing behind', async () => {
  await writeFile(path, '0');
  expect(await Promise.all([increment(), increment(), increment()])).toEqual([0, 0, 0]);
  expect(await readFile(path, 'utf8')).toBe('60');
  expect(await readdir(folder)).toEqual(['.rearguard', 'counter']);
  expect(await readdir(local)).toEqual(['.gitignore']);
});

/** Id of a process that is no longer there. */
async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  return Number(child.pid);
}

it('lets one in where several find a lock abandoned at the same moment', async () => {
  await writeFile(path, '0');
  const gone = String(await goneProcess());
  const all = Promise.all([increment(gone), increment(gone), increment(gone), increment(gone)]);
  expect(await all).toEqual([0, 0, 0, 0]);
  expect(await readFile(path, 'utf8')).toBe('80');
});

it('takes over from a process that is gone, and says who holds it where one is not', async () => {
  const lock = lockOf(path, local);
  const gone = JSON.stringify({ pid: await goneProcess(), host: hostname(), key: 'gone' });
  await mkdir(local);
  await writeFile(lock, gone);
  // Whoever was about to remove it is gone, too.
  await writeFile(`${lock}.gone.gone`, gone);
  expect(await withFileLock(path, () => Promise.resolve('in'), { folder: local })).toBe('in');

  const holding = async (): Promise<void> => {
    const second = withFileLock(path, () => Promise.resolve('never'), { folder: local, waitMs: 30 });
    await expect(second).rejects.toMatchObject({ code: 'E_WORKSPACE_BUSY' });
    await expect(second).rejects.toThrow(String(process.pid));
  };
  await withFileLock(path, holding, { folder: local });
});

it('is given back when the work throws', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('no'));
  await expect(withFileLock(path, failing, { folder: local })).rejects.toThrow('no');
  expect(await withFileLock(path, () => Promise.resolve(1), { folder: local })).toBe(1);
});

it('leaves an abandoned lock to the one that is about to remove it', async () => {
  const lock = lockOf(path, local);
  await mkdir(local);
  await writeFile(lock, JSON.stringify({ pid: await goneProcess(), host: hostname(), key: 'gone' }));
  await writeFile(`${lock}.gone.gone`, JSON.stringify({ pid: process.pid, host: hostname(), key: 'here' }));
  const second = withFileLock(path, () => Promise.resolve('never'), { folder: local, waitMs: 30 });
  await expect(second).rejects.toMatchObject({ code: 'E_WORKSPACE_BUSY' });
  expect(await readFile(lock, 'utf8')).toContain('gone');
});

it('is not seen by git while it is held', async () => {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  git('init', '--quiet');
  const status = await withFileLock(
    path,
    () => Promise.resolve(git('status', '--porcelain', '--untracked-files=all')),
    { folder: local },
  );
  expect(status).toBe('');
});
