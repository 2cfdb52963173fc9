import { readFileSync } from 'node:fs';

/** The version in package.json, which stands at the root of the package, beside `dist`. */
export function packageVersion(): string {
  for (const depth of ['../../../', '../../../../']) {
    const version = versionAt(new URL(`${depth}package.json`, import.meta.url));
    if (version !== undefined) return version;
  }
  return 'unknown';
}

function versionAt(file: URL): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return manifest.name === 'rearguard' ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}
