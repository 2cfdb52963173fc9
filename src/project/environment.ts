import type { Repository } from './repository.ts';
import { isEnvironmentFile, readEnvironmentFile } from './sightings/environment.ts';

/** Variables of one env file. */
export interface EnvironmentFile {
  path: string;
  names: readonly string[];
  /** Only of files that are made to be shown (`.env.example`); of real ones nothing but the names leaves this module. */
  values: ReadonlyMap<string, string>;
}

export function environmentFiles(repository: Repository): EnvironmentFile[] {
  return (
    repository.own
      .filter(({ name }) => isEnvironmentFile(name))
      .map(({ path, name, text }) => {
        const variables = readEnvironmentFile(text);
        return {
          path,
          names: [...variables.keys()],
          values: isForShow(name) ? variables : new Map<string, string>(),
        };
      })
      // What is made to be shown says more.
      .toSorted((a, b) => b.values.size - a.values.size)
  );
}

export function isForShow(name: string): boolean {
  return /example|sample|template|\bdist\b/.test(name);
}
