import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importModule } from './read-module.ts';
import { reasonWithPlace } from './reason-with-place.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-place-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function reasonOfImport(name: string): Promise<string> {
  const module = join(folder, name);
  return importModule(module).then(
    () => 'nothing was thrown',
    (thrown: unknown) => reasonWithPlace(thrown, module),
  );
}

describe('why a module does not load', () => {
  it('is said with the file and the line, also of one that it imports', async () => {
    await writeFile(join(folder, 'index.ts'), "import './helper.ts';\n");
    await writeFile(join(folder, 'helper.ts'), '\nexport const a = (;\n');
    expect(await reasonOfImport('index.ts')).toBe('ParseError: Unexpected token (helper.ts, line 2)');
    await writeFile(join(folder, 'helper.ts'), "\nthrow new Error('no luck');\n");
    expect(await reasonOfImport('index.ts')).toBe('no luck (helper.ts, line 2)');
  });

  it('is said of JavaScript too, through what it calls of ours', async () => {
    const text = "import { z } from 'rearguard';\n\nz.strictObject({}).parse({ a: 1 });\nexport default 1;\n";
    await writeFile(join(folder, 'index.mjs'), text);
    expect(await reasonOfImport('index.mjs')).toMatch(/\(index\.mjs, line 3\)$/);
  });

  it('is said without a place where there is none', () => {
    expect(reasonWithPlace('a word', '/a/b.ts')).toBe('a word');
    expect(reasonWithPlace(new Error('of ours'), '/a/b.ts')).toBe('of ours');
  });
});
