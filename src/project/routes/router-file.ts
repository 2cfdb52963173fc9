import { callsOf, closingBracket, propertyOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { constantsOf, textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import { type ModuleLinks, moduleLinks } from './modules.ts';
import { type Method, ROUTER_METHODS, showsAuthentication } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';

/** A name under which routes are declared, and where in the file it means that. */
export interface Handle {
  name: string;
  kind: 'app' | 'router' | 'parameter';
  prefix: string;
  scope: Span;
  /** The function whose first parameter it is, or in which it is made. */
  owner: FunctionPlace | null;
}

export interface FunctionPlace {
  /** null where it has none: `export default async (fastify) => …`. */
  name: string | null;
  isDefault: boolean;
  parameter: string;
  parameterType: string;
  body: Span;
}

export interface DeclaredRoute {
  handle: Handle;
  method: Method;
  path: string;
  offset: number;
  authenticated: boolean | null;
}

export interface Mount {
  handle: Handle;
  prefix: string;
  /** The expression that is mounted. */
  target: Span;
  offset: number;
  authenticated: boolean | null;
}

/** A use of something that guards all that is declared behind it. */
export interface Guard {
  handle: Handle;
  offset: number;
}

export interface RouterFile {
  source: Source;
  links: ModuleLinks;
  functions: readonly FunctionPlace[];
  handles: readonly Handle[];
  routes: readonly DeclaredRoute[];
  mounts: readonly Mount[];
  guards: readonly Guard[];
}

export function readRouterFile(source: Source, dialect: RouterDialect): RouterFile {
  const constants = constantsOf(source);
  const functions = functionsOf(source);
  const handles = handlesOf(source, dialect, functions, constants);
  const file: RouterFile & { routes: DeclaredRoute[]; mounts: Mount[]; guards: Guard[] } = {
    source,
    links: moduleLinks(source),
    functions,
    handles,
    routes: [],
    mounts: [],
    guards: [],
  };
  for (const call of callsOn(source, handles)) readCall(file, call, dialect, constants);
  return file;
}

const FUNCTION =
  /(\bexport\s+default\s+|\bmodule\.exports\s*=\s*)?(?:\b(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*(?::\s*[\w$.<>, ]+)?\s*=\s*)?(?:\bfp\(\s*)?(?:async\s+)?(?:\bfunction\s*([\w$]*)\s*\(\s*([\w$]*)|\(\s*([\w$]+)(?=\s*[:,)=])|\((?=\s*[){])|\b([\w$]+)(?=\s*=>))/g;

function functionsOf(source: Source): FunctionPlace[] {
  const places: FunctionPlace[] = [];
  for (const match of source.mask.matchAll(FUNCTION)) {
    const [whole, exported, assigned, named, first, second, third] = match;
    const parameter = first ?? second ?? third ?? '';
    const at = match.index + whole.length;
    const body = bodyBehind(source, third === undefined ? source.mask.lastIndexOf('(', at) : null, at);
    if (body === null) continue;
    const type = /^\s*:\s*([\w$.]+)/.exec(source.mask.slice(at, at + 100))?.[1] ?? '';
    const declared = /:\s*([\w$.]+)[\w$<>, .]*=\s*(?:fp\(\s*)?(?:async\s+)?\($/.exec(
      source.mask.slice(match.index, at - parameter.length).trimEnd(),
    )?.[1];
    places.push({
      name: assigned ?? (named === '' || named === undefined ? null : named),
      isDefault: exported !== undefined,
      parameter,
      parameterType: type === '' ? (declared ?? '') : type,
      body,
    });
  }
  return places;
}

/** Body of a function: from the parenthesis of its parameters, or from the name of its only one. */
function bodyBehind(source: Source, open: number | null, at: number): Span | null {
  const behind = open === null ? at : closingBracket(source, open) + 1;
  const head =
    /^\s*(?::\s*[\w$.<>|[\] ]+)?\s*(?:=>\s*)?/.exec(source.mask.slice(behind, behind + 300))?.[0] ?? '';
  const from = behind + head.length;
  if (source.mask[from] === '{') return { from, to: closingBracket(source, from) };
  if (!head.includes('=>')) return null;
  // An expression: up to the end of its line is enough for `app => app.get(…)`.
  const end = source.mask.indexOf('\n', from);
  return { from, to: end === -1 ? source.mask.length : end };
}

const ASSIGNED =
  /(?:\b(?:const|let|var|export\s+const)\s+([\w$]+)|\b(this\.[\w$]+)|\b(?:public|private|protected|readonly)\s+(?:readonly\s+)?([\w$]+))\s*(?::\s*[\w$.<>, ]+)?\s*=\s*(?:await\s+)?/g;

function handlesOf(
  source: Source,
  dialect: RouterDialect,
  functions: readonly FunctionPlace[],
  constants: ReadonlyMap<string, string>,
): Handle[] {
  const everywhere = { from: 0, to: source.text.length };
  const handles: Handle[] = [];
  for (const match of source.mask.matchAll(ASSIGNED)) {
    const from = match.index + match[0].length;
    const expression = source.mask.slice(from, from + 200);
    const kind = dialect.makesApp.test(expression)
      ? 'app'
      : dialect.makesRouter?.test(expression) === true
        ? 'router'
        : null;
    if (kind === null) continue;
    const owner = innermost(functions, from);
    const prefix = dialect.prefixOf(source, { from, to: from + 400 }, constants);
    const name = match[1] ?? match[2] ?? `this.${match[3]}`;
    handles.push({
      name,
      kind,
      prefix,
      owner,
      scope: name.startsWith('this.') ? everywhere : (owner?.body ?? everywhere),
    });
  }
  const parameters = functions.filter(
    ({ parameter, parameterType }) =>
      dialect.pluginTypes.test(parameterType) || dialect.pluginParameters.test(parameter),
  );
  return [
    ...handles,
    ...parameters.map((owner): Handle => ({
      name: owner.parameter,
      kind: 'parameter',
      prefix: '',
      owner,
      scope: owner.body,
    })),
  ];
}

function innermost(functions: readonly FunctionPlace[], offset: number): FunctionPlace | null {
  return (
    functions
      .filter(({ body }) => body.from < offset && offset < body.to)
      .toSorted((a, b) => b.body.from - a.body.from)[0] ?? null
  );
}

/** The handle that a name means at a place: the one of the innermost scope. */
export function handleAt(handles: readonly Handle[], name: string, offset: number): Handle | null {
  return (
    handles
      .filter((handle) => handle.name === name && handle.scope.from <= offset && offset <= handle.scope.to)
      .toSorted((a, b) => b.scope.from - a.scope.from)[0] ?? null
  );
}

interface Call {
  handle: Handle;
  method: string;
  /** Of `route('/path')` before it in the chain. */
  chainPath: string | null;
  open: number;
  offset: number;
}

/** Calls of methods on handles, with those chained behind them: `app.get(…).post(…)`, `router.route('/x').get(…)`. */
function* callsOn(source: Source, handles: readonly Handle[]): Generator<Call> {
  if (handles.length === 0) return;
  for (const { match, open } of callsOf(
    source,
    /(?<![\w$.])((?:this\.)?[\w$]+)\s*\.\s*([\w$]+)\s*(?:<[^()\n]*>)?\(/g,
  )) {
    const handle = handleAt(handles, match[1] ?? '', match.index);
    if (handle !== null)
      yield* chain(source, { handle, method: match[2] ?? '', chainPath: null, open, offset: match.index });
  }
  // Calls on what has just been made: `const app = new Hono().get(…)`.
  for (const match of source.mask.matchAll(ASSIGNED)) {
    const handle = handleAt(handles, match[1] ?? match[2] ?? '', match.index + match[0].length);
    const made = /^(?:new\s+)?[\w$.]+\s*(?:<[^()\n]*>)?\(/.exec(
      source.mask.slice(match.index + match[0].length),
    );
    if (handle === null || handle.kind === 'parameter' || made === null) continue;
    yield* behind(source, closingBracket(source, match.index + match[0].length + made[0].length - 1) + 1, {
      handle,
      chainPath: null,
    });
  }
}

function* chain(source: Source, call: Call): Generator<Call> {
  yield call;
  const [first] = splitArguments(source, call.open);
  const chainPath = call.method === 'route' && first !== undefined ? textOf(source, first) : call.chainPath;
  yield* behind(source, closingBracket(source, call.open) + 1, { handle: call.handle, chainPath });
}

function* behind(
  source: Source,
  at: number,
  { handle, chainPath }: Pick<Call, 'handle' | 'chainPath'>,
): Generator<Call> {
  const next = /^\s*\.\s*([\w$]+)\s*(?:<[^()\n]*>)?\(/.exec(source.mask.slice(at, at + 400));
  if (next === null) return;
  const offset = at + next[0].length - (/[\w$]+\s*(?:<[^()\n]*>)?\($/.exec(next[0])?.[0].length ?? 0);
  yield* chain(source, { handle, method: next[1] ?? '', chainPath, open: at + next[0].length - 1, offset });
}

type Writable = Omit<RouterFile, 'routes' | 'mounts' | 'guards'> & {
  routes: DeclaredRoute[];
  mounts: Mount[];
  guards: Guard[];
};

function readCall(
  file: Writable,
  call: Call,
  dialect: RouterDialect,
  constants: ReadonlyMap<string, string>,
): void {
  const { source } = file;
  const parts = splitArguments(source, call.open);
  const method = Object.hasOwn(ROUTER_METHODS, call.method) ? ROUTER_METHODS[call.method] : undefined;
  if (method !== undefined) {
    const paths =
      call.chainPath === null
        ? pathsIn(source, parts[0], constants)
        : pathsIn(source, call.chainPath, constants);
    const rest = call.chainPath === null ? parts.slice(1) : parts;
    // `app.get('port')` reads a setting.
    if (rest.length === 0) return;
    for (const path of paths)
      file.routes.push({
        handle: call.handle,
        method,
        path,
        offset: call.offset,
        authenticated: guarded(source, rest, dialect),
      });
    return;
  }
  const [first] = parts;
  if (first === undefined) return;
  if (call.method === 'route' && source.mask[first.from] === '{')
    readRouteObject(file, call, first, constants, dialect);
  else if (
    call.method === 'addHook' &&
    showsAuthentication(
      parts
        .slice(1)
        .map((part) => textOf(source, part))
        .join(' '),
    )
  )
    file.guards.push({ handle: call.handle, offset: call.offset });
  else if (dialect.mounts.includes(call.method)) readMount(file, call, parts, constants, dialect);
}

/** `fastify.route({ method: ['GET', 'HEAD'], url: '/x', … })` */
function readRouteObject(
  file: Writable,
  call: Call,
  object: Span,
  constants: ReadonlyMap<string, string>,
  dialect: RouterDialect,
): void {
  const { source } = file;
  const methods = propertyOf(source, object, 'method');
  const url = propertyOf(source, object, 'url') ?? propertyOf(source, object, 'path');
  if (methods === null || url === null) return;
  for (const [, name = ''] of textOf(source, methods).matchAll(/["'](\w+)["']/g)) {
    const method = ROUTER_METHODS[name.toLowerCase()];
    if (method === undefined) continue;
    for (const path of pathsIn(source, url, constants))
      file.routes.push({
        handle: call.handle,
        method,
        path,
        offset: call.offset,
        authenticated: guarded(source, [object], dialect),
      });
  }
}

/** A text, a constant or a list of texts; expressions of other kinds are paths that nobody can tell. */
function pathsIn(
  source: Source,
  path: Span | string | undefined,
  constants: ReadonlyMap<string, string>,
): string[] {
  if (path === undefined) return [];
  const written = typeof path === 'string' ? path : textOf(source, path);
  const texts =
    written.startsWith('[') && typeof path !== 'string'
      ? splitArguments(source, path.from).map((part) => textOf(source, part))
      : [written];
  return texts
    .flatMap((text) => textValue(text, constants) ?? [])
    .filter((text) => text === '' || /^[/*:]|^\w/.test(text));
}

const GUARDING_OPTIONS = ['onRequest', 'preHandler', 'preValidation', 'preParsing', 'config'];

/** What stands between the path and the handler. */
function guarded(source: Source, parts: readonly Span[], dialect: RouterDialect): boolean | null {
  const [first] = parts;
  if (dialect.guardsInOptions) {
    if (first === undefined || source.mask[first.from] !== '{') return null;
    const options = GUARDING_OPTIONS.flatMap((key) => propertyOf(source, first, key) ?? []);
    return options.some((option) => showsAuthentication(textOf(source, option))) ? true : null;
  }
  return parts.slice(0, -1).some((part) => showsAuthentication(textOf(source, part))) ? true : null;
}

function readMount(
  file: Writable,
  call: Call,
  parts: readonly Span[],
  constants: ReadonlyMap<string, string>,
  dialect: RouterDialect,
): void {
  const { source } = file;
  const { handle, offset } = call;
  if (dialect.mountPrefix === 'options') {
    const [target, options] = parts;
    const written = options === undefined ? null : propertyOf(source, options, 'prefix');
    const prefix = written === null ? '' : textValue(textOf(source, written), constants);
    if (target !== undefined && prefix !== null)
      file.mounts.push({ handle, prefix, target, offset, authenticated: null });
    return;
  }
  const [first] = parts;
  if (first === undefined) return;
  const isPath = /^["'`[]/.test(textOf(source, first)) || constants.has(textOf(source, first));
  const prefixes = isPath ? pathsIn(source, first, constants) : [''];
  const rest = isPath ? parts.slice(1) : parts;
  const guards = rest.filter((part) => showsAuthentication(textOf(source, part)));
  if (!isPath && guards.length > 0) file.guards.push({ handle, offset });
  for (const prefix of prefixes)
    for (const target of rest) {
      const authenticated = guards.some((guard) => guard.from < target.from) ? true : null;
      file.mounts.push({ handle, prefix, target, offset, authenticated });
    }
}
