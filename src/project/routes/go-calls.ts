import { type Span, splitArguments, textOf } from '../scan/calls.ts';
import { goText } from '../scan/go.ts';
import type { Source } from '../scan/source.ts';
import { type GoDialect, isGoGuard, isGoGuardAround } from './go-dialects.ts';
import { type Method, ROUTER_METHODS } from './route.ts';

/** A call of a method on a router. */
export interface GoCall {
  source: Source;
  /** Of the package. */
  constants: ReadonlyMap<string, string> | undefined;
  dialect: GoDialect;
  name: string;
  /** Offset of its `(`. */
  open: number;
}

/** What such a call does to the router it is made on. A path is null where it stands in no file. */
export type GoEffect =
  | { does: 'nothing' }
  /** Who calls what is declared from here on has logged in. */
  | { does: 'guard' }
  /** `body` is a function that is given the new router. */
  | { does: 'group'; path: string | null; isGuarded: boolean; body: Span | null }
  /** Another router goes below this one, if `target` is one. */
  | { does: 'mount'; target: Span; path: string | null; isGuarded: boolean; otherwise: GoEffect }
  | { does: 'route'; methods: readonly Method[]; path: string; isGuarded: boolean }
  /** What the chain has said so far is a route: its end tells which. */
  | { does: 'handle' };

/** What the parts of gorilla's chains have said so far. */
export interface GoPending {
  path: string | null;
  methods: Method[];
  isHandled: boolean;
  isGuarded: boolean;
}

const NOTHING: GoEffect = { does: 'nothing' };

/** null where nothing is known of such a call, nor of what it hands back. */
export function effectOf(call: GoCall, pending: GoPending): GoEffect | null {
  const { source, dialect, name } = call;
  const all = splitArguments(source, call.open);
  const [first, ...rest] = all;
  const text = (span: Span | undefined): string => (span === undefined ? '' : textOf(source, span));
  const path = (span: Span | undefined): string | null => goText(text(span), call.constants);
  const isGuarded = (spans: readonly Span[]): boolean => spans.some((span) => isGoGuard(text(span)));
  const literal = all.find((span) => text(span).startsWith('func'));

  if (name === 'Use') {
    // Behind a path it asks only those who call that.
    const guard: GoEffect = !text(first).startsWith('"') && isGuarded(all) ? { does: 'guard' } : NOTHING;
    return dialect.kind === 'fiber' && rest[0] !== undefined
      ? { does: 'mount', target: rest[0], path: path(first), isGuarded: false, otherwise: guard }
      : guard;
  }
  if (name === 'With' && dialect.kind === 'chi')
    return { does: 'group', path: '', isGuarded: isGuarded(all), body: null };
  if (name === 'Group' || (name === 'Route' && dialect.kind !== 'gorilla')) {
    const hasPath = first !== undefined && first !== literal;
    return {
      does: 'group',
      path: hasPath ? path(first) : '',
      isGuarded: isGuarded(rest),
      body: literal ?? null,
    };
  }
  if (name === 'Mount')
    return rest[0] === undefined
      ? NOTHING
      : {
          does: 'mount',
          target: rest[0],
          path: path(first),
          isGuarded: isGoGuardAround(text(rest[0])),
          otherwise: NOTHING,
        };
  return dialect.kind === 'gorilla' ? effectInChain(call, all, pending) : effectOfNamed(call, all);
}

/** Gorilla's chains say path, methods and handler in any order. */
function effectInChain(
  { source, constants, name }: GoCall,
  all: readonly Span[],
  pending: GoPending,
): GoEffect | null {
  const [first, second] = all;
  const path = first === undefined ? null : goText(textOf(source, first), constants);
  if (name === 'PathPrefix' || name === 'Path') {
    pending.path = path;
    return NOTHING;
  }
  if (name === 'Subrouter') {
    const prefix = pending.path ?? '';
    pending.path = null;
    return { does: 'group', path: prefix, isGuarded: false, body: null };
  }
  if (name === 'Methods') {
    pending.methods.push(...all.flatMap((span) => methodOf(textOf(source, span)) ?? []));
    return NOTHING;
  }
  if (name === 'HandleFunc' || name === 'Handle' || name === 'HandlerFunc' || name === 'Handler') {
    const handler = name.startsWith('Handler') ? first : second;
    if (!name.startsWith('Handler')) pending.path = path;
    const text = handler === undefined ? '' : textOf(source, handler);
    pending.isGuarded = isGoGuardAround(text);
    return mountOr(handler, text, false, servesFiles(text) ? NOTHING : { does: 'handle' });
  }
  return /^(?:StrictSlash|SkipClean|UseEncodedPath|Host|Schemes|Headers|Queries|Name)$/.test(name)
    ? NOTHING
    : null;
}

/** `GET("/x", …)`, `Handle("GET /x", …)`, `Method("GET", "/x", …)`, `Add(http.MethodGet, "/x", …)`, `Match([]string{"GET"}, "/x", …)`. */
function effectOfNamed({ source, constants, dialect, name }: GoCall, all: readonly Span[]): GoEffect | null {
  const texts = all.map((span) => textOf(source, span));
  const value = (index: number): string | null => goText(texts[index] ?? '', constants);
  const route = (methods: readonly Method[], at: number): GoEffect => {
    const path = value(at);
    const handlers = texts.slice(at + 1);
    return path === null || handlers.length === 0
      ? NOTHING
      : { does: 'route', methods, path, isGuarded: isGuardedRoute(dialect, handlers) };
  };

  if (/^Handle(?:Func)?$/.test(name) && dialect.kind !== 'gin' && dialect.kind !== 'echo') {
    const text = texts[1] ?? '';
    const isGuarded = isGoGuardAround(text);
    const own = dialect.kind === 'net-http' ? patternRoute(value(0) ?? '', isGuarded) : route(['ANY'], 0);
    return mountOr(all[1], text, isGuarded, servesFiles(text) ? NOTHING : own);
  }
  if (/^(?:Method|MethodFunc|Add|Handle)$/.test(name)) {
    const method = methodOf(texts[0] ?? '');
    return method === null ? NOTHING : route([method], 1);
  }
  if (name === 'Match') {
    const methods = [...(texts[0] ?? '').matchAll(/"\w+"|\bMethod\w+/g)].flatMap(
      ([one]) => methodOf(one) ?? [],
    );
    return route(methods, 1);
  }
  const method = methodNamed(name);
  return method === null || dialect.kind === 'net-http' ? null : route([method], 0);
}

/** `GET host/path` of Go 1.22 and later. */
function patternRoute(pattern: string, isGuarded: boolean): GoEffect {
  const [, verb, path] = /^(?:([A-Z]+)\s+)?(?:[\w.-]+)?(\/\S*)$/.exec(pattern) ?? [];
  const method = verb === undefined ? 'ANY' : methodNamed(verb);
  return path === undefined || method === null
    ? NOTHING
    : { does: 'route', methods: [method], path, isGuarded };
}

/** A handler may be a router, bare or inside of what is put around it; a function written there is none. */
function mountOr(handler: Span | undefined, text: string, isGuarded: boolean, otherwise: GoEffect): GoEffect {
  if (handler === undefined || text.startsWith('func')) return otherwise;
  const path = /\bStripPrefix\s*\(\s*"([^"\n]*)"/.exec(text)?.[1] ?? '';
  return { does: 'mount', target: handler, path, isGuarded, otherwise };
}

function servesFiles(handler: string): boolean {
  return /\bFileServer(?:FS)?\s*\(/.test(handler);
}

/** Middleware beside the handler, or around it. */
function isGuardedRoute({ handler }: GoDialect, handlers: readonly string[]): boolean {
  if (handler === 'only') return handlers.some(isGoGuardAround);
  const middleware = handler === 'first' ? handlers.slice(1) : handlers.slice(0, -1);
  return middleware.some(isGoGuard);
}

/** `"GET"`, `http.MethodGet`, `echo.GET` */
function methodOf(text: string): Method | null {
  return methodNamed(
    /^"(\w+)"$/.exec(text)?.[1] ?? /\bMethod(\w+)$/.exec(text)?.[1] ?? /\.([A-Z]+)$/.exec(text)?.[1] ?? '',
  );
}

function methodNamed(name: string): Method | null {
  const lower = name.toLowerCase();
  return Object.hasOwn(ROUTER_METHODS, lower) ? (ROUTER_METHODS[lower] ?? null) : null;
}
