import { exactVersion, list, mapping, type Package, type PackageReader, uniquePackages } from './package.ts';
import { tomlTables, tomlText } from '../../core/toml.ts';

/** `go.mod`: the version of a requirement is exact; `// indirect` marks what the project does not import itself. */
export const readGoMod: PackageReader = (text) => {
  const packages: Package[] = [];
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^require\s*\(/.test(line)) inside = true;
    else if (/^\s*\)/.test(line)) inside = false;
    else if (inside || /^require\s/.test(line)) {
      const [, name, version] = /^(?:require)?\s*([^\s"]+)\s+(v\d\S*)/.exec(line) ?? [];
      if (name === undefined) continue;
      const direct = !/\/\/\s*indirect\b/.test(line);
      packages.push({ ecosystem: 'Go', name, version: exactVersion(version), direct, development: null });
    }
  }
  return uniquePackages(packages);
};

/** `Gemfile.lock`: all gems under `specs`, those asked for under `DEPENDENCIES`. */
export const readGemfileLock: PackageReader = (text) => {
  const lines = text.split(/\r?\n/);
  const start = lines.indexOf('DEPENDENCIES');
  const asked = new Set<string>();
  for (const line of start === -1 ? [] : lines.slice(start + 1)) {
    const name = /^ {2}([\w.-]+)/.exec(line)?.[1];
    if (name === undefined) break;
    asked.add(name);
  }
  return uniquePackages(
    lines.flatMap((line) => {
      // Four blanks are a gem of the lock; six are what that gem asks for.
      const [, name, version] = /^ {4}([\w.-]+) \(([^)]+)\)$/.exec(line) ?? [];
      if (name === undefined) return [];
      const direct = start === -1 ? null : asked.has(name);
      return [{ ecosystem: 'RubyGems', name, version: exactVersion(version), direct, development: null }];
    }),
  );
};

/** `composer.json`: what it requires, PHP and its extensions left out. */
export const readComposerJson: PackageReader = (text) => {
  const manifest = mapping(JSON.parse(text));
  return ['require', 'require-dev'].flatMap((group) =>
    Object.entries(mapping(manifest[group]))
      .filter(([name]) => name.includes('/'))
      .map(([name, range]): Package => {
        const version = exactVersion(range);
        const written = version === null && typeof range === 'string' ? { range } : {};
        return {
          ecosystem: 'Packagist',
          name,
          version,
          ...written,
          direct: true,
          development: group === 'require-dev',
        };
      }),
  );
};

/** `composer.lock`; it does not say which of its packages the project asks for. */
export const readComposerLock: PackageReader = (text) => {
  const lock = mapping(JSON.parse(text));
  const groups: readonly (readonly [group: string, development: boolean])[] = [
    ['packages', false],
    ['packages-dev', true],
  ];
  return uniquePackages(
    groups.flatMap(([group, development]) =>
      list(lock[group]).flatMap((value): Package[] => {
        const { name, version } = mapping(value);
        if (typeof name !== 'string') return [];
        return [{ ecosystem: 'Packagist', name, version: exactVersion(version), direct: null, development }];
      }),
    ),
  );
};

/** `Cargo.lock`: what comes from a registry; the crates of the workspace have no source. */
export const readCargoLock: PackageReader = (text) =>
  uniquePackages(
    tomlTables(text)
      .filter((table) => table.header === 'package' && tomlText(table, 'source') !== undefined)
      .flatMap((table): Package[] => {
        const name = tomlText(table, 'name');
        if (name === undefined) return [];
        const version = exactVersion(tomlText(table, 'version'));
        return [{ ecosystem: 'crates.io', name, version, direct: null, development: null }];
      }),
  );
