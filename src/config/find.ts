import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** In order of preference where a folder has several. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (extension) => `rearguard.config.${extension}`,
);

/** The config of a folder or of the nearest one above it; absolute, or undefined. */
export async function findConfig(cwd: string): Promise<string | undefined> {
  for (let directory = cwd; ; directory = dirname(directory)) {
    for (const name of CONFIG_NAMES) {
      const path = join(directory, name);
      if (await isFile(path)) return path;
    }
    if (dirname(directory) === directory) return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
