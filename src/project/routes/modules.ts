import { posix } from 'node:path';
import type { Repository } from '../repository.ts';
import { splitArguments, textOf } from '../scan/calls.ts';
import type { Source } from '../scan/source.ts';
import { aliasedPaths } from './path-aliases.ts';

/** What a name in a JavaScript module stands for: an export of another module (`default`, `*` for all of them, or by name). */
export interface Import {
  specifier: string;
  name: string;
}

export interface ModuleLinks {
  imports: ReadonlyMap<string, Import>;
  /** Local names or expressions by the names under which others get them; `default` stands for `module.exports = …` as well. */
  exports: ReadonlyMap<string, string>;
  reExports: ReadonlyMap<string, Import>;
  /** `export * from`. */
  wholes: readonly string[];
}

const TEXT = String.raw`\s*["']([^"'\n]+)["']`;
const IMPORT = new RegExp(String.raw`\bimport\s+(?!type\b)([\w$*{}\s,]{1,5000}?)\s+from${TEXT}`, 'g');
const REQUIRE = new RegExp(
  // Declarations of several names have commas before the others.
  // What is required only when it is needed is declared before.
  String.raw`(?:(?:\b(?:const|let|var)|,)\s+|^[ \t]*(?=[\w$]+[ \t]*=[ \t]*require\())([\w$]+|\{[^{}]*\})\s*=\s*(?:require\(${TEXT}\s*\)|\(?await\s+import\(${TEXT}\s*\)\)?)(?:\.([\w$]+))?`,
  'gm',
);
const RE_EXPORT = new RegExp(String.raw`\bexport\s+(\*|\{[^{}]*\})\s*from${TEXT}`, 'g');
/** `module.exports = require('./app')`: the module is another one. */
const WHOLE_EXPORT = new RegExp(
  String.raw`\bmodule\.exports\s*=\s*require\(${TEXT}\s*\)(?:\.([\w$]+))?\s*(?=[;\n]|$)`,
  'g',
);

export function moduleLinks(source: Source): ModuleLinks {
  const imports = new Map<string, Import>();
  const exports = new Map<string, string>();
  const reExports = new Map<string, Import>();
  const wholes: string[] = [];
  for (const [, clause = '', specifier = ''] of source.code.matchAll(IMPORT)) {
    for (const [local, name] of importedNames(clause)) imports.set(local, { specifier, name });
  }
  for (const [, clause = '', first, second, member] of source.code.matchAll(REQUIRE)) {
    const specifier = first ?? second ?? '';
    if (clause.startsWith('{'))
      for (const [local, name] of pairs(clause, ':')) imports.set(local, { specifier, name });
    else imports.set(clause, { specifier, name: member ?? 'default' });
  }
  for (const [, clause = '', specifier = ''] of source.code.matchAll(RE_EXPORT)) {
    if (clause === '*') wholes.push(specifier);
    else for (const [exported, name] of pairs(clause, ' as ')) reExports.set(exported, { specifier, name });
  }
  for (const match of source.mask.matchAll(
    /\bexport\s+default\s+(?:async\s+)?([\w$]+)|\bmodule\.exports\s*=\s*([\w$]+)\s*(?=[;\n]|$)|\bexport\s*=\s*([\w$]+)/g,
  ))
    exports.set('default', match[1] ?? match[2] ?? match[3] ?? '');
  for (const [, specifier = '', name = 'default'] of source.code.matchAll(WHOLE_EXPORT))
    reExports.set('default', { specifier, name });
  for (const [, name = ''] of source.mask.matchAll(
    /\bexport\s+(?:const|let|var|(?:async\s+)?function|class)\s+([\w$]+)/g,
  ))
    exports.set(name, name);
  for (const [, clause = ''] of source.mask.matchAll(/\bexport\s+(\{[^{}]*\})(?!\s*from)/g))
    for (const [exported, local] of pairs(clause, ' as ')) exports.set(exported, local);
  for (const [, name = '', local = ''] of source.mask.matchAll(
    /\b(?:module\.)?exports\.([\w$]+)\s*=\s*([\w$]+)/g,
  ))
    exports.set(name, local);
  for (const match of source.mask.matchAll(/\bmodule\.exports\s*=\s*\{/g)) {
    for (const part of splitArguments(source, match.index + match[0].length - 1)) {
      const [, name, required, local] =
        /^([\w$]+)\s*(?::\s*(?:require\(\s*["']([^"']+)["']\s*\)|([\w$]+)))?$/.exec(textOf(source, part)) ??
        [];
      if (name === undefined) continue;
      if (required === undefined) exports.set(name, local ?? name);
      else reExports.set(name, { specifier: required, name: 'default' });
    }
  }
  return { imports, exports, reExports, wholes };
}

/** Local name and exported name of `a, { b as c }, * as d`. */
function importedNames(clause: string): [local: string, name: string][] {
  const named = /\{[^}]*\}/.exec(clause)?.[0];
  const rest = clause.replace(/\{[^}]*\}/, '');
  const whole = /\*\s*as\s+([\w$]+)/.exec(rest)?.[1];
  const byDefault = /^\s*([\w$]+)/.exec(rest)?.[1];
  return [
    ...(named === undefined ? [] : pairs(named, ' as ')),
    ...(whole === undefined ? [] : ([[whole, '*']] as [string, string][])),
    ...(byDefault === undefined ? [] : ([[byDefault, 'default']] as [string, string][])),
  ];
}

/** `{ a, b as c }` and `{ a, b: c }`: the new name first, then the old one. */
function pairs(clause: string, between: ' as ' | ':'): [as: string, name: string][] {
  return clause
    .slice(1, -1)
    .split(',')
    .flatMap((part): [string, string][] => {
      const [name = '', as = name] = part
        .trim()
        .replace(/^type\s+/, '')
        .split(between === ':' ? /\s*:\s*/ : /\s+as\s+/);
      return /^[\w$]+$/.test(name) ? [[as, name]] : [];
    });
}

const ENDINGS = [
  '',
  '.ts',
  '.js',
  '.tsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.jsx',
  '/index.ts',
  '/index.js',
  '/index.mjs',
];

/**
 * The file that a specifier in a module means; null for packages and what is not there. Settings of TypeScript say what
 * else than a package a specifier may mean; `@/` and `~/` mean `src` or the root, as most of them do.
 */
export function resolveModule(repository: Repository, from: string, specifier: string): string | null {
  const bases = specifier.startsWith('.')
    ? [posix.join(posix.dirname(from), specifier).replace(/\/$/, '')]
    : [...aliasedPaths(repository, packageFolders(from), specifier), ...conventionalPaths(from, specifier)];
  for (const base of bases.filter((path) => !path.startsWith('..'))) {
    for (const ending of ENDINGS) if (repository.file(base + ending) !== undefined) return base + ending;
    // TypeScript names the file that will be there after the build.
    const typed = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
    if (typed !== base && repository.file(typed) !== undefined) return typed;
  }
  return null;
}

function conventionalPaths(from: string, specifier: string): string[] {
  const folders = packageFolders(from);
  if (specifier.startsWith('src/')) return folders.map((folder) => posix.join(folder, specifier));
  if (!/^[@~#]\//.test(specifier)) return [];
  const rest = specifier.slice(2);
  return folders.flatMap((folder) => [posix.join(folder, 'src', rest), posix.join(folder, rest)]);
}

/** The nearest folder above a file that has a manifest. */
export function packageOf(repository: Repository, path: string): string {
  return packageFolders(path).find((folder) => repository.file(posix.join(folder, 'package.json'))) ?? '';
}

/** The folders above a file, the nearest first; `''` is the root. */
function packageFolders(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.keys()].map((count) => parts.slice(0, parts.length - count).join('/')).concat('');
}
