import { posix } from 'node:path';
import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { callsOf, closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { phpChainAt, phpClosure, type PhpCall, phpEntry, phpList, phpText } from '../scan/php.ts';
import type { Source } from '../scan/source.ts';
import { resourceRoutes } from './laravel-resources.ts';
import {
  endpointFact,
  fromBracePath,
  joinPath,
  MAX_VISITS,
  type Method,
  type Route,
  ROUTER_METHODS,
} from './route.ts';

/** What groups say of all that is declared in them. */
interface Around {
  /** null where it stands in no file. */
  prefix: string | null;
  authenticated: boolean | null;
}

interface Reader {
  repository: Repository;
  /** Folder of the application, with a slash at its end. */
  root: string;
  routes: Route[];
  /** Files that are being read: one may ask for itself. */
  open: Set<string>;
  /** Groups around what is being read. */
  depth: number;
  /** Statements that were read so far, those of files each time. */
  visits: number;
}

/** Deeper than that nobody nests by hand. */
const MAX_DEPTH = 20;

const NOWHERE: Around = { prefix: '', authenticated: null };

/** What loads the files of routes; older versions have the provider. */
const START = /(?<=^|\/)(?:bootstrap\/app|app\/Providers\/RouteServiceProvider)\.php$/;

export function laravelEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const starts = repository.sources((path) => START.test(path));
  const roots = new Set(starts.map(({ path }) => path.replace(START, '')));
  return [...roots].flatMap((root) => {
    const reader: Reader = { repository, root, routes: [], open: new Set(), depth: 0, visits: 0 };
    for (const source of starts.filter(({ path }) => path === `${root}bootstrap/app.php`))
      for (const { open } of callsOf(source, /->\s*withRouting\s*\(/g)) readRouting(reader, source, open);
    readFile(reader, `${root}app/Providers/RouteServiceProvider.php`, NOWHERE);
    return reader.routes.map((route) =>
      endpointFact(route, (path) => fromBracePath(path.replaceAll('?}', '}'))),
    );
  });
}

/** `withRouting(web: …, api: …, apiPrefix: 'api', health: '/up')` of Laravel 11 and later. */
function readRouting(reader: Reader, source: Source, open: number): void {
  const named = new Map<string, Span>();
  for (const part of splitArguments(source, open)) {
    const head = /^(\w+)\s*:\s*(?!:)/.exec(source.mask.slice(part.from, part.to));
    if (head?.[1] !== undefined) named.set(head[1], { from: part.from + head[0].length, to: part.to });
  }
  const text = (name: string): string | null | undefined => {
    const span = named.get(name);
    return span === undefined ? undefined : phpText(textOf(source, span));
  };
  const fronts: readonly (readonly [string, string | null])[] = [
    ['web', ''],
    ['api', text('apiPrefix') === undefined ? 'api' : (text('apiPrefix') ?? null)],
  ];
  for (const [name, prefix] of fronts) {
    const files = named.get(name);
    for (const span of files === undefined ? [] : phpList(source, files)) {
      const path = fileIn(reader, source, span);
      if (path !== null) readFile(reader, path, { prefix, authenticated: null });
    }
  }
  const health = text('health');
  const place = named.get('health');
  if (typeof health === 'string' && place !== undefined)
    add(reader, source, place.from, 'GET', health, NOWHERE);
  const then = named.get('then');
  const body = then === undefined ? null : phpClosure(source, then);
  if (body !== null) readSpan(reader, source, body, NOWHERE);
}

/** `__DIR__.'/../routes/web.php'`, `base_path('routes/web.php')` */
function fileIn({ root }: Reader, source: Source, span: Span): string | null {
  const written = textOf(source, span);
  const [, own] = /^__DIR__\s*\.\s*["']\/?([\w./-]+\.php)["']$/.exec(written) ?? [];
  if (own !== undefined) return posix.join(posix.dirname(source.path), own);
  const [, based] = /^base_path\s*\(\s*["']\/?([\w./-]+\.php)["']\s*\)$/.exec(written) ?? [];
  return based === undefined ? null : posix.join(root, based);
}

function readFile(reader: Reader, path: string, around: Around): void {
  const file = reader.repository.file(path);
  const source = file === undefined ? null : reader.repository.source(file);
  if (source === null || reader.open.has(path)) return;
  reader.open.add(path);
  readSpan(reader, source, { from: 0, to: source.mask.length }, around);
  reader.open.delete(path);
}

/** The statements of a file or closure. What a condition or a loop decides is left out. */
function readSpan(reader: Reader, source: Source, span: Span, around: Around): void {
  const starts =
    /(?<![\w$\\>])(?:(?:if|elseif|foreach|for|while)\s*\(|else\s*(?=\{)|Route\s*::\s*|(?:require|include)(?:_once)?\b\s*)/g;
  starts.lastIndex = span.from;
  for (
    let match = starts.exec(source.mask);
    match !== null && match.index < span.to;
    match = starts.exec(source.mask)
  ) {
    reader.visits += 1;
    if (reader.visits > MAX_VISITS) return;
    const end = match.index + match[0].length;
    if (match[0].startsWith('Route')) {
      const { calls, to } = phpChainAt(source, end);
      readChain(reader, source, calls, around);
      starts.lastIndex = Math.max(to, end);
    } else if (/^(?:require|include)/.test(match[0])) {
      const semicolon = source.mask.indexOf(';', end);
      const path = fileIn(reader, source, { from: end, to: semicolon === -1 ? end : semicolon });
      if (path !== null) readFile(reader, path, around);
    } else {
      const behind = match[0].endsWith('(') ? closingBracket(source, end - 1) + 1 : end;
      const brace = /^\s*\{/.exec(source.mask.slice(behind, behind + 200))?.[0];
      const semicolon = source.mask.indexOf(';', behind);
      starts.lastIndex =
        brace === undefined ? Math.max(behind, semicolon) : closingBracket(source, behind + brace.length - 1);
    }
  }
}

/** Attributes before and behind the call that declares; all of them hold for it. */
function readChain(reader: Reader, source: Source, calls: readonly PhpCall[], around: Around): void {
  let own: Around = around;
  for (const { name, arguments: all } of calls) {
    const [first] = all;
    if (name === 'prefix')
      own = {
        ...own,
        prefix: joined(own.prefix, first === undefined ? null : phpText(textOf(source, first))),
      };
    if (name === 'middleware' && all.some((span) => asksForLogin(source, span)))
      own = { ...own, authenticated: true };
    if (name === 'withoutMiddleware' && all.some((span) => asksForLogin(source, span)))
      own = { ...own, authenticated: null };
  }
  for (const call of calls) {
    const [first, second] = call.arguments;
    if (call.name === 'group') readGroup(reader, source, call.arguments, own);
    else if (/^(?:api)?(?:[rR]esources?|[sS]ingleton)$/.test(call.name)) {
      for (const { method, path } of resourceRoutes(source, call, calls))
        add(reader, source, call.offset, method, path, own);
    } else
      for (const method of methodsOf(source, call)) {
        const path = call.name === 'match' ? second : first;
        const text = path === undefined ? null : phpText(textOf(source, path));
        if (text !== null && call === declaring(calls)) add(reader, source, call.offset, method, text, own);
      }
  }
}

/** `get` behind a route would be something else's. */
function declaring(calls: readonly PhpCall[]): PhpCall | undefined {
  return calls.find(
    ({ name }) =>
      Object.hasOwn(ROUTER_METHODS, name) || /^(?:match|view|(?:permanentR|r)edirect)$/.test(name),
  );
}

function methodsOf(source: Source, { name, arguments: all }: PhpCall): readonly Method[] {
  if (name === 'view') return ['GET'];
  if (name === 'redirect' || name === 'permanentRedirect') return ['ANY'];
  const names =
    name === 'match' && all[0] !== undefined
      ? phpList(source, all[0]).flatMap((span) => phpText(textOf(source, span)) ?? [])
      : [name];
  return names.flatMap((verb) =>
    Object.hasOwn(ROUTER_METHODS, verb.toLowerCase()) ? (ROUTER_METHODS[verb.toLowerCase()] ?? []) : [],
  );
}

/** `group(function () { … })`, `group(['prefix' => 'x'], …)`, `group(base_path('routes/x.php'))` */
function readGroup(reader: Reader, source: Source, all: readonly Span[], around: Around): void {
  const [first] = all;
  const last = all.at(-1);
  if (first === undefined || last === undefined) return;
  const own = { ...around };
  if (all.length > 1) {
    const prefix = phpEntry(source, first, 'prefix');
    if (prefix !== null) own.prefix = joined(own.prefix, phpText(textOf(source, prefix)));
    const middleware = phpEntry(source, first, 'middleware');
    if (middleware !== null && asksForLogin(source, middleware)) own.authenticated = true;
    // Attributes that are made elsewhere may hold a prefix.
    if (source.mask[first.from] !== '[') own.prefix = null;
  }
  if (reader.depth >= MAX_DEPTH) return;
  reader.depth += 1;
  const body = phpClosure(source, last);
  const path = body === null ? fileIn(reader, source, last) : null;
  if (body !== null) readSpan(reader, source, body, own);
  else if (path !== null) readFile(reader, path, own);
  reader.depth -= 1;
}

function joined(front: string | null, path: string | null): string | null {
  return front === null || path === null ? null : joinPath(front, path);
}

/** `auth`, `auth:sanctum`, `Authenticate::class`, alone or in a list. */
function asksForLogin(source: Source, span: Span): boolean {
  return phpList(source, span).some((part) => {
    const written = textOf(source, part);
    return (
      /^(?:auth(?:$|[:.])|jwt\.(?:auth|verify)$)/.test(phpText(written) ?? '') ||
      /(?:^|\\)Authenticate(?:WithBasicAuth)?::(?:class|using)\b/.test(written)
    );
  });
}

function add(
  { routes }: Reader,
  source: Source,
  offset: number,
  method: Method,
  path: string,
  { prefix, authenticated }: Around,
): void {
  if (prefix !== null) routes.push({ method, path: joinPath(prefix, path), source, offset, authenticated });
}
