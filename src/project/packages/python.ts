import { exactVersion, mapping, type Package, type PackageReader, uniquePackages } from './package.ts';
import { tomlKeys, tomlTables, tomlText, tomlTexts } from '../../core/toml.ts';

/** `requirements.txt` (PEP 508 lines); options, links and other files it names are left out. */
export const readRequirements: PackageReader = (text) =>
  uniquePackages(text.split(/\r?\n/).flatMap((line) => requirement(line, false) ?? []));

/** `pyproject.toml`: the standard tables (PEP 621, PEP 735) and those of Poetry. */
export const readPyproject: PackageReader = (text) =>
  uniquePackages(
    tomlTables(text).flatMap((table): Package[] => {
      const { header } = table;
      if (header === 'project')
        return tomlTexts(table, 'dependencies').flatMap((line) => requirement(line, false) ?? []);
      if (header === 'project.optional-dependencies' || header === 'dependency-groups') {
        const development = header === 'dependency-groups';
        return tomlTexts(table).flatMap((line) => requirement(line, development) ?? []);
      }
      const [, group] = /^tool\.poetry\.(?:group\.([\w-]+)\.|dev-)?dependencies$/.exec(header) ?? [];
      if (!/^tool\.poetry\..*dependencies$/.test(header)) return [];
      const development = header.includes('dev-dependencies') || (group !== undefined && group !== 'main');
      return tomlKeys(table)
        .filter((name) => name !== 'python')
        .map((name) => {
          const version = tomlText(table, name);
          const one = pythonPackage(name, version, true, development);
          const isRange =
            one.version === null && version !== undefined && /^[\^~<>=][\w.,<>=*\s^~!-]{1,40}$/.test(version);
          return isRange ? { ...one, range: version } : one;
        });
    }),
  );

/** `poetry.lock` and `uv.lock`; the project itself stands in the latter too, with a source that is a folder. */
export const readTomlLock: PackageReader = (text) =>
  uniquePackages(
    tomlTables(text)
      .filter(({ header, lines }) => header === 'package' && !lines.some((line) => OWN_SOURCE.test(line)))
      .flatMap((table) => {
        const name = tomlText(table, 'name');
        if (name === undefined) return [];
        const category = tomlText(table, 'category');
        const development = category === undefined ? null : category === 'dev';
        return [pythonPackage(name, tomlText(table, 'version'), null, development)];
      }),
  );

const OWN_SOURCE = /^source\s*=\s*\{\s*(?:virtual|editable)\b/;

/** `Pipfile.lock`; it does not say which of its packages the project asks for. */
export const readPipfileLock: PackageReader = (text) => {
  const lock = mapping(JSON.parse(text));
  return uniquePackages(
    ['default', 'develop'].flatMap((group) =>
      Object.entries(mapping(lock[group])).map(([name, value]) => {
        const { version } = mapping(value);
        const exact = typeof version === 'string' ? version.replace(/^==/, '') : undefined;
        return pythonPackage(name, exact, null, group === 'develop');
      }),
    ),
  );
};

function requirement(line: string, development: boolean): Package | undefined {
  const [, name, version] = REQUIREMENT.exec(line.trim()) ?? [];
  if (name === undefined) return undefined;
  const range = RANGE.exec(line.trim())?.[1]?.replace(/\s+/g, '');
  const one = pythonPackage(name, version, true, development);
  return one.version === null && range !== undefined ? { ...one, range } : one;
}

/** `>=5.0,<6.0`, also in the older form between parentheses. */
const RANGE = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*\(?((?:[=<>!~]=?\s*[\w.*+!-]{1,30}\s*,?\s*){1,6})/;

/** A name, extras, then nothing or a version, a marker, a comment or an address; prose and links are none. */
const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)(?:\s*\[[^\]]*\])?\s*(?:$|(?=[=<>!~;#@(]))(?:===?\s*([\w.+!-]+))?/;

function pythonPackage(
  name: string,
  version: string | undefined,
  direct: boolean | null,
  development: boolean | null,
): Package {
  const normal = name.toLowerCase().replace(/[-_.]+/g, '-');
  return { ecosystem: 'PyPI', name: normal, version: exactVersion(version), direct, development };
}
