import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NEVER } from '../runtime-fixture.ts';
import { currentProject, recentProject } from './project-cache.ts';

const NOW_MS = Date.parse('2026-11-28T12:00:00Z');
const DAY_MS = 24 * 3_600_000;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-project-cache-'));
  await writeFile(join(root, 'package.json'), '{ "name": "shop", "dependencies": { "express": "5.1.0" } }');
  // More than can be read in a millisecond.
  const files = Array.from({ length: 300 }, (_, index) => join(root, `part-${index}.js`));
  await Promise.all(files.map((file) => writeFile(file, "require('express')().get('/', () => 1);\n")));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('a repository that takes too long to read is not read again by each run of the day', async () => {
  expect(await recentProject(root, NOW_MS, 1)).toBeNull();
  expect(await recentProject(root, NOW_MS + 1)).toBeNull();
  expect((await recentProject(root, NOW_MS + DAY_MS))?.name.value).toBe('shop');
});

it('one that is read on demand is known from then on', async () => {
  expect(await recentProject(root, NOW_MS, 1)).toBeNull();
  await currentProject(root, NOW_MS + 1, NEVER);
  expect((await recentProject(root, NOW_MS + 2))?.name.value).toBe('shop');
});
