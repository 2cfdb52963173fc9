import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  lstatSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFiles } from './files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rearguard-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('readText', () => {
  it('returns the whole text without a byte order mark', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, `\uFEFF${'grün\n'.repeat(40_000)}`);
    expect(await systemFiles.readText(path)).toBe('grün\n'.repeat(40_000));
  });

  it('refuses more than the limit, also of files that claim no size', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, '12345');
    expect(await systemFiles.readText(path, 5)).toBe('12345');
    await expect(systemFiles.readText(path, 4)).rejects.toMatchObject({
      code: 'E_FILE_TOO_LARGE',
      exitCode: 2,
    });
    await expect(systemFiles.readText('/dev/zero', 1_000)).rejects.toMatchObject({
      code: 'E_FILE_TOO_LARGE',
    });
  });

  it('says why a file cannot be read', async () => {
    const reading = systemFiles.readText(join(folder, 'absent'));
    await expect(reading).rejects.toMatchObject({
      code: 'E_FILE_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
    await expect(systemFiles.readText(folder)).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });
});

describe('writeText', () => {
  it('makes folders, replaces what was there and leaves nothing beside it', async () => {
    const path = join(folder, 'reports', 'a.html');
    await systemFiles.writeText(path, 'one');
    chmodSync(path, 0o640);
    const before = statSync(path).ino;
    await systemFiles.writeText(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(statSync(path).ino).not.toBe(before);
    expect(readdirSync(join(folder, 'reports'))).toEqual(['a.html']);
  });

  it('writes where a link points to', async () => {
    writeFileSync(join(folder, 'target'), 'old');
    symlinkSync('target', join(folder, 'link'));
    await systemFiles.writeText(join(folder, 'link'), 'new');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('does not replace a device', async () => {
    await systemFiles.writeText('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('that fails is E_OUTPUT_WRITE, and leaves nothing', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(systemFiles.writeText(join(folder, 'file', 'a.txt'), 'x')).rejects.toMatchObject({
      code: 'E_OUTPUT_WRITE',
    });
    await expect(systemFiles.writeText(folder, 'x')).rejects.toMatchObject({
      code: 'E_OUTPUT_WRITE',
      exitCode: 3,
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it.runIf(process.platform === 'linux')('on a full disk is E_OUTPUT_WRITE', async () => {
    await expect(systemFiles.writeText('/dev/full', 'x')).rejects.toMatchObject({
      code: 'E_OUTPUT_WRITE',
      message: expect.stringContaining('ENOSPC'),
    });
  });
});

it('exists tells files and folders from what is not there', async () => {
  expect(await systemFiles.exists(folder)).toBe(true);
  expect(await systemFiles.exists(join(folder, 'absent'))).toBe(false);
  expect(await systemFiles.exists(join('/dev/null', 'x'))).toBe(false);
});

describe('list', () => {
  it('names what is in a folder in order, and follows no link', async () => {
    writeFileSync(join(folder, 'b.txt'), '');
    writeFileSync(join(folder, 'a.txt'), '');
    symlinkSync('a.txt', join(folder, 'c.txt'));
    expect(await systemFiles.list(folder)).toEqual([
      { name: 'a.txt', kind: 'file' },
      { name: 'b.txt', kind: 'file' },
      { name: 'c.txt', kind: 'other' },
    ]);
    await expect(systemFiles.list(join(folder, 'none'))).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });
});

describe('lines', () => {
  const all = async (path: string, options = {}): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of systemFiles.lines(path, options)) lines.push(line);
    return lines;
  };

  it('gives every line once, also across chunks, with any line end and without the last one', async () => {
    const path = join(folder, 'a.log');
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index} grün ${'x'.repeat(index % 37)}`);
    writeFileSync(path, lines.join('\n'));
    expect(await all(path)).toEqual(lines);
    writeFileSync(path, 'a\r\n\r\nb\n');
    expect(await all(path)).toEqual(['a', '', 'b']);
  });

  it('unpacks what is packed, also of several members, and says when it is broken', async () => {
    const path = join(folder, 'a.log.gz');
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index} grün`);
    const packed = [lines.slice(0, 5), lines.slice(5)].map((part) => gzipSync(`${part.join('\n')}\n`));
    writeFileSync(path, Buffer.concat(packed));
    expect(await all(path)).toEqual(lines);
    expect(await all(path, { fromByte: 7 })).toEqual(lines.slice(1));
    writeFileSync(path, Buffer.concat(packed).subarray(0, 2_000));
    await expect(all(path)).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });

  it('begins with the first whole line behind a byte', async () => {
    const path = join(folder, 'a.log');
    writeFileSync(path, 'first\nsecond\nthird');
    expect(await all(path, { fromByte: 6 })).toEqual(['second', 'third']);
    expect(await all(path, { fromByte: 7 })).toEqual(['third']);
    expect(await all(path, { fromByte: 99 })).toEqual([]);
  });

  it('cuts what is too long and says what cannot be read', async () => {
    const path = join(folder, 'a.log');
    writeFileSync(path, `${'x'.repeat(300_000)}\nnext`);
    expect(await all(path, { maxLineBytes: 10 })).toEqual(['xxxxxxxxxx', 'next']);
    await expect(all(join(folder, 'none'))).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });
});
