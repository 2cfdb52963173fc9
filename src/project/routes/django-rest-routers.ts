import { callsOf, closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { definitionsIn, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { type Access, accessOfMethod, routesOfViewSet, viewOf } from './django-views.ts';
import { type PythonModules, resolveName } from './python-modules.ts';
import type { Route } from './route.ts';

interface Reading {
  modules: PythonModules;
  defaultAccess: Access;
}

/** Where a router is made, and what is known of it there. */
interface RestRouter {
  source: Source;
  name: string;
  offset: number;
  open: number;
  /** Name of its class in REST framework or an extension; of a class of the project's own, that of the one it extends. */
  made: string;
}

/** Deeper than any real nesting of routers. */
const MAX_DEPTH = 6;

/** What is registered at a router of REST framework and at those nested below it; null where there is no such router. */
export function routesOfRestRouter(
  reading: Reading,
  from: Source,
  expression: string,
  prefix: string,
): Route[] | null {
  const router = routerAt(reading.modules, from, expression);
  if (router === null) return null;
  const { source, name, made, offset, open } = router;
  const options = source.code.slice(offset, closingBracket(source, open));
  const slash = /trailing_slash\s*=\s*False/.test(options) ? '' : '/';
  const root: Route = {
    method: 'GET',
    path: `/${prefix}`,
    source,
    offset,
    authenticated: accessOfMethod(reading.defaultAccess, 'GET'),
  };
  const above = prefix + aboveOf(reading, router);
  const registered = registrationsOf(source, name).flatMap((call) =>
    routesOfRegistration(reading, source, call, above, slash, 0),
  );
  return /^(?:Extended)?DefaultRouter$/.test(made) ? [root, ...registered] : registered;
}

function routerAt(modules: PythonModules, from: Source, expression: string): RestRouter | null {
  const place = resolveName(modules, from, expression);
  if (place === null) return null;
  const { source, name } = place;
  const match = new RegExp(String.raw`(?<![\w.])${name}\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(\w*Router)\s*\(`).exec(
    source.mask,
  );
  if (match === null) return null;
  const [whole, made = ''] = match;
  const own = resolveName(modules, source, made);
  const extended = definitionsIn(own?.source ?? source).find(
    (one) => one.kind === 'class' && one.name === (own?.name ?? made),
  );
  const base =
    extended === undefined ? null : /(\w*Router)\b/.exec(textOf(own?.source ?? source, extended.head));
  return {
    source,
    name,
    offset: match.index,
    open: match.index + whole.length - 1,
    made: base?.[1] ?? made,
  };
}

/** `NestedSimpleRouter(router, 'clients', lookup='client')` of drf-nested-routers: what goes before all that is registered there. */
function aboveOf({ modules }: Reading, { source, made, open }: RestRouter): string {
  if (!made.startsWith('Nested')) return '';
  const parts = splitArguments(source, open);
  const [, second] = parts;
  const lookup = keywordArgument(source, parts, 'lookup');
  const valueOf = modules.constantIn(source);
  const parent = second === undefined ? null : pythonText(textOf(source, second), valueOf);
  const named = lookup === null ? 'nested' : pythonText(textOf(source, lookup), valueOf);
  return parent === null || named === null ? '' : `${fromExpression(parent)}/<${named}_pk>/`;
}

/** Open parentheses of `name.register(…)`. */
function registrationsOf(source: Source, name: string): number[] {
  return [...callsOf(source, new RegExp(String.raw`(?<![\w.])${name}\s*\.\s*register\s*\(`, 'g'))].map(
    ({ open }) => open,
  );
}

function routesOfRegistration(
  reading: Reading,
  source: Source,
  open: number,
  prefix: string,
  slash: string,
  depth: number,
): Route[] {
  const parts = splitArguments(source, open);
  const path = textIn(reading, source, keywordArgument(source, parts, 'prefix') ?? parts[0]);
  const second = keywordArgument(source, parts, 'viewset') ?? parts[1];
  if (path === null || second === undefined || depth > MAX_DEPTH) return [];
  const view = viewOf(reading.modules, source, textOf(source, second), reading.defaultAccess);
  const routes = routesOfViewSet(view, fromExpression(path)).map((route): Route => ({
    method: route.method,
    path: `/${prefix}${route.path}${slash}`.replace(/\/{2,}/g, '/'),
    source: route.extra?.source ?? source,
    offset: route.extra?.offset ?? open,
    authenticated: accessOfMethod(route.access, route.method),
  }));
  const below = `${prefix}${fromExpression(path)}/<parent_lookup>/`;
  const nested = nestedIn(source, open).flatMap((one) =>
    routesOfRegistration(reading, source, one, below, slash, depth + 1),
  );
  return [...routes, ...nested];
}

/**
 * Open parentheses of what is registered on what a registration hands back, as drf-extensions has it: `router.register(…).register(…)`,
 * and `builds = router.register(…)`, then `builds.register(…)`.
 */
function nestedIn(source: Source, open: number): number[] {
  const end = closingBracket(source, open) + 1;
  const chained = /^\s*\.\s*register\s*\(/.exec(source.mask.slice(end, end + 200));
  const [, name] =
    /(?:^|\n)[ \t]*(\w+)[ \t]*=[ \t]*(?:\([ \t]*\n?[ \t]*)?\w+\s*\.\s*register\s*\($/.exec(
      source.mask.slice(Math.max(0, open - 200), open + 1),
    ) ?? [];
  return [
    ...(chained === null ? [] : [end + chained[0].length - 1]),
    ...(name === undefined ? [] : registrationsOf(source, name)),
  ];
}

function textIn({ modules }: Reading, source: Source, span: Span | undefined): string | null {
  return span === undefined ? null : pythonText(textOf(source, span), modules.constantIn(source));
}

/** `^articles/(?P<year>[0-9]{4})/$` is `articles/<year>/`; groups without a name are told as `<n>`, a slash at the end that may be left out is. */
export function fromExpression(pattern: string): string {
  const named = pattern.replace(/^\^|(?:\/\?)?\$$/g, '').replace(/\\(?=[./-])/g, '');
  let text = '';
  for (let at = 0; at < named.length; at += 1) {
    if (named[at] !== '(') {
      text += named[at];
      continue;
    }
    let level = 0;
    const from = at;
    for (; at < named.length; at += 1) {
      if (named[at] === '(') level += 1;
      if (named[at] === ')') level -= 1;
      if (level === 0) break;
    }
    text += `<${/^\(\?P<(\w+)>/.exec(named.slice(from))?.[1] ?? 'n'}>`;
  }
  return text.replace(/[?*+]/g, '');
}
