import { exactVersion, mapping, type Package, type PackageReader, uniquePackages } from './package.ts';

/** What `package.json` asks for; its versions are ranges, mostly. */
export const readPackageJson: PackageReader = (text) => {
  const manifest = mapping(JSON.parse(text));
  const groups: readonly (readonly [group: string, development: boolean])[] = [
    ['dependencies', false],
    ['optionalDependencies', false],
    ['devDependencies', true],
  ];
  return groups.flatMap(([group, development]) =>
    Object.entries(mapping(manifest[group])).map(([name, range]) =>
      npmPackage(name, range, true, development),
    ),
  );
};

/** `package-lock.json` of npm 5 to 11: `packages` by path since version 2, nested `dependencies` before. */
export const readPackageLock: PackageReader = (text) => {
  const lock = mapping(JSON.parse(text));
  const packages = mapping(lock['packages']);
  if (Object.keys(packages).length === 0) return uniquePackages(nested(lock['dependencies'], 0));
  const root = mapping(packages['']);
  const asked = new Set(
    ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((group) =>
      Object.keys(mapping(root[group])),
    ),
  );
  return uniquePackages(
    Object.entries(packages).flatMap(([path, value]) => {
      const entry = mapping(value);
      const place = path.lastIndexOf('node_modules/');
      if (place === -1 || entry['link'] === true) return [];
      const installedAs = path.slice(place + 'node_modules/'.length);
      // An alias is installed under another name than its own.
      const name = typeof entry['name'] === 'string' ? entry['name'] : installedAs;
      return [
        npmPackage(name, entry['version'], place === 0 && asked.has(installedAs), entry['dev'] === true),
      ];
    }),
  );
};

/** Deeper than any real tree. */
const MAX_DEPTH = 100;

function nested(value: unknown, depth: number): Package[] {
  if (depth > MAX_DEPTH) return [];
  return Object.entries(mapping(value)).flatMap(([name, child]) => {
    const entry = mapping(child);
    return [
      npmPackage(name, entry['version'], null, entry['dev'] === true),
      ...nested(entry['dependencies'], depth + 1),
    ];
  });
}

export function npmPackage(
  name: string,
  version: unknown,
  direct: boolean | null,
  development: boolean | null,
): Package {
  const exact = exactVersion(version);
  const range = exact === null && typeof version === 'string' && isRange(version) ? { range: version } : {};
  return { ecosystem: 'npm', name, version: exact, ...range, direct, development };
}

/** Addresses, folders and workspaces are no ranges, and may hold more than anybody should see. */
function isRange(text: string): boolean {
  return /^[\w.^~<>=|* -]{1,40}$/.test(text) && /\d/.test(text);
}
