import { propertyOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import type { ModuleLinks } from './modules.ts';
import { type Method, ROUTER_METHODS, showsAuthentication } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import type { Call, DeclaredRoute, Guard, Mount } from './router-file.ts';

type Constants = ReadonlyMap<string, string>;

/** What the calls on the routers of a file declare. */
export interface Declarations {
  source: Source;
  links: Pick<ModuleLinks, 'imports'>;
  routes: DeclaredRoute[];
  mounts: Mount[];
  guards: Guard[];
}

export function readCall(file: Declarations, call: Call, dialect: RouterDialect, constants: Constants): void {
  const { source } = file;
  const parts = splitArguments(source, call.open);
  const [first, second] = parts;
  if (first === undefined) return;
  const method = methodNamed(call.method);
  if (method !== null) readRoute(file, call, method, parts, dialect, constants);
  else if (call.method === 'route' && source.mask[first.from] === '{')
    readRouteObject(file, call, first, dialect, constants);
  else if (call.method === 'on' && parts.length > 2)
    addRoutes(
      file,
      call,
      methodsIn(textOf(source, first)),
      pathsIn(source, second, constants),
      guarded(source, parts.slice(2), dialect),
    );
  else if (call.method === 'addHook') addGuard(file, call, '', parts.slice(1));
  else if (call.method === 'use' && readUsedRoute(file, call, first, dialect, constants)) return;
  else if (dialect.mounts.includes(call.method)) readMount(file, call, parts, dialect, constants);
  else if (call.method === 'use') readUse(file, call, parts, constants);
}

function methodNamed(name: string): Method | null {
  return Object.hasOwn(ROUTER_METHODS, name) ? (ROUTER_METHODS[name] ?? null) : null;
}

function methodsIn(text: string): Method[] {
  return [...text.matchAll(/["'](\w+)["']/g)].flatMap(
    ([, name = '']) => methodNamed(name.toLowerCase()) ?? [],
  );
}

function addRoutes(
  { routes }: Declarations,
  { handle, offset }: Call,
  methods: readonly Method[],
  paths: readonly string[],
  authenticated: boolean | null,
  handler: Span | null = null,
): void {
  for (const method of methods)
    for (const path of paths) routes.push({ handle, method, path, offset, authenticated, handler });
}

function readRoute(
  file: Declarations,
  call: Call,
  method: Method,
  parts: readonly Span[],
  dialect: RouterDialect,
  constants: Constants,
): void {
  const { source } = file;
  if (call.chainPath !== null) {
    addRoutes(
      file,
      call,
      [method],
      pathsIn(source, call.chainPath, constants),
      guarded(source, parts, dialect),
    );
    return;
  }
  // Koa's routes may have a name before their path.
  const [first, second] = parts;
  const isNamed =
    second !== undefined &&
    parts.length > 2 &&
    /^["'`]\//.test(textOf(source, second)) &&
    !/^["'`][/*:]/.test(textOf(source, parts[0] ?? second));
  const path = isNamed ? second : first;
  const rest = parts.slice(isNamed ? 2 : 1);
  // `app.get('port')` reads a setting.
  if (rest.length === 0) return;
  const handler = method === 'ANY' ? (rest.at(-1) ?? null) : null;
  addRoutes(file, call, [method], pathsIn(source, path, constants), guarded(source, rest, dialect), handler);
}

/** koa-route makes middleware of single routes: `app.use(route.get('/users', list))`. Returns whether it is one. */
function readUsedRoute(
  file: Declarations,
  call: Call,
  used: Span,
  dialect: RouterDialect,
  constants: Constants,
): boolean {
  const { source } = file;
  const [head, name = '', verb = ''] =
    /^([\w$]+)\s*\.\s*(\w+)\s*\(/.exec(source.mask.slice(used.from, used.to)) ?? [];
  const method = methodNamed(verb);
  if (head === undefined || method === null || file.links.imports.get(name)?.specifier !== 'koa-route')
    return false;
  const [path, ...rest] = splitArguments(source, used.from + head.length - 1);
  addRoutes(file, call, [method], pathsIn(source, path, constants), guarded(source, rest, dialect));
  return true;
}

/** `fastify.route({ method: ['GET', 'HEAD'], url: '/x', … })` */
function readRouteObject(
  file: Declarations,
  call: Call,
  object: Span,
  dialect: RouterDialect,
  constants: Constants,
): void {
  const { source } = file;
  const methods = propertyOf(source, object, 'method');
  const url = propertyOf(source, object, 'url') ?? propertyOf(source, object, 'path');
  if (methods === null || url === null) return;
  addRoutes(
    file,
    call,
    methodsIn(textOf(source, methods)),
    pathsIn(source, url, constants),
    guarded(source, [object], dialect),
  );
}

/** Longer than any path; a call that is never closed goes on to the end of its file. */
const MAX_PATH_LENGTH = 1_000;

/** A text, a constant or a list of texts; expressions of other kinds are paths that nobody can tell. */
function pathsIn(source: Source, path: Span | string | undefined, constants: Constants): string[] {
  if (path === undefined) return [];
  const written = typeof path === 'string' ? path : textOf(source, path);
  const isList = written.startsWith('[') && typeof path !== 'string';
  const texts = isList ? splitArguments(source, path.from).map((part) => textOf(source, part)) : [written];
  return (
    texts
      .filter((text) => text.length <= MAX_PATH_LENGTH)
      // What a parameter may look like is no part of the path, and may stand elsewhere: `/:id(${UUID})`.
      .flatMap((text) => textValue(text.replace(/(:\w+)\([^()]*\$\{[^()]*\)/g, '$1'), constants) ?? [])
      .filter((text) => text === '' || /^[/*:]|^\w/.test(text))
  );
}

const GUARDING_OPTIONS = ['onRequest', 'preHandler', 'preValidation', 'preParsing'];

/** Whether what stands between the path and the handler, or in the options, speaks of logging in. */
function guarded(source: Source, parts: readonly Span[], dialect: RouterDialect): boolean | null {
  const [first] = parts;
  if (!dialect.guardsInOptions)
    return parts.slice(0, -1).some((part) => showsAuthentication(textOf(source, part))) ? true : null;
  if (first === undefined || source.mask[first.from] !== '{') return null;
  const options = GUARDING_OPTIONS.flatMap((key) => propertyOf(source, first, key) ?? []);
  return options.some((option) => showsAuthentication(textOf(source, option))) ? true : null;
}

function addGuard(
  file: Declarations,
  { handle, offset }: Call,
  prefix: string,
  parts: readonly Span[],
): void {
  const expressions = parts.filter((part) => showsAuthentication(textOf(file.source, part)));
  if (expressions.length > 0) file.guards.push({ handle, prefix, offset, expressions });
}

/** Middleware where routers are mounted otherwise (Hono). */
function readUse(file: Declarations, call: Call, parts: readonly Span[], constants: Constants): void {
  const { prefixes, rest } = prefixesOf(file.source, parts, constants);
  for (const prefix of prefixes) addGuard(file, call, prefix, rest);
}

function readMount(
  file: Declarations,
  call: Call,
  parts: readonly Span[],
  dialect: RouterDialect,
  constants: Constants,
): void {
  const { source } = file;
  const { handle, offset } = call;
  if (dialect.mountPrefix === 'options') {
    const [target, options] = parts;
    const written = options === undefined ? null : propertyOf(source, options, 'prefix');
    const prefix = written === null ? '' : textValue(textOf(source, written), constants);
    if (target !== undefined && prefix !== null)
      file.mounts.push({ handle, prefix, target, offset, guards: [] });
    return;
  }
  const { prefixes, rest } = prefixesOf(source, parts, constants);
  const guards = rest.filter((part) => showsAuthentication(textOf(source, part)));
  for (const prefix of prefixes) {
    addGuard(file, call, prefix, rest);
    for (const target of rest)
      file.mounts.push({
        handle,
        prefix,
        target,
        offset,
        guards: guards.filter(({ from }) => from < target.from),
      });
  }
}

/** Names that hold a path which stands in no text of this file: where it leads nobody can tell. */
const HOLDS_PATH = /^[A-Z][A-Z0-9_]*$|\b\w*(?:[pP]refix|[pP]ath|[bB]ase(?:Url|URL)?|[uU]rl)$/;

/** The paths that come before what is mounted; none where there is one that cannot be told. */
function prefixesOf(
  source: Source,
  parts: readonly Span[],
  constants: Constants,
): { prefixes: readonly string[]; rest: readonly Span[] } {
  const [first] = parts;
  const text = first === undefined ? '' : textOf(source, first);
  if (/^["'`[]/.test(text) || constants.has(text) || / \+ /.test(text))
    return {
      prefixes: pathsIn(source, first, constants).map((path) => path.replace(/\/?\*$/, '')),
      rest: parts.slice(1),
    };
  if (parts.length > 1 && HOLDS_PATH.test(text)) return { prefixes: [], rest: parts.slice(1) };
  return { prefixes: [''], rest: parts };
}
