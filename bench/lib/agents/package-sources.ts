import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Source of a program as a registry of packages has it. */
export interface PackageSource {
  registry: 'npm' | 'pypi' | 'debian' | 'maven';
  /** With `group:artifact` of Maven, and the name of the source package of Debian. */
  package: string;
  version: string;
  /** Where in the package the project lies. */
  folder?: string;
  /** Folder of a build that can be read where the package has no sources: it is put at `src`, where a repository has them. */
  built?: string;
  /** Release of Debian that has this version. */
  suite?: string;
}

const TIMEOUT_MS = 5 * 60_000;

/** Without the sentence of a program that failed, nobody could tell what is missing. */
interface Fetched {
  root: string | null;
  /** Why there is none. */
  reason?: string;
}

/**
 * The unpacked source, fetched with its registry's own client the first time and kept in `cache`. A version that is not served any
 * more, or a client that is not installed, is a reason.
 */
export function fetchSource(source: PackageSource, cache: string): Fetched {
  const place = source.built === undefined ? '' : `-${source.built}`;
  const name = `${source.registry}-${source.package}-${source.version}${place}`.replace(/[^\w.+-]+/g, '-');
  const folder = join(cache, name);
  const root = join(folder, source.folder ?? '');
  if (existsSync(folder)) return { root };
  const work = join(cache, `${name}.part`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'source'), { recursive: true });
  try {
    FETCH[source.registry](source, work);
    if (source.built !== undefined)
      renameSync(join(work, 'source', source.built), join(work, 'source', 'src'));
    renameSync(join(work, 'source'), folder);
    return { root };
  } catch (thrown) {
    return { root: null, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Fetch = (source: PackageSource, work: string) => void;

const FETCH: Record<PackageSource['registry'], Fetch> = {
  npm(source, work) {
    run('npm', ['pack', '--silent', `${source.package}@${source.version}`], work);
    unpackTar(work, /\.tgz$/);
  },

  pypi(source, work) {
    const only = ['--no-deps', '--no-binary', source.package];
    run('pip', ['download', '-q', '-d', work, ...only, `${source.package}==${source.version}`], work);
    unpackTar(work, /\.tar\.gz$/);
  },

  /** What upstream released, before Debian's changes; needs no entry for sources in the machine's own list. */
  debian(source, work) {
    const format = '$(SITE) $(RELEASE) $(COMPONENT)';
    const site = run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], work)
      .split('\n')
      .find((line) => line.endsWith(` ${source.suite} main`))
      ?.split(' ')[0];
    if (site === undefined) throw new Error(`apt-get knows no ${source.suite}`);
    const list = join(work, 'sources.list');
    writeFileSync(list, `deb-src ${site} ${source.suite} main\n`);
    // Beside `work`, so that one list serves all packages of a release.
    const lists = join(work, '..', `lists-${source.suite}`);
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const options = [
      `Dir::Etc::sourcelist=${list}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${lists}`,
    ].flatMap((option) => ['-o', option]);
    run('apt-get', ['update', '-q', ...options], work);
    const wanted = `${source.package}=${source.version}`;
    run('apt-get', ['source', '-q', '--download-only', '--only-source', ...options, wanted], work);
    unpackTar(work, /\.orig\.tar\.\w+$/);
  },

  maven(source, work) {
    const artifact = `${source.package}:${source.version}:jar:sources`;
    run('mvn', ['-q', '-B', 'dependency:get', '-Dtransitive=false', `-Dartifact=${artifact}`], work);
    const copy = [`-Dartifact=${artifact}`, `-DoutputDirectory=${work}`];
    run('mvn', ['-q', '-B', 'dependency:copy', ...copy], work);
    const unpacked = join(work, 'source');
    run('unzip', ['-q', fileIn(work, /\.jar$/), '-d', unpacked], work);
    // A jar keeps its manifest where no reader of a repository would look.
    const [group = '', name = ''] = source.package.split(':');
    const pom = join(unpacked, 'META-INF', 'maven', group, name, 'pom.xml');
    if (existsSync(pom)) cpSync(pom, join(unpacked, 'pom.xml'));
  },
};

function unpackTar(work: string, name: RegExp): void {
  run('tar', ['xf', fileIn(work, name), '-C', join(work, 'source'), '--strip-components=1'], work);
}

function fileIn(folder: string, name: RegExp): string {
  const found = readdirSync(folder).find((entry) => name.test(entry));
  if (found === undefined) throw new Error(`no file came that is named ${name.source}`);
  return join(folder, found);
}

function run(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: TIMEOUT_MS });
  if (result.error !== undefined) throw new Error(`${basename(program)}: ${result.error.message}`);
  if (result.status === 0) return result.stdout;
  const said = `${result.stderr}\n${result.stdout}`.split('\n').findLast((line) => line.trim() !== '');
  throw new Error(`${basename(program)} ended with ${result.status}: ${said ?? ''}`);
}
