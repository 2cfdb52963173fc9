import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchConfigFile } from './config-watch.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };

let folder: string;
let path: string;
let changes: number;
let stop: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-watch-'));
  path = join(folder, 'rearguard.config.yaml');
  await writeFile(path, 'targets: {}\n');
  changes = 0;
  const watching = await watchConfigFile(path, async () => {
    changes += 1;
  });
  stop = () => watching.stop();
});
afterEach(async () => {
  stop();
  await rm(folder, { recursive: true, force: true });
});

const eventually = (assertion: () => void) => vi.waitFor(assertion, PATIENCE);

it('sees a file that is written, and one that is replaced by another', async () => {
  await writeFile(path, 'targets: { }\n');
  await eventually(() => expect(changes).toBe(1));
  await writeFile(join(folder, 'draft'), 'targets: {  }\n');
  await rename(join(folder, 'draft'), path);
  await eventually(() => expect(changes).toBe(2));
});

it('takes the same text, other files and a moment without the file for no change', async () => {
  await writeFile(path, 'targets: {}\n');
  await writeFile(join(folder, 'other.txt'), 'x');
  await rename(path, join(folder, 'away'));
  await rename(join(folder, 'away'), path);
  await writeFile(path, 'failOn: low\n');
  await eventually(() => expect(changes).toBe(1));
});

it('says once that the file is gone', async () => {
  await rm(path);
  await eventually(() => expect(changes).toBe(1));
  await writeFile(path, 'targets: {}\n');
  await eventually(() => expect(changes).toBe(2));
});
