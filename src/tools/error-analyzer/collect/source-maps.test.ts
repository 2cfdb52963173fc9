import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFiles } from '../../../platform/files.ts';
import { readSourceMaps } from './source-maps.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-maps-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('source maps of folders', () => {
  it('are named after the file they are of; what is none is said', async () => {
    await mkdir(join(folder, 'assets'));
    const map = { version: 3, sources: ['src/a.ts'], names: [], mappings: 'AAAA' };
    await writeFile(join(folder, 'assets/main.js.map'), JSON.stringify(map));
    await writeFile(join(folder, 'assets/main.js'), '');
    await writeFile(join(folder, 'other.css.map'), '{}');
    const found = await readSourceMaps(systemFiles, [folder], new AbortController().signal);
    expect(found.maps.map(({ file }) => file)).toEqual(['assets/main.js']);
    expect(found.notes).toEqual([`${join(folder, 'other.css.map')} is not a source map of version 3.`]);
  });
});
