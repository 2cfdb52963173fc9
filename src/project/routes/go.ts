import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { type Span, splitArguments, textOf } from '../scan/calls.ts';
import { type GoChain, goChainAt, type GoFunction, type GoLink, goText, signatureAt } from '../scan/go.ts';
import {
  dialectOf,
  dialectOfType,
  GO_DIALECTS,
  type GoDialect,
  isGoGuard,
  isGoGuardAround,
} from './go-dialects.ts';
import { calledFunction, type GoFile, type GoProgram, goProgram } from './go-program.ts';
import {
  childOf,
  goPath,
  type GoRoute,
  type GoRouter,
  makeRouter,
  mount,
  resolvedRoutes,
} from './go-routers.ts';
import { endpointFact, type Method, ROUTER_METHODS } from './route.ts';

export function goEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const program = goProgram(repository);
  const routes: GoRoute[] = [];
  for (const file of program.files)
    for (const inside of file.functions) {
      if (isNestedTooDeep(file.source.mask.slice(inside.body.from, inside.body.to))) continue;
      const reader: Reader = { program, file, inside, routes, depth: 0 };
      readBlock(reader, inside.body, new Map(program.parameters.get(inside)));
    }
  return routes.flatMap((route) =>
    resolvedRoutes(route).map((one) => endpointFact(one, goPath(route.dialect))),
  );
}

const MAX_BRACKETS = 200;

/** Brackets in brackets that no person wrote: to find their ends again and again would take minutes. */
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
}

/** Deeper than that nobody nests by hand. */
const MAX_DEPTH = 30;

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
    const chain = goChainAt(reader.file.source, match.index);
    const router = evaluate(reader, chain, scope);
    if (router === null) continue;
    names.lastIndex = chain.to;
    const line = mask.slice(mask.lastIndexOf('\n', chain.from) + 1, chain.from);
    bind(reader, scope, line, router);
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

/** `r := …`, `s.router = …`, `Router: …`. */
function bind({ file, program }: Reader, scope: Scope, line: string, router: GoRouter): void {
  const name = /(?:^|[\s;])(?:var\s+)?([\w.]+)(?:\s+\*?[\w.]+)?\s*:?=\s*$/.exec(line)?.[1];
  const key = /(?:^|[\s{,])(\w+)\s*:\s*$/.exec(line)?.[1];
  if (name !== undefined && !name.includes('.')) scope.set(name, router);
  const fieldName = key ?? (name?.includes('.') === true ? name.split('.').at(-1) : undefined);
  const field = fieldName === undefined ? undefined : program.fields.get(`${file.folder} ${fieldName}`);
  if (field === undefined) return;
  // What is made only to be held there is the same router.
  if (router.isRoot && router.mounts.length === 0) field.isRoot = true;
  else mount(field, router, '');
}

/** The router that a chain of calls ends in, after doing what its calls do; null where it is none. */
function evaluate(reader: Reader, chain: GoChain, scope: Scope): GoRouter | null {
  const base = baseOf(reader, chain, scope);
  if (base === null) return null;
  let { router } = base;
  const pending: Pending = { path: null, methods: [], isHandled: false, isGuarded: false };
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
  for (const [index, argument] of splitArguments(reader.file.source, link.open).entries()) {
    const parameter = parameters.get(called.parameters[index]?.name ?? '');
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

/** What the parts of gorilla's chains have said so far. */
interface Pending {
  path: string | null;
  methods: Method[];
  isHandled: boolean;
  isGuarded: boolean;
}

/** One call on a router: the router it hands back, or null where nothing is known of it. */
function apply(
  reader: Reader,
  router: GoRouter,
  { name, open }: GoLink,
  scope: Scope,
  pending: Pending,
): GoRouter | null {
  const { source } = reader.file;
  const { dialect } = router;
  if (open === null || dialect === null) return null;
  const all = splitArguments(source, open);
  const [first, ...rest] = all;
  const text = (span: Span | undefined): string => (span === undefined ? '' : textOf(source, span));
  const path = (span: Span | undefined): string | null =>
    goText(text(span), reader.program.constants.get(reader.file.folder));
  const isGuarded = (spans: readonly Span[]): boolean => spans.some((span) => isGoGuard(text(span)));
  const literal = all.find((span) => text(span).startsWith('func'));

  if (name === 'Use') {
    const child = dialect.kind === 'fiber' && rest[0] !== undefined ? routerIn(reader, rest[0], scope) : null;
    if (child !== null) mount(child, router, path(first));
    // Behind a path it asks only those who call that.
    else if (!text(first).startsWith('"')) router.isGuarded ||= isGuarded(all);
    return router;
  }
  if (name === 'With' && dialect.kind === 'chi') return childOf(router, '', isGuarded(all));
  if (name === 'Group' || (name === 'Route' && dialect.kind !== 'gorilla')) {
    const hasPath = first !== undefined && first !== literal;
    const child = childOf(router, hasPath ? path(first) : '', isGuarded(rest));
    if (literal !== undefined) readLiteral(reader, literal.from, scope, child);
    return child;
  }
  if (name === 'Mount') {
    const child = rest[0] === undefined ? null : routerIn(reader, rest[0], scope);
    if (child !== null) mount(child, router, path(first), isGoGuardAround(text(rest[0])));
    return router;
  }
  if (dialect.kind === 'gorilla') return applyGorilla(reader, router, { name, open }, scope, pending);
  return addNamed(reader, router, dialect, { name, open }, scope);
}

function applyGorilla(
  reader: Reader,
  router: GoRouter,
  { name, open }: { name: string; open: number },
  scope: Scope,
  pending: Pending,
): GoRouter | null {
  const { source } = reader.file;
  const [first, second] = splitArguments(source, open);
  const path =
    first === undefined
      ? null
      : goText(textOf(source, first), reader.program.constants.get(reader.file.folder));
  if (name === 'PathPrefix' || name === 'Path') pending.path = path;
  else if (name === 'Subrouter') {
    const child = childOf(router, pending.path ?? '');
    pending.path = null;
    return child;
  } else if (name === 'Methods') {
    pending.methods.push(
      ...splitArguments(source, open).flatMap((span) => methodOf(textOf(source, span)) ?? []),
    );
  } else if (name === 'HandleFunc' || name === 'Handle' || name === 'HandlerFunc' || name === 'Handler') {
    const handler = name.startsWith('Handler') ? first : second;
    if (!name.startsWith('Handler')) pending.path = path;
    const text = handler === undefined ? '' : textOf(source, handler);
    const child = handler === undefined || text.startsWith('func') ? null : routerIn(reader, handler, scope);
    if (child === null) pending.isHandled = !/\bFileServer(?:FS)?\s*\(/.test(text);
    else mount(child, router, strippedPrefix(text) ?? '');
    pending.isGuarded = isGoGuardAround(text);
  } else if (!/^(?:StrictSlash|SkipClean|UseEncodedPath|Host|Schemes|Headers|Queries|Name)$/.test(name))
    return null;
  return router;
}

/** `GET("/x", …)`, `Handle("GET /x", …)`, `Method("GET", "/x", …)`, `Add(http.MethodGet, "/x", …)`, `Match([]string{"GET"}, "/x", …)`. */
function addNamed(
  reader: Reader,
  router: GoRouter,
  dialect: GoDialect,
  { name, open }: { name: string; open: number },
  scope: Scope,
): GoRouter | null {
  const { source } = reader.file;
  const all = splitArguments(source, open);
  const texts = all.map((span) => textOf(source, span));
  const value = (index: number): string | null =>
    goText(texts[index] ?? '', reader.program.constants.get(reader.file.folder));
  const add = (methods: readonly Method[], at: number): GoRouter => {
    const path = value(at);
    const handlers = texts.slice(at + 1);
    const guarded = isGuardedRoute(dialect, handlers);
    if (path !== null && handlers.length > 0)
      for (const method of methods) addRoute(reader, router, method, path, open, guarded);
    return router;
  };

  if (/^Handle(?:Func)?$/.test(name) && dialect.kind !== 'gin' && dialect.kind !== 'echo') {
    const [, handler] = all;
    const text = texts[1] ?? '';
    const child = handler === undefined || text.startsWith('func') ? null : routerIn(reader, handler, scope);
    if (child !== null) {
      mount(child, router, strippedPrefix(text) ?? '', isGoGuardAround(text));
      return router;
    }
    if (/\bFileServer(?:FS)?\s*\(/.test(text)) return router;
    if (dialect.kind !== 'net-http') return add(['ANY'], 0);
    const [, verb, path] = /^(?:([A-Z]+)\s+)?(?:[\w.-]+)?(\/\S*)$/.exec(value(0) ?? '') ?? [];
    const method = verb === undefined ? 'ANY' : methodOf(`"${verb}"`);
    if (path !== undefined && method !== null)
      addRoute(reader, router, method, path, open, isGoGuardAround(text));
    return router;
  }
  if (/^(?:Method|MethodFunc|Add|Handle)$/.test(name)) {
    const method = methodOf(texts[0] ?? '');
    return method === null ? router : add([method], 1);
  }
  if (name === 'Match') {
    const methods = [...(texts[0] ?? '').matchAll(/"\w+"|\bMethod\w+/g)].flatMap(
      ([one]) => methodOf(one) ?? [],
    );
    return add(methods, 1);
  }
  const lower = name.toLowerCase();
  const method = Object.hasOwn(ROUTER_METHODS, lower) ? ROUTER_METHODS[lower] : undefined;
  return method === undefined || dialect.kind === 'net-http' ? null : add([method], 0);
}

/** Middleware beside the handler, or around it. */
function isGuardedRoute({ handler }: GoDialect, handlers: readonly string[]): boolean {
  if (handler === 'only') return handlers.some(isGoGuardAround);
  const middleware = handler === 'first' ? handlers.slice(1) : handlers.slice(0, -1);
  return middleware.some(isGoGuard);
}

/** `"GET"`, `http.MethodGet`, `echo.GET` */
function methodOf(text: string): Method | null {
  const name = (
    /^"(\w+)"$/.exec(text)?.[1] ??
    /\bMethod(\w+)$/.exec(text)?.[1] ??
    /\.([A-Z]+)$/.exec(text)?.[1] ??
    ''
  ).toLowerCase();
  return Object.hasOwn(ROUTER_METHODS, name) ? (ROUTER_METHODS[name] ?? null) : null;
}

function strippedPrefix(text: string): string | null {
  return /\bStripPrefix\s*\(\s*"([^"\n]*)"/.exec(text)?.[1] ?? null;
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
