import type { Fact } from './facts.ts';
import { found, guessed } from './fact.ts';
import { type Ecosystem, mapping, type Package } from './packages/package.ts';
import { readPackages } from './packages/read.ts';
import { nameInSetupPy } from './packages/setup-py.ts';
import { tomlTables, tomlText } from '../core/toml.ts';
import { capText, oneLine } from '../core/text.ts';
import type { Repository } from './repository.ts';

/** A package that the project asks for itself, and the manifest that does. */
export interface Dependency extends Package {
  manifest: string;
}

/** What all manifests ask for, those near the root first. */
export function dependenciesOf(repository: Repository): Dependency[] {
  const all = repository.own.flatMap(({ path, name, text }) =>
    (readPackages(manifestKind(name), text) ?? [])
      .filter(({ direct }) => direct !== false)
      .map((one) => ({ ...one, manifest: path })),
  );
  return all.flatMap((one) => withGemfile(one, all));
}

/** Of gems, the manifest says what they are for and the lockfile their version. */
function withGemfile(one: Dependency, all: readonly Dependency[]): Dependency[] {
  if (one.ecosystem !== 'RubyGems') return [one];
  const isLock = one.manifest.endsWith('.lock');
  const beside = isLock ? one.manifest.slice(0, -'.lock'.length) : `${one.manifest}.lock`;
  const other = all.find(({ manifest, name }) => manifest === beside && name === one.name);
  if (isLock) return other === undefined ? [one] : [];
  return [{ ...one, version: other?.version ?? one.version }];
}

/** `requirements-dev.txt` and `base.txt` in a folder `requirements` are read as `requirements.txt` is. */
function manifestKind(name: string): string {
  return /^requirements[\w.-]*\.(?:txt|in)$/.test(name) ? 'requirements.txt' : name;
}

/** A row of a table of packages: what it is a sign of, by ecosystem; names are set apart by blanks. */
export type PackageTable<Meaning> = readonly (Meaning & { packages: Partial<Record<Ecosystem, string>> })[];

/** The rows of a table that the project's packages speak for, with the packages. Those that only development needs count where asked. */
export function rowsOf<Meaning>(
  table: PackageTable<Meaning>,
  dependencies: readonly Dependency[],
  withDevelopment = false,
): { row: Meaning; dependency: Dependency }[] {
  return table.flatMap((row) =>
    Object.entries(row.packages).flatMap(([ecosystem, names]) => {
      const wanted = new Set(names.split(' '));
      return dependencies
        .filter((one) => one.ecosystem === ecosystem && wanted.has(bareName(one)))
        .filter(({ development }) => withDevelopment || development !== true)
        .map((dependency) => ({ row, dependency }));
    }),
  );
}

/** A Go module carries its major version as the last part of its path. */
function bareName({ ecosystem, name }: Package): string {
  return ecosystem === 'Go' ? name.replace(/\/v\d+$/, '') : name;
}

export function versionOf({ version, range }: Package): string | null {
  return version ?? range ?? null;
}

const MAX_NAME_LENGTH = 100;

/** The name that the manifest nearest to the root gives the project, else that of the folder. */
export function nameOf(repository: Repository): Fact<string> {
  // Beside a manifest of another language, that of npm is there for the pages of a backend, or for its tests.
  const inRoot = repository.own
    .filter(({ path }) => !path.includes('/'))
    .toSorted((a, b) => Number(a.name === 'package.json') - Number(b.name === 'package.json'));
  for (const { name: fileName, path, text } of inRoot) {
    const name = nameIn(fileName, text);
    if (name !== undefined && name !== '') return found(capText(oneLine(name), MAX_NAME_LENGTH), path);
  }
  const rails = repository.file('config/application.rb');
  const module = /^module\s+([A-Z]\w*)/m.exec(rails?.text ?? '')?.[1];
  if (rails !== undefined && module !== undefined)
    return found(module.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase(), rails.path);
  return guessed(capText(repository.folderName, MAX_NAME_LENGTH), '.');
}

function nameIn(fileName: string, text: string): string | undefined {
  if (fileName === 'package.json' || fileName === 'composer.json') {
    const name = jsonOf(text)['name'];
    return typeof name === 'string' ? name : undefined;
  }
  if (fileName === 'pyproject.toml' || fileName === 'Cargo.toml') {
    const table = tomlTables(text).find(({ header }) => /^(?:project|tool\.poetry|package)$/.test(header));
    return table === undefined ? undefined : tomlText(table, 'name');
  }
  if (fileName === 'setup.py') return nameInSetupPy(text);
  // `/v4` at the end of a module's path is its major version.
  if (fileName === 'go.mod') return /^module\s+(\S+)/m.exec(text)?.[1]?.replace(/\/v\d+$/, '');
  if (fileName === 'pom.xml')
    return /<artifactId>([^<]+)<\/artifactId>/.exec(text.replace(/<parent>[\s\S]*?<\/parent>/, ''))?.[1];
  if (/^settings\.gradle(?:\.kts)?$/.test(fileName))
    return /rootProject\.name\s*=\s*["']([^"']+)/.exec(text)?.[1];
  return undefined;
}

/** A file in JSON, empty where it is none. */
export function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return mapping(JSON.parse(text));
  } catch {
    return {};
  }
}
