import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inFolder, type Reading, until, whileFollowing } from './log-source-fixture.ts';

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `line ${String(from + index).padStart(6, '0')}\n`).join('');

const has = (path: string, text: string) => (reading: Reading) => reading.text[path]?.endsWith(text) === true;

describe('following', () => {
  it('gives what is appended, half a line included', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'a\n');
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await until(() => has(path, 'a\n')(soFar));
          await appendFile(path, 'b');
          await until(() => has(path, 'b')(soFar));
          await appendFile(path, 'c\n');
        },
        has(path, 'c\n'),
      );
      expect(reading.text[path]).toBe('a\nbc\n');
    }));

  it('begins at the last line that is not whole when only the new is asked for', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'old\nhal');
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await until(() => has(path, 'hal')(soFar));
          await appendFile(path, 'f\nnew\n');
        },
        has(path, 'new\n'),
        { fromEnd: true },
      );
      expect(reading.text[path]).toBe('half\nnew\n');
    }));

  it('drains the old file and goes on with the new one, though the writer reopens late', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      let writer: FileHandle = await open(path, 'a');
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await writer.write(numbered(0, 10));
          await until(() => has(path, numbered(9, 10))(soFar));
          await rename(path, `${path}.1`);
          await writeFile(path, '');
          await writer.write(numbered(10, 20));
          await until(() => has(path, numbered(19, 20))(soFar));
          await writer.close();
          writer = await open(path, 'a');
          await writer.write(numbered(20, 30));
          await writer.close();
        },
        has(path, numbered(29, 30)),
      );
      expect(reading.text[path]).toBe(numbered(0, 30));
      expect(reading.notices.map(({ type }) => type)).toEqual(['rotated', 'end']);
    }));

  it('gives what a second writer still adds to the old file', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      const late = await open(path, 'a');
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await late.write('first\n');
          await until(() => has(path, 'first\n')(soFar));
          await rename(path, `${path}.1`);
          await writeFile(path, 'new\n');
          await until(() => has(path, 'new\n')(soFar));
          await late.write('late\n');
          await late.close();
        },
        has(path, 'late\n'),
      );
      expect(reading.text[path]).toBe('first\nnew\nlate\n');
    }));

  it('reads the rest in the copy when the file is copied and cut', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, numbered(0, 100));
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await until(() => has(path, numbered(99, 100))(soFar));
          // Between two looks, so that the lines that follow are only seen in the copy.
          await appendFile(path, numbered(100, 150));
          await copyFile(path, `${path}.1`);
          await truncate(path, 0);
          await appendFile(path, numbered(150, 160));
        },
        has(path, numbered(159, 160)),
      );
      expect(reading.text[path]).toBe(numbered(0, 160));
      expect(reading.notices.map(({ type }) => type)).toContain('truncated');
    }));

  it('sees a cut though the file has grown beyond it again, and skips the hole a writer leaves', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      const writer = await open(path, 'w');
      const first = numbered(0, 30);
      await writer.write(first, 0);
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await until(() => has(path, first)(soFar));
          await truncate(path, 0);
          await writer.write(numbered(30, 40), first.length);
          await writer.close();
        },
        has(path, numbered(39, 40)),
      );
      expect(reading.text[path]).toBe(numbered(0, 40));
    }));

  it('finds the files of several rotations between two looks, the packed one included', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, numbered(0, 10));
      const reading = await whileFollowing(
        [{ kind: 'files', path }],
        async (soFar) => {
          await until(() => has(path, numbered(9, 10))(soFar));
          await writeFile(`${path}.2.gz`, gzipSync(numbered(0, 10)));
          await writeFile(`${path}.1`, numbered(10, 20));
          await rm(path);
          await writeFile(path, numbered(20, 30));
        },
        has(path, numbered(29, 30)),
      );
      expect(reading.text[path]).toBe(numbered(0, 30));
    }));

  it('finds new files in a folder', () =>
    inFolder(async (folder) => {
      const old = join(folder, 'old.log');
      await writeFile(old, 'o\n');
      const reading = await whileFollowing(
        [{ kind: 'files', path: folder }],
        async (soFar) => {
          await until(() => has(old, 'o\n')(soFar));
          await writeFile(join(folder, 'new.log'), 'x\n');
        },
        has(join(folder, 'new.log'), 'x\n'),
      );
      expect(reading.text).toEqual({ [old]: 'o\n', [join(folder, 'new.log')]: 'x\n' });
    }));

  it('follows the newest of dated files', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(join(folder, 'app-2025-01-01.log'), 'a\n');
      const reading = await whileFollowing(
        [{ kind: 'files', path: join(folder, '*.log') }],
        async (soFar) => {
          await until(() => has(path, 'a\n')(soFar));
          await writeFile(join(folder, 'app-2025-01-02.log'), 'b\n');
        },
        has(path, 'b\n'),
      );
      expect(reading.text).toEqual({ [path]: 'a\nb\n' });
    }));
});
