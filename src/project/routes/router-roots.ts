import type { Repository } from '../repository.ts';
import { packageOf } from './modules.ts';
import type { RouterDialect } from './router-dialect.ts';
import type { Handle, RouterFile } from './router-file.ts';
import { type Node, targetsOf } from './router-targets.ts';

/** The apps; where there is none, exported plugins that others do not mount and that mount others themselves (an app that the framework's own command starts). */
export function rootsOf(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  dialect: RouterDialect,
): Node[] {
  const nodes = [...files.values()].flatMap((file) => file.handles.map((handle) => ({ file, handle })));
  const mounted = new Set(
    nodes.flatMap(({ file, handle }) =>
      file.mounts
        .filter((mount) => mount.handle === handle)
        .flatMap((mount) => targetsOf(repository, files, file, mount.target))
        .map((target) => target.handle),
    ),
  );
  const apps = nodes.filter(
    ({ file, handle }) =>
      handle.kind === 'app' &&
      !mounted.has(handle) &&
      (handle.madeBy === undefined
        ? importsFramework(file, dialect)
        : targetsOf(repository, files, file, handle.madeBy).length > 0),
  );
  // Where apps and routers are made alike, one that nobody mounts and that mounts nothing itself is served by nobody.
  const serving = apps.filter(
    ({ file, handle }) => isServed(file, handle) || file.mounts.some((mount) => mount.handle === handle),
  );
  if (dialect.makesRouter === null && serving.length > 0) return serving;
  // What a function makes and hands to nobody we can see is mounted somewhere, under a prefix that nobody can tell, where the same
  // package has an app that is served or mounts others.
  const leading = serving.filter(
    ({ file, handle }) =>
      isServed(file, handle) ||
      file.mounts.some(
        (mount) =>
          mount.handle === handle &&
          mount.target !== handle.madeBy &&
          targetsOf(repository, files, file, mount.target).length > 0,
      ),
  );
  const packages = new Set(leading.map(({ file }) => packageOf(repository, file.source.path)));
  const seen = apps.filter(
    (node) =>
      leading.includes(node) ||
      node.handle.owner === null ||
      !packages.has(packageOf(repository, node.file.source.path)),
  );
  if (seen.length > 0) return seen;
  return nodes.filter(
    ({ file, handle }) =>
      handle.kind === 'parameter' &&
      !mounted.has(handle) &&
      isExportedByDefault(file, handle) &&
      file.mounts.some((mount) => mount.handle === handle),
  );
}

function isServed({ source }: RouterFile, { name }: Handle): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`);
  return new RegExp(
    String.raw`\b${escaped}\s*\.\s*(?:fetch|listen|ready|fire)\b|\b(?:serve|handle)\s*\(\s*${escaped}\b`,
  ).test(source.mask);
}

function isExportedByDefault(file: RouterFile, { owner }: Handle): boolean {
  if (owner === null) return false;
  return owner.isDefault || (owner.name !== null && file.links.exports.get('default') === owner.name);
}

/** Also by way of a module of the project's own that is called as the package is: `../shared/express`. */
function importsFramework({ links }: RouterFile, { packages }: RouterDialect): boolean {
  return [...links.imports.values()].some(({ specifier }) =>
    packages.some(
      (name) => specifier === name || (specifier.startsWith('.') && specifier.endsWith(`/${name}`)),
    ),
  );
}
