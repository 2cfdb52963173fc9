import { mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inFolder, readAll } from './log-source-fixture.ts';
import { createLogSources } from './sources.ts';

const lines = (word: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');

describe('reading files once', () => {
  it('reads a file larger than a chunk, byte for byte', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      const text = lines('a line of some length', 100_000);
      await writeFile(path, text);
      const reading = await readAll([{ kind: 'files', path }]);
      expect(reading.text[path]).toBe(text);
      expect(reading.notices).toMatchObject([{ type: 'end', atByte: text.length }]);
    }));

  it('reads a rotated set as one stream, oldest first, whatever it was packed with', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'd\n');
      await writeFile(`${path}.1`, 'c\n');
      await writeFile(`${path}.2.gz`, gzipSync('b\n'));
      // Packed, whatever its name says.
      await writeFile(`${path}.3`, gzipSync('a\n'));
      const reading = await readAll([{ kind: 'files', path }]);
      expect(reading.text).toEqual({ [path]: 'a\nb\nc\nd\n' });
      expect(reading.locations).toEqual([`${path}.3`, `${path}.2.gz`, `${path}.1`, path]);
    }));

  it('reads only what was asked for when that is a rotated file', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'b\n');
      await writeFile(`${path}.1`, 'a\n');
      const reading = await readAll([{ kind: 'files', path: `${path}.1` }]);
      expect(reading.text).toEqual({ [path]: 'a\n' });
    }));

  it('leaves out a packed file while the unpacked one is still there', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'b\n');
      await writeFile(`${path}.1`, 'a\n');
      await writeFile(`${path}.1.gz`, gzipSync('a\n').subarray(0, 12));
      const reading = await readAll([{ kind: 'files', path }]);
      expect(reading.text).toEqual({ [path]: 'a\nb\n' });
    }));

  it('gives what a damaged archive still holds, says so, and goes on', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      const text = Array.from({ length: 50_000 }, () => `${Math.random()}\n`).join('');
      const packed = gzipSync(text);
      await writeFile(`${path}.1.gz`, packed.subarray(0, packed.length / 2));
      await writeFile(path, 'newest\n');
      const reading = await readAll([{ kind: 'files', path }]);
      const got = reading.text[path]!;
      expect(got.endsWith('newest\n')).toBe(true);
      expect(text.startsWith(got.slice(0, -7))).toBe(true);
      expect(got.length).toBeGreaterThan(text.length / 4);
      expect(reading.notices.map(({ type }) => type)).toEqual(['failed', 'end']);
    }));

  it('finds logs in a folder, and neither binaries nor settings', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'nginx'));
      await mkdir(join(folder, 'node_modules'));
      await writeFile(join(folder, 'nginx', 'access.log'), 'x\n');
      await writeFile(join(folder, 'syslog'), 'x\n');
      await writeFile(join(folder, 'syslog.1'), 'x\n');
      await writeFile(join(folder, 'wtmp'), 'x\n');
      await writeFile(join(folder, 'package.json'), '{\n  "name": "x"\n}\n');
      await writeFile(join(folder, 'postgresql.json'), '{"timestamp":"x","pid":1}\n');
      await writeFile(join(folder, 'node_modules', 'x.log'), 'x\n');
      const reading = await readAll([{ kind: 'files', path: folder }]);
      expect(Object.keys(reading.text).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
        ['nginx/access.log', 'postgresql.json', 'syslog'].map((name) => join(folder, name)),
      );
    }));

  it('understands * and ** in a path, and says when nothing fits', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'a', 'b'), { recursive: true });
      await writeFile(join(folder, 'a', 'one.log'), '1\n');
      await writeFile(join(folder, 'a', 'b', 'two.log'), '2\n');
      await writeFile(join(folder, 'a', 'b', 'three.txt'), '3\n');
      const deep = await readAll([{ kind: 'files', path: join(folder, '**', '*.log') }]);
      expect(Object.values(deep.text)).toEqual(['1\n', '2\n']);
      const flat = await readAll([{ kind: 'files', path: join(folder, '*', 't?o.log') }]);
      expect(flat.text).toEqual({});
      expect(flat.notices).toMatchObject([{ type: 'failed', reason: 'no file has such a name' }]);
    }));

  it('follows links to files and keeps the name of the link, and reads nothing twice', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'pods'));
      await mkdir(join(folder, 'containers'));
      await writeFile(join(folder, 'pods', '0.log'), 'x\n');
      await symlink(join(folder, 'pods', '0.log'), join(folder, 'containers', 'web_shop-1.log'));
      const path = join(folder, 'containers', 'web_shop-1.log');
      const reading = await readAll([
        { kind: 'files', path },
        { kind: 'files', path: join(folder, 'containers') },
      ]);
      expect(reading.text).toEqual({ [path]: 'x\n' });
    }));

  it('says what cannot be read and reads the rest', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'x\n');
      const reading = await readAll([
        { kind: 'files', path: join(folder, 'missing.log') },
        { kind: 'files', path },
      ]);
      expect(reading.text).toEqual({ [path]: 'x\n' });
      expect(reading.notices).toMatchObject([
        { type: 'failed', reason: 'there is no such file' },
        { type: 'end' },
      ]);
    }));

  it('leaves out rotated files that ended long before the time asked for', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(`${path}.1`, 'old\n');
      await utimes(`${path}.1`, 1_700_000_000, 1_700_000_000);
      await writeFile(path, 'new\n');
      const sinceMs = 1_700_010_000_000;
      const specs = [{ kind: 'files', path }] as const;
      expect((await readAll(specs, { sinceMs })).text).toEqual({ [path]: 'new\n' });
      const files = await createLogSources().files({ specs, sinceMs });
      expect(files.map(({ stream, bytes }) => [stream.location, bytes])).toEqual([[path, 4]]);
    }));

  it('reads a part of a file', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, '0123456789');
      const reading = await readAll([{ kind: 'part', path, fromByte: 3, toByte: 6 }]);
      expect(reading.text).toEqual({ [path]: '345' });
      expect(reading.notices).toMatchObject([{ type: 'end', atByte: 6 }]);
    }));
});

describe('reading on from a checkpoint', () => {
  const first = lines('first', 60);
  const second = lines('second', 60);

  it('reads what was added', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, first);
      const { checkpoints } = await readAll([{ kind: 'files', path }]);
      await writeFile(path, first + second);
      const reading = await readAll([{ kind: 'files', path }], { checkpoints });
      expect(reading.text).toEqual({ [path]: second });
    }));

  it.each([
    ['renamed', async (path: string) => rename(path, `${path}.1`)],
    [
      'packed',
      async (path: string) => {
        await writeFile(`${path}.1.gz`, gzipSync(first + second));
        await rename(path, `${path}.away`);
      },
    ],
    ['copied and cut', async (path: string) => writeFile(`${path}.1`, first + second)],
  ])('finds the file again when it was %s, reads the rest of it and what came after', (_, rotate) =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, first);
      const { checkpoints } = await readAll([{ kind: 'files', path }]);
      await writeFile(path, first + second);
      await rotate(path);
      await writeFile(path, 'newest\n');
      const reading = await readAll([{ kind: 'files', path }], { checkpoints });
      expect(reading.text).toEqual({ [path]: `${second}newest\n` });
    }),
  );

  it('tells a short file from its successor with the same inode', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(path, 'first\n');
      const { checkpoints } = await readAll([{ kind: 'files', path }]);
      // Written in place: the inode stays, and the size grows.
      await writeFile(path, 'another one\n');
      const reading = await readAll([{ kind: 'files', path }], { checkpoints });
      expect(reading.text).toEqual({ [path]: 'another one\n' });
      expect(reading.notices[0]).toMatchObject({ type: 'truncated', lostBytesAtMost: null });
    }));

  it('does not read older files again when its own is gone', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.log');
      await writeFile(`${path}.1`, 'old\n');
      await utimes(`${path}.1`, 1_700_000_000, 1_700_000_000);
      await writeFile(path, first);
      const { checkpoints } = await readAll([{ kind: 'files', path }]);
      await writeFile(path, 'after\n');
      const reading = await readAll([{ kind: 'files', path }], { checkpoints });
      expect(reading.text).toEqual({ [path]: 'after\n' });
    }));
});
