import { exactVersion, type Package, type PackageReader, uniquePackages } from './package.ts';

const DEVELOPMENT = /^(?:development|test|ci|staging_test)$/;

/** `Gemfile`: gems with their ranges, and whether only groups for developing ask for them. */
export const readGemfile: PackageReader = (text) => {
  const packages: Package[] = [];
  // What each open block says of groups; null where it is about something else.
  const blocks: (boolean | null)[] = [];
  for (const line of text.split(/\r?\n/)) {
    const code = line.replace(/(?:^|\s)#.*$/, '').trim();
    const group = /^group\b(.*)\bdo$/.exec(code)?.[1];
    if (group !== undefined) blocks.push(isDevelopment(group));
    else if (/\bdo$|^(?:if|unless)\b/.test(code)) blocks.push(null);
    else if (code === 'end') blocks.pop();
    const [, name, , range] = /^gem[ (]+["']([\w.-]+)["'](\s*,\s*["']([^"']+)["'])?/.exec(code) ?? [];
    if (name === undefined) continue;
    const own = /\bgroups?(?::|\s*=>)\s*(.*)$/.exec(code)?.[1];
    const development = blocks.includes(true) || (own !== undefined && isDevelopment(own));
    const version = exactVersion(range);
    packages.push({
      ecosystem: 'RubyGems',
      name,
      version,
      ...(range === undefined || version !== null ? {} : { range }),
      direct: true,
      development,
    });
  }
  return uniquePackages(packages);
};

/** Whether all groups that are named are for developing. */
function isDevelopment(text: string): boolean {
  const names = [...text.matchAll(/:(\w+)|["'](\w+)["']/g)].map(
    ([, symbol, quoted]) => symbol ?? quoted ?? '',
  );
  return names.length > 0 && names.every((name) => DEVELOPMENT.test(name));
}
