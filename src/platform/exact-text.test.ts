import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exactText } from './exact-text.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-exact-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('exact text', () => {
  it('keeps the byte order mark and every line end', async () => {
    const text = '\uFEFFa\r\nb\nc\r';
    await writeFile(join(folder, 'a'), text);
    expect(await exactText(join(folder, 'a'))).toBe(text);
  });

  it('is null where there is no file', async () => {
    expect(await exactText(join(folder, 'none'))).toBeNull();
  });

  it('refuses what would not survive being written back', async () => {
    await writeFile(join(folder, 'latin'), Buffer.from([0x61, 0xe4]));
    await expect(exactText(join(folder, 'latin'))).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
    await expect(exactText(folder)).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });
});
