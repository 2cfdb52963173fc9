import { callsOf, closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { constantsOf } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import type { ModuleLinks } from './modules.ts';
import type { Method } from './route.ts';
import { readCall } from './router-calls.ts';
import type { RouterDialect } from './router-dialect.ts';

/** A name under which routes are declared, and where in the file it means that. */
export interface Handle {
  name: string;
  kind: 'app' | 'router' | 'parameter';
  prefix: string;
  scope: Span;
  /** The function whose first parameter it is, or in which it is made. */
  owner: FunctionPlace | null;
  /** The expression of a function that makes it: what that one declares belongs to it as well. */
  madeBy?: Span;
}

export interface FunctionPlace {
  /** null where it has none: `export default async (fastify) => …`. */
  name: string | null;
  isDefault: boolean;
  /** As a member of what the module exports: `exports.init = function …`, `init: function …` in `module.exports = { … }`. */
  exportedAs: string | null;
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
  /** What answers every method may be a router, which then sees the whole path: `app.all('/users*', users)`. */
  handler: Span | null;
}

export interface Mount {
  handle: Handle;
  prefix: string;
  /** The expression that is mounted. */
  target: Span;
  offset: number;
  /** What may guard it: expressions before it in the same call that speak of logging in. */
  guards: readonly Span[];
}

/** A use of something that may guard all that is declared behind it and whose path begins with the prefix. */
export interface Guard {
  handle: Handle;
  prefix: string;
  offset: number;
  expressions: readonly Span[];
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

/** `imported` are the texts that names of other modules hold in this one. */
export function readRouterFile(
  source: Source,
  dialect: RouterDialect,
  links: ModuleLinks,
  imported: ReadonlyMap<string, string>,
): RouterFile {
  const constants = new Map([...imported, ...constantsOf(source, imported)]);
  const takesPart = mayDeclare(source, dialect);
  const functions = takesPart ? functionsOf(source) : [];
  const handles = takesPart ? handlesOf(source, dialect, functions, constants) : [];
  const file: RouterFile & { routes: DeclaredRoute[]; mounts: Mount[]; guards: Guard[] } = {
    source,
    links,
    functions,
    handles,
    routes: [],
    mounts: [],
    guards: [],
  };
  for (const handle of handles)
    if (handle.madeBy !== undefined)
      file.mounts.push({ handle, prefix: '', target: handle.madeBy, offset: handle.madeBy.from, guards: [] });
  for (const call of callsOn(source, handles)) readCall(file, call, dialect, constants);
  return file;
}

/** Most files of a backend have nothing to do with routes; of those only what they pass on is read. */
function mayDeclare({ code }: Source, { packages }: RouterDialect): boolean {
  return (
    packages.some((name) =>
      [`'${name}'`, `"${name}"`, `/${name}'`, `/${name}"`].some((end) => code.includes(end)),
    ) || SPEAKS_TO_ROUTER.test(code)
  );
}

const SPEAKS_TO_ROUTER =
  /\b(?:app|router|server|api|fastify|instance|scope|f)\s*(?:\.\s*(?:get|post|put|patch|delete|del|all|route|use|register|addHook)\s*[<(]|[,):]|\s=>)|\b(?:fastify-plugin|Router)\b|\b(?:create|make|new|build)Express\w*\s*\(/;

const FUNCTION =
  /(\bexport\s+default\s+|\bmodule\.exports\s*=\s*)?(?:\b(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*(?::\s*[\w$.<>, ]+)?\s*=\s*)?(?:\bfp\(\s*)?(?:async\s+)?(?:\bfunction\s*([\w$]*)\s*\(\s*([\w$]*)|\(\s*([\w$]+)(?=\s*[:,)=])|\((?=\s*[){])|\b([\w$]+)(?=\s*=>))/g;

function functionsOf(source: Source): FunctionPlace[] {
  const places: FunctionPlace[] = [];
  const object = exportedObject(source);
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
      exportedAs: memberBefore(source, match.index, object),
      parameter,
      parameterType: type === '' ? (declared ?? '') : type,
      body,
    });
  }
  return places;
}

/** The object that a module exports: `module.exports = { … }`, `export default { … }`. */
function exportedObject(source: Source): Span | null {
  const match = /\b(?:module\.exports\s*=|export\s+default)\s*\{/.exec(source.mask);
  if (match === null) return null;
  const from = match.index + match[0].length - 1;
  return { from, to: closingBracket(source, from) };
}

/** Longer than any name. */
const MAX_NAME_LENGTH = 200;

/** Under what name a function that begins here is exported. */
function memberBefore(source: Source, at: number, object: Span | null): string | null {
  const before = source.mask.slice(Math.max(0, at - MAX_NAME_LENGTH), at);
  const assigned = /\bexports\.([\w$]+)\s*=\s*$/.exec(before)?.[1];
  if (assigned !== undefined) return assigned;
  const key = /[{,]\s*([\w$]+)\s*:\s*$/.exec(before)?.[1];
  return key !== undefined && object !== null && object.from < at && at < object.to ? key : null;
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
  /(?:(?:\b(?:const|let|var|export\s+const)|,)\s+([\w$]+)|\b(this\.[\w$]+)|\b(?:public|private|protected|readonly)\s+(?:readonly\s+)?([\w$]+)|^[ \t]*([\w$]+)(?=\s*=[^=>]))\s*(?::\s*[\w$.<>, ]+)?\s*=\s*(?:(?:module\.)?exports\s*=\s*)?(?:await\s+)?/gm;

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
    const isMadeByProject = dialect.madeByProject?.test(expression) === true;
    const kind =
      isMadeByProject || dialect.makesApp.test(expression)
        ? 'app'
        : dialect.makesRouter?.test(expression) === true
          ? 'router'
          : null;
    if (kind === null) continue;
    const owner = innermost(functions, from);
    const prefix = dialect.prefixOf(source, { from, to: from + 400 }, constants);
    if (prefix === null) continue;
    const name = match[1] ?? match[2] ?? match[4] ?? `this.${match[3]}`;
    // What is only given its value here is declared outside.
    const isShared = name.startsWith('this.') || match[4] !== undefined;
    handles.push({
      name,
      kind,
      prefix,
      owner,
      scope: isShared ? everywhere : (owner?.body ?? everywhere),
      ...(isMadeByProject ? { madeBy: { from, to: from + expression.search(/\(/) } } : {}),
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

export interface Call {
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
    /(?<![\w$.])((?:this\.)?[\w$]+)\s*\.\s*([\w$]+)\s*(?:<[^()]{0,1000}>)?\(/g,
  )) {
    const handle = handleAt(handles, match[1] ?? '', match.index);
    if (handle !== null)
      yield* chain(source, { handle, method: match[2] ?? '', chainPath: null, open, offset: match.index });
  }
  // Calls on what has just been made: `const app = new Hono().get(…)`.
  for (const match of source.mask.matchAll(ASSIGNED)) {
    const handle = handleAt(handles, match[1] ?? match[2] ?? match[4] ?? '', match.index + match[0].length);
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
  const [first, second] = splitArguments(source, call.open);
  const isChain = call.method === 'route' && first !== undefined && second === undefined;
  const chainPath = isChain ? textOf(source, first) : call.chainPath;
  yield* behind(source, closingBracket(source, call.open) + 1, { handle: call.handle, chainPath });
}

function* behind(
  source: Source,
  at: number,
  { handle, chainPath }: Pick<Call, 'handle' | 'chainPath'>,
): Generator<Call> {
  const next = /^\s*\.\s*([\w$]+)\s*(?:<[^()]*>)?\(/.exec(source.mask.slice(at, at + 400));
  if (next === null) return;
  const offset = at + next[0].length - (/[\w$]+\s*(?:<[^()]*>)?\($/.exec(next[0])?.[0].length ?? 0);
  yield* chain(source, { handle, method: next[1] ?? '', chainPath, open: at + next[0].length - 1, offset });
}
