import { posix } from 'node:path';
import type { Repository } from '../repository.ts';
import { isPython, pythonConstants } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';

/** What a name in a Python module stands for: a module, or a name in one. */
export interface PythonImport {
  module: string;
  /** null where the name is the module itself. */
  name: string | null;
}

export interface PythonModules {
  sources: readonly Source[];
  /** Imports anywhere in a file: factories import where they register. */
  importsOf(source: Source): ReadonlyMap<string, PythonImport>;
  /** The file of a module as a file imports it (`..routes.users`, `app.routes.users`); null for what is not in the repository. */
  resolve(from: Source, module: string): Source | null;
  /** Text of a constant: of this file, else of the one it is imported from, else the only one of that name in all files (`settings.API_PREFIX`). */
  constantIn(source: Source): (name: string) => string | null;
}

export function pythonModules(repository: Repository): PythonModules {
  const sources = repository.sources(isPython);
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const imports = new Map<Source, ReadonlyMap<string, PythonImport>>();
  const constants = new Map(sources.map((source) => [source, pythonConstants(source)]));
  const everywhere = unambiguous([...constants.values()]);
  const modules: PythonModules = {
    sources,
    importsOf(source) {
      const known = imports.get(source) ?? readImports(source);
      imports.set(source, known);
      return known;
    },
    resolve: (from, module) => resolve(byPath, from.path, module),
    constantIn: (source) => (name) =>
      constants.get(source)?.get(name) ??
      importedText(source, name) ??
      everywhere.get(name.split('.').at(-1) ?? '') ??
      null,
  };
  const importedText = (source: Source, name: string): string | undefined => {
    const place = resolveName(modules, source, name);
    return place === null || place.source === source
      ? undefined
      : constants.get(place.source)?.get(place.name);
  };
  return modules;
}

/** Names in capitals that have one value in the whole project. */
function unambiguous(all: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const values = new Map<string, Set<string>>();
  for (const constants of all)
    for (const [name, value] of constants) values.set(name, (values.get(name) ?? new Set()).add(value));
  return new Map(
    [...values].flatMap(([name, set]): [string, string][] => {
      const [value] = set;
      return set.size === 1 && value !== undefined && /^[A-Z][A-Z0-9_]*$/.test(name) ? [[name, value]] : [];
    }),
  );
}

function readImports(source: Source): Map<string, PythonImport> {
  const imports = new Map<string, PythonImport>();
  for (const [, module = '', bracketed, plain] of source.mask.matchAll(
    /^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n(]+))/gm,
  )) {
    for (const part of (bracketed ?? plain ?? '').split(',')) {
      const [, name, as] = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(part) ?? [];
      if (name !== undefined) imports.set(as ?? name, { module, name });
    }
  }
  for (const [, list = ''] of source.mask.matchAll(/^[ \t]*import[ \t]+([^\n]+)/gm)) {
    for (const part of list.split(',')) {
      const [, module, as] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(part) ?? [];
      if (module !== undefined) imports.set(as ?? module, { module, name: null });
    }
  }
  return imports;
}

function resolve(byPath: ReadonlyMap<string, Source>, from: string, module: string): Source | null {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const rest = module.slice(dots).replaceAll('.', '/');
  const folders = posix.dirname(from) === '.' ? [] : posix.dirname(from).split('/');
  const bases =
    dots > 0
      ? [folders.slice(0, Math.max(0, folders.length - dots + 1)).join('/')]
      : [...folders.keys()].map((count) => folders.slice(0, folders.length - count).join('/')).concat('');
  for (const base of bases) {
    const path = posix.join(base, rest);
    const found = byPath.get(`${path}.py`) ?? byPath.get(posix.join(path, '__init__.py'));
    if (found !== undefined) return found;
  }
  return null;
}

/** The file and the name in it that an expression such as `users.router` or `router` means; follows imports of imports. */
export function resolveName(
  modules: PythonModules,
  from: Source,
  expression: string,
  depth = 0,
): { source: Source; name: string } | null {
  if (depth > 6 || !/^\w+(?:\.\w+)*$/.test(expression)) return null;
  const imports = modules.importsOf(from);
  const parts = expression.split('.');
  // The longest front that is a name of an import: `import app.users` is used as `app.users.router`.
  for (let length = parts.length; length > 0; length -= 1) {
    const one = imports.get(parts.slice(0, length).join('.'));
    if (one === undefined) continue;
    const rest = parts.slice(length);
    const whole =
      one.name === null ? one.module : `${one.module}${one.module.endsWith('.') ? '' : '.'}${one.name}`;
    const asModule =
      rest.length === 0 ? null : modules.resolve(from, [whole, ...rest.slice(0, -1)].join('.'));
    const last = rest.at(-1);
    if (asModule !== null && last !== undefined)
      return resolveName(modules, asModule, last, depth + 1) ?? { source: asModule, name: last };
    const source = one.name === null ? null : modules.resolve(from, one.module);
    if (source !== null && one.name !== null && rest.length === 0)
      return resolveName(modules, source, one.name, depth + 1) ?? { source, name: one.name };
    return null;
  }
  return parts.length === 1 && depth === 0 ? { source: from, name: expression } : null;
}
