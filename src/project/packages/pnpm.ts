import { parse } from 'yaml';
import { npmPackage } from './npm.ts';
import { mapping, type PackageReader, uniquePackages } from './package.ts';

/** `pnpm-lock.yaml`: what each workspace asks for under `importers` (or at the top), everything under `packages`. */
export const readPnpmLock: PackageReader = (text) => {
  const lock = mapping(parse(text, { maxAliasCount: 100, logLevel: 'error' }));
  const importers = lock['importers'] === undefined ? [lock] : Object.values(mapping(lock['importers']));
  const asked = importers.flatMap((importer) =>
    (['dependencies', 'optionalDependencies', 'devDependencies'] as const).flatMap((group) =>
      Object.entries(mapping(mapping(importer)[group])).map(([name, value]) => {
        const version = typeof value === 'string' ? value : mapping(value)['version'];
        return npmPackage(name, withoutPeers(version), true, group === 'devDependencies');
      }),
    ),
  );
  const direct = new Set(asked.map(({ name, version }) => `${name} ${version}`));
  const all = Object.entries(mapping(lock['packages'])).flatMap(([key, value]) => {
    const [, name, version] = KEY.exec(key) ?? [];
    if (name === undefined || direct.has(`${name} ${version}`)) return [];
    const { dev } = mapping(value);
    return [npmPackage(name, version, false, typeof dev === 'boolean' ? dev : null)];
  });
  return uniquePackages([...asked, ...all]);
};

/** `/ioredis/5.4.1`, `/ioredis@5.4.1(peer@1)`, `@scope/name@1.0.0`: versions 5, 6 and 9 of the format. */
const KEY = /^\/?((?:@[^/@]+\/)?[^/@]+)[/@]([^(_]+)/;

function withoutPeers(version: unknown): string | null {
  return typeof version === 'string' ? (/^[^(_]+/.exec(version)?.[0] ?? null) : null;
}
