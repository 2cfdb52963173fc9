import { posix } from 'node:path';
import type { Repository } from '../repository.ts';
import { type GoChain, goConstants, type GoFunction, goFunctions, goImports, isGo } from '../scan/go.ts';
import type { Source } from '../scan/source.ts';
import { dialectOf, dialectOfType, GO_DIALECTS, type GoDialect } from './go-dialects.ts';
import { type GoRouter, makeRouter } from './go-routers.ts';

/** One file, with what its names stand for. */
export interface GoFile {
  source: Source;
  /** Its package: the folder it lies in. */
  folder: string;
  imports: ReadonlyMap<string, string>;
  functions: readonly GoFunction[];
}

/** All files together: functions and fields call and hold what other files make. */
export interface GoProgram {
  files: readonly GoFile[];
  /** By folder. */
  constants: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Routers by the function that hands them back, the parameter that takes them, the field that holds them. */
  results: Map<GoFunction, GoRouter>;
  parameters: Map<GoFunction, Map<string, GoRouter>>;
  fields: Map<string, GoRouter>;
  /** By name: every call asks. */
  functions: ReadonlyMap<string, readonly Candidate[]>;
  /** Text of all files of a folder, strings blanked. */
  masks: ReadonlyMap<string, string>;
  /** What `http.HandleFunc` adds to. */
  defaultMux: GoRouter | null;
  /** What stands behind routers of the project's own interfaces; undefined until somebody asks. */
  interfaceDialect: GoDialect | null | undefined;
}

interface Candidate {
  folder: string;
  candidate: GoFunction;
}

export function goProgram(repository: Repository): GoProgram {
  const files = repository.sources(isGo).map((source): GoFile => {
    const functions = goFunctions(source);
    return { source, folder: posix.dirname(source.path), imports: goImports(source), functions };
  });
  const folders = new Set(files.map(({ folder }) => folder));
  const constants = new Map(
    [...folders].map((folder): [string, ReadonlyMap<string, string>] => [
      folder,
      goConstants(files.filter((file) => file.folder === folder).map(({ source }) => source)),
    ]),
  );
  const functions = new Map<string, Candidate[]>();
  for (const file of files)
    for (const candidate of file.functions) {
      const known = functions.get(candidate.name) ?? [];
      known.push({ folder: file.folder, candidate });
      functions.set(candidate.name, known);
    }
  const masks = new Map(
    [...folders].map((folder): [string, string] => [
      folder,
      files
        .filter((file) => file.folder === folder)
        .map(({ source }) => source.mask)
        .join('\n'),
    ]),
  );
  const program: GoProgram = {
    files,
    functions,
    masks,
    constants,
    results: new Map(),
    parameters: new Map(),
    fields: new Map(),
    defaultMux: null,
    interfaceDialect: undefined,
  };
  for (const file of files) addRouters(program, file);
  return program;
}

/** The routers that signatures and structs speak of, before any body is read. */
function addRouters(program: GoProgram, file: GoFile): void {
  for (const one of file.functions) {
    const parameters = new Map<string, GoRouter>();
    for (const { name, type } of one.parameters) {
      const dialect = dialectOfType(file.imports, type) ?? dialectOfInterface(program, file, type);
      if (dialect !== undefined) parameters.set(name, makeRouter(dialect));
    }
    program.parameters.set(one, parameters);
    const made = madeIn(file, one);
    const dialect = dialectOfType(file.imports, one.results) ?? made;
    if (dialect !== undefined && one.results !== '')
      // A function that nobody names makes a router that nobody serves.
      program.results.set(one, makeRouter(dialect, isNamed(program, one)));
  }
  for (const [, name = '', type = ''] of file.source.mask.matchAll(
    /(?:^[ \t]+|\bstruct[ \t]*\{[ \t]*|;[ \t]*)(\w+)[ \t]+(\*?\w+\.\w+)[ \t]*(?:$|[`;}])/gm,
  )) {
    const dialect = dialectOfType(file.imports, type);
    if (dialect !== undefined) program.fields.set(`${file.folder} ${name}`, makeRouter(dialect));
  }
}

/** Of a router that the project hands around behind an interface of its own (`type Router interface { MethodFunc(…) }`): the only one it has. */
function dialectOfInterface(program: GoProgram, file: GoFile, type: string): GoDialect | undefined {
  const [, alias, name = ''] = /^(?:(\w+)\.)?(\w*Rout\w*|\w*Mux)$/.exec(type) ?? [];
  if (name === '') return undefined;
  const path = alias === undefined ? undefined : file.imports.get(alias);
  const folder = alias === undefined ? file.folder : path === undefined ? null : packageFolder(program, path);
  const text = folder === null ? undefined : program.masks.get(folder);
  const body = new RegExp(`\\btype[ \\t]+${name}[ \\t]+interface[ \\t]*\\{([^{}]*)\\}`).exec(text ?? '')?.[1];
  if (body === undefined || !/\b(?:Handle(?:Func)?|Method(?:Func)?|G(?:ET|et)|P(?:OST|ost))\s*\(/.test(body))
    return undefined;
  if (program.interfaceDialect === undefined) program.interfaceDialect = onlyDialect(program);
  return program.interfaceDialect ?? undefined;
}

/** The router library that the files import; null where there are several, or none but Go's own. */
function onlyDialect({ files }: GoProgram): GoDialect | null {
  const used = GO_DIALECTS.filter(
    ({ kind, module }) =>
      kind !== 'net-http' &&
      files.some(({ imports }) => [...imports.values()].some((path) => module.test(path))),
  );
  return used.length === 1 ? (used[0] ?? null) : null;
}

function madeIn({ imports, source }: GoFile, { body }: GoFunction): ReturnType<typeof dialectOf> {
  for (const [, alias = '', name = ''] of source.mask
    .slice(body.from, body.to)
    .matchAll(/\b(\w+)\s*\.\s*(\w+)\s*\(/g)) {
    const dialect = dialectOf(imports, alias, name, 'makes');
    if (dialect !== undefined) return dialect;
  }
  return undefined;
}

function isNamed({ files }: GoProgram, { name }: GoFunction): boolean {
  const mention = new RegExp(`(?<!func )(?<!func \\([^()\\n]*\\) )\\b${name}\\b`);
  return files.some(({ source }) => mention.test(source.mask));
}

/** The folder of an import path: `admin/api` before `api`; null for what is not in the repository. */
export function packageFolder({ masks }: GoProgram, path: string): string | null {
  const [longest] = [...masks.keys()]
    .filter((folder) => path === folder || path.endsWith(`/${folder}`))
    .toSorted((a, b) => b.length - a.length);
  return longest ?? null;
}

/** The function that the call at `index` of a chain runs; null where several may be meant. */
export function calledFunction(
  program: GoProgram,
  file: GoFile,
  inside: GoFunction,
  { links, from }: GoChain,
  index: number,
): GoFunction | null {
  const name = links[index]?.name ?? '';
  const owner = links[index - 1];
  const all = program.functions.get(name) ?? [];
  // Most calls have nothing to do with routers.
  if (!all.some(({ candidate }) => isAboutRouters(program, candidate))) return null;
  if (owner === undefined)
    return only(all.filter(({ folder, candidate }) => folder === file.folder && candidate.receiver === null));
  const path = index === 1 && owner.open === null ? file.imports.get(owner.name) : undefined;
  if (path !== undefined) {
    const imported = packageFolder(program, path);
    return only(all.filter(({ folder, candidate }) => candidate.receiver === null && folder === imported));
  }
  const methods = all.filter(({ candidate }) => candidate.receiver !== null);
  const maker = owner.open === null ? makerOf(program, file, inside, owner.name, from) : null;
  if (maker !== null) {
    const near = methods.filter(({ folder }) => folder === maker.folder);
    const typed = near.filter(({ candidate }) => candidate.receiver?.type === maker.type);
    if (near.length > 0) return only(typed.length > 0 ? typed : near);
  }
  const type = typeOf(program, file, inside, owner.name, owner.open !== null, from);
  return only(type === null ? methods : methods.filter(({ candidate }) => candidate.receiver?.type === type));
}

function isAboutRouters({ results, parameters }: GoProgram, candidate: GoFunction): boolean {
  return results.has(candidate) || (parameters.get(candidate)?.size ?? 0) > 0;
}

function only(found: readonly { candidate: GoFunction }[]): GoFunction | null {
  return found.length === 1 ? (found[0]?.candidate ?? null) : null;
}

/**
 * Where a value comes from that a function of another package made (`handler := api.New(auth)`): many packages have a `New`, and what it
 * hands back may be an interface of a third one.
 */
function makerOf(
  program: GoProgram,
  file: GoFile,
  inside: GoFunction,
  name: string,
  before: number,
): { folder: string; type: string | null } | null {
  const text = file.source.mask.slice(inside.body.from, before);
  const pattern = new RegExp(`\\b${name}\\s*(?:,\\s*\\w+\\s*)?:?=\\s*(\\w+)\\.(\\w+)\\s*\\(`, 'g');
  const [, alias = '', made = ''] = [...text.matchAll(pattern)].at(-1) ?? [];
  const path = file.imports.get(alias);
  const folder = path === undefined ? null : packageFolder(program, path);
  if (folder === null) return null;
  const maker = (program.functions.get(made) ?? []).find((one) => one.folder === folder);
  return maker === undefined ? null : { folder, type: lastName(maker.candidate.results) };
}

/** Type of a value, without star and package, where the function or the struct around it says so. */
function typeOf(
  program: GoProgram,
  file: GoFile,
  inside: GoFunction,
  name: string,
  isCall: boolean,
  before: number,
): string | null {
  if (isCall) return resultType(program, name);
  if (inside.receiver?.name === name) return inside.receiver.type;
  const parameter = inside.parameters.find((one) => one.name === name);
  if (parameter !== undefined) return lastName(parameter.type);
  const text = file.source.mask.slice(inside.body.from, before);
  const [, literal, constructor] =
    [
      ...text.matchAll(
        new RegExp(`\\b${name}\\s*(?:,\\s*\\w+\\s*)?:?=\\s*(?:&?([\\w.]+)\\s*\\{|([\\w.]+)\\s*\\()`, 'g'),
      ),
    ].at(-1) ?? [];
  if (literal !== undefined) return lastName(literal);
  if (constructor !== undefined) return resultType(program, lastName(constructor) ?? '');
  // `resource{}.Routes()`, or a field of a struct of this package.
  if (new RegExp(`\\btype\\s+${name}\\s+struct\\b`).test(program.masks.get(file.folder) ?? '')) return name;
  const field = new RegExp(`^[ \\t]+${name}[ \\t]+(\\*?[\\w.]+)[ \\t]*(?:$|\`)`, 'm').exec(
    program.masks.get(file.folder) ?? '',
  )?.[1];
  return field === undefined ? null : lastName(field);
}

/** Of `func NewUsers(…) (*Users, error)`: `Users`. */
function resultType({ functions }: GoProgram, constructor: string): string | null {
  const types = new Set(
    (functions.get(constructor) ?? []).map(({ candidate }) => lastName(candidate.results)),
  );
  return types.size === 1 ? ([...types][0] ?? null) : null;
}

function lastName(type: string): string | null {
  return /^\(?\s*(?:\w+\s+)?\*?(?:\w+\.)?(\w+)/.exec(type.trim())?.[1] ?? null;
}
