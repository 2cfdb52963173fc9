import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importModule } from './read-module.ts';

let folder: string;
let compiledFolder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-module-'));
  compiledFolder = join(folder, 'compiled');
});
afterEach(() => rm(folder, { recursive: true }));

/** A module that no Node runs as it stands, and one that it imports. */
async function write(value: number): Promise<string> {
  await writeFile(join(folder, 'value.ts'), `export enum Value { only = ${value} }`);
  const module = join(folder, 'module.ts');
  await writeFile(module, "import { Value } from './value';\nexport default Value.only as number;\n");
  return module;
}

describe('what a module was compiled to', () => {
  it('is kept, and compiled anew when a source changed or half of it is there', async () => {
    const module = await write(1);
    expect(await importModule(module, { compiledFolder })).toMatchObject({ default: 1 });
    const kept = await readdir(compiledFolder);
    expect(kept).toHaveLength(2);
    expect(await importModule(await write(2), { compiledFolder })).toMatchObject({ default: 2 });
    expect(await readdir(compiledFolder)).toEqual(kept);
    for (const name of kept) {
      const file = join(compiledFolder, name);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.slice(0, text.length / 2));
    }
    expect(await importModule(module, { compiledFolder })).toMatchObject({ default: 2 });
  });

  it('is not needed: a module loads where nothing can be kept', async () => {
    const module = await write(3);
    await writeFile(compiledFolder, 'a file');
    const within = join(compiledFolder, 'folder');
    expect(await importModule(module, { compiledFolder: within })).toMatchObject({ default: 3 });
    expect(await importModule(module)).toMatchObject({ default: 3 });
  });
});
