import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { type Span, splitArguments } from '../scan/calls.ts';
import { type GoChain, goChainAt, type GoFunction, type GoLink, signatureAt } from '../scan/go.ts';
import { effectOf, type GoEffect, type GoPending } from './go-calls.ts';
import { dialectOf, dialectOfType, GO_DIALECTS, isGoGuardAround } from './go-dialects.ts';
import { callsOfEach } from './go-loops.ts';
import { calledFunction, type GoFile, type GoProgram, goProgram, packageFolder } from './go-program.ts';
import {
  childOf,
  goPath,
  type GoRoute,
  type GoRouter,
  makeRouter,
  mount,
  resolvedRoutes,
} from './go-routers.ts';
import { endpointFact, type Method } from './route.ts';

export function goEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const program = goProgram(repository);
  const routes: GoRoute[] = [];
  for (const file of program.files)
    for (const inside of file.functions) {
      if (isNestedTooDeep(file.source.mask.slice(inside.body.from, inside.body.to))) continue;
      const reader: Reader = { program, file, inside, routes, depth: 0, handedOver: new Set() };
      readBlock(reader, inside.body, new Map(program.parameters.get(inside)));
    }
  return routes.flatMap((route) =>
    resolvedRoutes(route).map((one) => endpointFact(one, goPath(route.dialect))),
  );
}

const MAX_BRACKETS = 200;

/** Brackets in brackets that no person wrote: each would be asked for a router within all that are around it. */
function isNestedTooDeep(mask: string): boolean {
  let depth = 0;
  for (const char of mask) {
    if (char === '(' || char === '{' || char === '[') depth += 1;
    else if (char === ')' || char === '}' || char === ']') depth -= 1;
    if (depth > MAX_BRACKETS) return true;
  }
  return false;
}

interface Reader {
  program: GoProgram;
  file: GoFile;
  inside: GoFunction;
  routes: GoRoute[];
  /** Blocks and calls around what is being read. */
  depth: number;
  /** Calls of the function whose arguments were handed over: calls within calls are come to on several ways. */
  handedOver: Set<number>;
}

/** Deeper than that nobody nests by hand. */
const MAX_DEPTH = 30;

/** What stands before a call on its line; a file of one line is not read again for each. */
const MAX_LINE_LENGTH = 500;

/** Names that hold a router at this point of a function; null hides an outer one. */
type Scope = Map<string, GoRouter | null>;

/** What statements from one brace to the other do to routers, in their order. */
function readBlock(reader: Reader, { from, to }: Span, scope: Scope): void {
  const { mask } = reader.file.source;
  const names = /(?<![\w.])[A-Za-z_]\w*/g;
  names.lastIndex = from;
  for (let match = names.exec(mask); match !== null && match.index < to; match = names.exec(mask)) {
    if (match[0] === 'func') {
      const body = readLiteral(reader, match.index, scope, null);
      if (body !== null) names.lastIndex = body.to;
      continue;
    }
    if (match[0] === 'for')
      for (const call of callsOfEach(reader.program, reader.file, reader.inside, match.index))
        for (const called of call.functions) handArguments(reader, call.arguments, called, scope);
    const chain = goChainAt(reader.file.source, match.index);
    const router = evaluate(reader, chain, scope);
    if (router === null) continue;
    names.lastIndex = chain.to;
    const before = mask.slice(Math.max(from, chain.from - MAX_LINE_LENGTH), chain.from);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    bind(reader, scope, line, chain.from, router);
    const result = reader.program.results.get(reader.inside);
    if (/^\s*return\b/.test(line) && result !== undefined && scope.get('return') !== null)
      mount(router, result, '', isGoGuardAround(line.replace(/^\s*return\s+/, '')));
  }
}

/** A function without a name: its own parameters hide what is around it. Returns its body. */
function readLiteral(reader: Reader, at: number, scope: Scope, router: GoRouter | null): Span | null {
  const { source, imports } = reader.file;
  const open = /^func\s*\(/.exec(source.mask.slice(at, at + 20))?.[0].length;
  const signature = open === undefined ? null : signatureAt(source, at + open - 1);
  if (signature === null || reader.depth >= MAX_DEPTH) return null;
  const inner: Scope = new Map(scope);
  inner.set('return', null);
  for (const { name, type } of signature.parameters)
    inner.set(name, dialectOfType(imports, type) === undefined ? null : router);
  reader.depth += 1;
  readBlock(reader, signature.body, inner);
  reader.depth -= 1;
  return signature.body;
}

/** `r := …`, `s.router = …`, `Router: …` in a literal of this package's struct or of another one's. */
function bind({ file, program }: Reader, scope: Scope, line: string, at: number, router: GoRouter): void {
  const name = /(?:^|[\s;])(?:var\s+)?([\w.]+)(?:\s+\*?[\w.]+)?\s*:?=\s*$/.exec(line)?.[1];
  const key = /(?:^|[\s{,])(\w+)\s*:\s*$/.exec(line)?.[1];
  if (name !== undefined && !name.includes('.')) scope.set(name, router);
  const fieldName = key ?? (name?.includes('.') === true ? name.split('.').at(-1) : undefined);
  const folder = key === undefined ? file.folder : literalFolder(program, file, at);
  const field = fieldName === undefined ? undefined : program.fields.get(`${folder} ${fieldName}`);
  if (field === undefined) return;
  // What is made only to be held there is the same router.
  if (router.isRoot && router.mounts.length === 0) field.isRoot = true;
  else mount(field, router, '');
}

/** A struct is written down within so much text. */
const MAX_LITERAL_LENGTH = 4_000;

/** Package of the struct whose literal is around a place: `&controllers.Controller{ … }`. */
function literalFolder(program: GoProgram, { source, folder, imports }: GoFile, at: number): string {
  let depth = 0;
  for (let open = at - 1; open >= Math.max(0, at - MAX_LITERAL_LENGTH); open -= 1) {
    const char = source.mask[open];
    if (char === '}') depth += 1;
    if (char === '{') depth -= 1;
    if (depth >= 0) continue;
    const alias = /(?<![\w.])(\w+)\s*\.\s*\w+\s*$/.exec(
      source.mask.slice(Math.max(0, open - 200), open),
    )?.[1];
    const path = alias === undefined ? undefined : imports.get(alias);
    return path === undefined ? folder : (packageFolder(program, path) ?? folder);
  }
  return folder;
}

/** The router that a chain of calls ends in, after doing what its calls do; null where it is none. */
function evaluate(reader: Reader, chain: GoChain, scope: Scope): GoRouter | null {
  const base = baseOf(reader, chain, scope);
  if (base === null) return null;
  let { router } = base;
  const pending: GoPending = { path: null, methods: [], isHandled: false, isGuarded: false };
  for (const link of chain.links.slice(base.length)) {
    if (link.open === null) return router;
    const next = apply(reader, router, link, scope, pending);
    if (next === null) break;
    router = next;
  }
  if (pending.isHandled && pending.path !== null)
    for (const method of pending.methods.length === 0 ? (['ANY'] as const) : pending.methods)
      addRoute(reader, router, method, pending.path, chain.from, pending.isGuarded);
  return router;
}

/** What a chain begins with: a name, a router that is made, a field, or a function that hands one back. */
function baseOf(reader: Reader, chain: GoChain, scope: Scope): { router: GoRouter; length: number } | null {
  const { program, file, inside } = reader;
  const [first, second] = chain.links;
  if (first === undefined) return null;
  const known = scope.get(first.name);
  if (known === null) return null;
  if (known !== undefined && first.open === null) return { router: known, length: 1 };
  if (second?.open !== null && second !== undefined && first.open === null) {
    const made = dialectOf(file.imports, first.name, second.name, 'makes');
    if (made !== undefined) return { router: makeRouter(made, true), length: 2 };
    if (file.imports.get(first.name) === 'net/http' && /^Handle(?:Func)?$/.test(second.name)) {
      program.defaultMux ??= makeRouter(
        GO_DIALECTS.find(({ kind }) => kind === 'net-http') ?? null,
        servesDefaultMux(program),
      );
      return { router: program.defaultMux, length: 1 };
    }
  }
  for (const [index, link] of chain.links.entries()) {
    if (link.open === null) {
      const field = index === 0 ? undefined : program.fields.get(`${file.folder} ${link.name}`);
      if (field !== undefined) return { router: field, length: index + 1 };
      continue;
    }
    const called = calledFunction(program, file, inside, chain, index);
    if (called === null) continue;
    handOver(reader, link, called, scope);
    const result = program.results.get(called);
    if (result !== undefined) return { router: result, length: index + 1 };
  }
  return null;
}

/** A server without a handler of its own answers with what `http.HandleFunc` was told. */
function servesDefaultMux({ files }: GoProgram): boolean {
  const all = files.map(({ source }) => source.mask).join('\n');
  if (/\b(?:ListenAndServe(?:TLS)?|Serve)\s*\([^\n]*\bnil\s*\)|\bDefaultServeMux\b/.test(all)) return true;
  return /\bhttp\s*\.\s*Server\s*\{/.test(all) && !/\bHandler\s*:/.test(all);
}

/** Routers that a call hands to the parameters of a function. */
function handOver(reader: Reader, link: GoLink, called: GoFunction, scope: Scope): void {
  const parameters = reader.program.parameters.get(called);
  if (link.open === null || parameters === undefined || parameters.size === 0) return;
  if (reader.handedOver.has(link.open)) return;
  reader.handedOver.add(link.open);
  handArguments(reader, splitArguments(reader.file.source, link.open), called, scope);
}

function handArguments(reader: Reader, all: readonly Span[], called: GoFunction, scope: Scope): void {
  const parameters = reader.program.parameters.get(called);
  for (const [index, argument] of all.entries()) {
    const parameter = parameters?.get(called.parameters[index]?.name ?? '');
    const router = parameter === undefined ? null : routerIn(reader, argument, scope);
    if (parameter !== undefined && router !== null) mount(parameter, router, '');
  }
}

/** The router that an argument is, bare or inside of what is put around it. */
function routerIn(reader: Reader, { from, to }: Span, scope: Scope): GoRouter | null {
  if (reader.depth >= MAX_DEPTH) return null;
  const names = /(?<![\w.])[A-Za-z_]\w*/g;
  names.lastIndex = from;
  const { mask } = reader.file.source;
  for (let match = names.exec(mask); match !== null && match.index < to; match = names.exec(mask)) {
    if (match[0] === 'func') return null;
    reader.depth += 1;
    const router = evaluate(reader, goChainAt(reader.file.source, match.index), scope);
    reader.depth -= 1;
    if (router !== null) return router;
  }
  return null;
}

/** One call on a router: the router it hands back, or null where nothing is known of it. */
function apply(
  reader: Reader,
  router: GoRouter,
  { name, open }: GoLink,
  scope: Scope,
  pending: GoPending,
): GoRouter | null {
  const { program, file } = reader;
  const { dialect } = router;
  if (open === null || dialect === null) return null;
  const constants = program.constants.get(file.folder);
  const effect = effectOf({ source: file.source, constants, dialect, name, open }, pending);
  return effect === null ? null : enact(reader, router, effect, open, scope, pending);
}

function enact(
  reader: Reader,
  router: GoRouter,
  effect: GoEffect,
  offset: number,
  scope: Scope,
  pending: GoPending,
): GoRouter {
  if (effect.does === 'group') {
    const child = childOf(router, effect.path, effect.isGuarded);
    if (effect.body !== null) readLiteral(reader, effect.body.from, scope, child);
    return child;
  }
  if (effect.does === 'mount') {
    const child = routerIn(reader, effect.target, scope);
    if (child === null) return enact(reader, router, effect.otherwise, offset, scope, pending);
    mount(child, router, effect.path, effect.isGuarded);
  } else if (effect.does === 'route') {
    for (const method of effect.methods)
      addRoute(reader, router, method, effect.path, offset, effect.isGuarded);
  } else if (effect.does === 'guard') router.isGuarded = true;
  else if (effect.does === 'handle') pending.isHandled = true;
  return router;
}

function addRoute(
  { file, routes }: Reader,
  router: GoRouter,
  method: Method,
  path: string,
  offset: number,
  isGuarded: boolean,
): void {
  if (router.dialect === null) return;
  routes.push({
    router,
    dialect: router.dialect,
    method,
    path,
    source: file.source,
    offset,
    isGuarded: isGuarded || router.isGuarded,
  });
}
