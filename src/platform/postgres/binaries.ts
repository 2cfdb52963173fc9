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
import { basename, join } from 'node:path';
import { RearguardError } from '../../core/errors.ts';
import { findInstallations, type Installation, installCommand, postgresPackage } from './installations.ts';
import { publicTemporaryDirectory } from './temporary.ts';

export interface PostgresBinaries {
  major: number;
  /** Of the package; of an installed server only the major is known. */
  version: string;
  initdb: string;
  postgres: string;
}

/**
 * The server programs of a major, by default of the newest that is here, ready to run: of an npm package of embedded
 * PostgreSQL, or of a server that is installed on this machine. npm packages cannot hold
 * symbolic links, so the libraries' version links are listed in a file that an install script would turn into links.
 * We count on no install script, and the package may be read-only or out of reach for the account the server runs
 * as: a complete copy is made once per version, in the temporary directory.
 *
 * @param directory where packages are looked for beside our own, usually the user's project
 */
export async function findBinaries({
  major,
  directory,
}: { major?: number; directory?: string } = {}): Promise<PostgresBinaries> {
  const found = (await findInstallations(directory)).find(
    (one) => major === undefined || one.major === major,
  );
  if (!found) {
    if (major === undefined) throw new RearguardError('E_DEMO_PACKAGES', { packages: postgresPackage() });
    throw new RearguardError('E_POSTGRES_MISSING', { major, command: installCommand(major) });
  }
  const folder = found.kind === 'system' ? found.folder : join(await copyOf(found), 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    major: found.major,
    version: found.version,
    initdb: join(folder, `initdb${suffix}`),
    postgres: join(folder, `postgres${suffix}`),
  };
}

/** Majors that findBinaries has, ascending. */
export async function availableMajors(directory?: string): Promise<number[]> {
  const majors = (await findInstallations(directory)).map(({ major }) => major);
  return [...new Set(majors)].toSorted((a, b) => a - b);
}

async function copyOf({ folder, version }: Installation): Promise<string> {
  const cache = join(
    publicTemporaryDirectory(),
    `rearguard-postgres-${process.getuid?.() ?? 'user'}-${version}`,
  );
  if (!(await isOurs(cache))) await publish(folder, cache);
  return join(cache, 'native');
}

/** The folder has a predictable name in a place where others may write: it must be ours before anything in it is run. */
export async function isOurs(folder: string): Promise<boolean> {
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
