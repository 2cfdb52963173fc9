import { posix } from 'node:path';
import { mapping } from '../packages/package.ts';
import type { Repository } from '../repository.ts';
import { scanJavaScript } from '../scan/javascript.ts';

/** `"paths": { "@routes/*": ["src/routes/*"] }` of one file, with its folders put in front. */
interface Alias {
  before: string;
  /** Behind the star; null where there is none and the whole specifier is meant. */
  after: string | null;
  /** With `*` where what the star stands for goes. */
  places: readonly string[];
}

const SETTINGS = /^tsconfig(?:\.[\w-]+)?\.json$/;

const KNOWN = new WeakMap<Repository, ReadonlyMap<string, readonly Alias[]>>();

/** Where a specifier may lead by the `paths` of TypeScript's settings: those of the nearest of `folders` that has an alias for it. */
export function aliasedPaths(
  repository: Repository,
  folders: readonly string[],
  specifier: string,
): readonly string[] {
  const known = KNOWN.get(repository) ?? aliasesOf(repository);
  KNOWN.set(repository, known);
  for (const folder of folders) {
    const found = (known.get(folder) ?? []).find((alias) => fits(alias, specifier));
    if (found === undefined) continue;
    const middle = specifier.slice(found.before.length, specifier.length - (found.after?.length ?? 0));
    return found.places.map((place) => place.replace('*', () => middle));
  }
  return [];
}

function fits({ before, after }: Alias, specifier: string): boolean {
  if (after === null) return specifier === before;
  const isLongEnough = specifier.length >= before.length + after.length;
  return isLongEnough && specifier.startsWith(before) && specifier.endsWith(after);
}

/** By folder. Settings that others extend lie beside them nearly always, so each file speaks for its own folder. */
function aliasesOf(repository: Repository): ReadonlyMap<string, readonly Alias[]> {
  const byFolder = new Map<string, Alias[]>();
  for (const { name, path, text } of repository.own) {
    if (!SETTINGS.test(name)) continue;
    const options = mapping(settingsIn(text)['compilerOptions']);
    const root = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const base = typeof options['baseUrl'] === 'string' ? posix.join(root, options['baseUrl']) : root;
    const aliases = Object.entries(mapping(options['paths'])).flatMap(([pattern, places]): Alias[] => {
      const [before = '', after = null] = pattern.split('*');
      // What fits every specifier would hide what an installed package is.
      if (!Array.isArray(places) || before === '') return [];
      const texts = places.filter((place): place is string => typeof place === 'string');
      return [{ before, after, places: texts.map((place) => posix.join(base, place)) }];
    });
    byFolder.set(root, [...(byFolder.get(root) ?? []), ...aliases]);
  }
  return byFolder;
}

/** JSON with comments and commas at the ends of lists, as TypeScript takes it. */
function settingsIn(text: string): Readonly<Record<string, unknown>> {
  const { code } = scanJavaScript('tsconfig.json', text);
  try {
    return mapping(JSON.parse(code.replace(/,(?=\s*[}\]])/g, '')));
  } catch {
    return {};
  }
}
