import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planDiff } from './plan-diff.ts';
import { writeAll } from './write-files.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-fix-'));
  await mkdir(join(root, 'src'));
  await writeFile(join(root, 'src/a.ts'), '\ufeffone\r\ntwo\r\nthree\r\n');
  await writeFile(join(root, 'src/b.ts'), 'one\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const change = (file: string, from = 'two', to = 'zwei'): string =>
  `--- a/${file}\n+++ b/${file}\n@@ -2,1 +2,1 @@\n-${from}\n+${to}\n`;
const plan = (patch: string): ReturnType<typeof planDiff> => planDiff('x-00000000', patch, root);
const signal = new AbortController().signal;
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

describe('a unified diff as a plan', () => {
  it('keeps byte order mark and line ends', async () => {
    const [planned] = await plan(change('src/a.ts'));
    expect(planned?.after).toBe('\ufeffone\r\nzwei\r\nthree\r\n');
  });

  it('makes new files', async () => {
    const [planned] = await plan('--- /dev/null\n+++ b/src/new/c.ts\n@@ -0,0 +1,1 @@\n+hello\n');
    expect(planned).toMatchObject({ file: 'src/new/c.ts', before: null, after: 'hello\n' });
  });

  it.each([
    ['a file outside', change('../x.ts'), /no path inside/],
    ['an absolute path', change('/etc/passwd'), /no path inside/],
    ['a path of Windows', change('C:\\x'), /no path inside/],
    ['what is git’s', change('.git/config'), /belongs to git/],
    ['a file that is not there', change('src/z.ts'), /is not there/],
    ['other text than it expects', change('src/a.ts', 'TWO'), /not as the patch expects/],
    ['a file twice', change('src/a.ts') + change('src/a.ts'), /twice/],
    ['a new file that is there', '--- /dev/null\n+++ b/src/b.ts\n@@ -0,0 +1,1 @@\n+x\n', /is there already/],
    ['a deletion', '--- a/src/b.ts\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n', /deletes/],
    ['a renaming', '--- a/src/b.ts\n+++ b/src/c.ts\n@@ -1,1 +1,1 @@\n-one\n+two\n', /renames/],
    ['no diff', 'CREATE INDEX x ON y (z);', /no change of a file/],
  ])('refuses %s', async (_, patch, reason) => {
    await expect(plan(patch)).rejects.toThrow(reason);
  });

  it('refuses what is behind a link', async () => {
    await symlink(tmpdir(), join(root, 'out'));
    await expect(plan('--- /dev/null\n+++ b/out/c.ts\n@@ -0,0 +1,1 @@\n+x\n')).rejects.toThrow(
      /behind a link/,
    );
  });
});

describe('writing a plan', () => {
  const write = (patch: string, force = false): ReturnType<typeof writeAll> =>
    writeAll('x-00000000', root, () => plan(patch), { force, signal });

  it('writes all files or none', async () => {
    await expect(write(change('src/a.ts') + change('src/b.ts'), true)).rejects.toThrow(/not as the patch/);
    expect(await read('src/a.ts')).toContain('two');
  });

  it('takes back what it wrote when a later file cannot be written', async () => {
    const blocked = { file: 'src', path: join(root, 'src'), before: null, after: 'x' };
    const added = { file: 'src/new/c.ts', path: join(root, 'src/new/c.ts'), before: null, after: 'x' };
    const before = await readFile(join(root, 'src/a.ts'));
    const changes = async () => [...(await plan(change('src/a.ts'))), added, blocked];
    await expect(writeAll('x-00000000', root, changes, { force: true, signal })).rejects.toMatchObject({
      code: 'E_OUTPUT_WRITE',
    });
    expect(await readFile(join(root, 'src/a.ts'))).toEqual(before);
    await expect(read('src/new/c.ts')).rejects.toThrow(/ENOENT/);
  });

  it('only over what git could give back, unless it is forced', async () => {
    const git = (...argv: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], { cwd: root });
    };
    await expect(write(change('src/a.ts'))).rejects.toThrow(/git does not know/);
    git('init', '-q');
    git('add', 'src');
    git('commit', '-qm', 'first');
    await write(change('src/a.ts'));
    expect(await read('src/a.ts')).toContain('zwei');
    await expect(write(change('src/a.ts', 'zwei', 'deux'))).rejects.toThrow(/not committed/);
    await write(change('src/a.ts', 'zwei', 'deux'), true);
    expect(await read('src/a.ts')).toContain('deux');
  });
});
