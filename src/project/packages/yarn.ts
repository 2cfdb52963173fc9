import { npmPackage } from './npm.ts';
import { type Package, type PackageReader, uniquePackages } from './package.ts';

/** `yarn.lock` of versions 1 (its own format) and 2 and later (YAML): an entry begins at the margin, its version is indented. */
export const readYarnLock: PackageReader = (text) => {
  const packages: Package[] = [];
  let name: string | undefined;
  for (const line of text.split('\n')) {
    if (/^[^\s#]/.test(line)) {
      // `"@scope/a@npm:^1.0.0, @scope/a@npm:^1.1.0":`; an alias names what it stands for behind `npm:`.
      const [, alias, range = ''] = /^"?((?:@[^@/\s]+\/)?[^@\s"]+)@([^,\s"]*)/.exec(line) ?? [];
      const [, real] = /^npm:((?:@[^@/]+\/)?[^@\d^~*><=][^@]*)@/.exec(range) ?? [];
      name = /@(?:workspace|link|portal|file):/.test(line) ? undefined : (real ?? alias);
      continue;
    }
    const [, version] = /^ {2}version:? "?([^"\s]+)"?\s*$/.exec(line) ?? [];
    if (version === undefined || name === undefined) continue;
    packages.push(npmPackage(name, version, null, null));
    name = undefined;
  }
  return uniquePackages(packages);
};
