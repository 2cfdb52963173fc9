import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RearguardError } from '../../core/errors.ts';
import { type Account, unprivilegedAccount } from './account.ts';
import { isOurs, type PostgresBinaries } from './binaries.ts';
import { publicTemporaryDirectory } from './temporary.ts';

/**
 * Copies a freshly initialised cluster to where a throwaway server will have its data. initdb takes most of the time of a
 * start, so it runs once for each version; its result lies beside the copies of the programs. All copies have the same
 * system identifier: nothing for a server whose data is kept.
 *
 * @param initialise arguments of initdb, without the data folder
 * @param name of what they make: those with other arguments must have another one
 */
export async function copyCluster(
  { initdb, version }: PostgresBinaries,
  initialise: readonly string[],
  { name, data }: { name: string; data: string },
): Promise<void> {
  const cache = join(
    publicTemporaryDirectory(),
    `rearguard-cluster-${process.getuid?.() ?? 'user'}-${version}-${name}`,
  );
  if (!(await isOurs(cache))) await make(initdb, initialise, cache);
  await copyFolder(join(cache, 'data'), data, unprivilegedAccount());
}

/** Made beside the final place and renamed, so that nobody ever copies half of it; whoever comes second keeps the first. */
async function make(initdb: string, initialise: readonly string[], cache: string): Promise<void> {
  const staging = await mkdtemp(`${cache}-`);
  try {
    await chmod(staging, 0o755);
    const data = join(staging, 'data');
    await mkdir(data, { mode: 0o700 });
    const account = unprivilegedAccount();
    if (account) await chown(data, account.uid, account.gid);
    await run(initdb, ['-D', data, ...initialise], account);
    await rename(staging, cache);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await isOurs(cache))) throw error;
  }
}

async function run(program: string, args: readonly string[], account: Account | undefined): Promise<void> {
  const child = spawn(program, args, {
    ...account,
    cwd: publicTemporaryDirectory(),
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    const reason = complaint.trim().split('\n').at(-1) ?? `initdb ended with ${code}`;
    throw new RearguardError('E_SANDBOX', { reason, hint: 'Nothing of yours was changed.' });
  }
}

/** Readable for its account only, as PostgreSQL wants it. */
async function copyFolder(from: string, to: string, account: Account | undefined): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  if (account) await chown(to, account.uid, account.gid);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return copyFolder(source, target, account);
      // Not copyFile: what the kernel copies has its place on the disk at once, and takes ten times as long to remove.
      await writeFile(target, await readFile(source), { mode: 0o600 });
      if (account) await chown(target, account.uid, account.gid);
    }),
  );
}
