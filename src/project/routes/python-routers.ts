import type { Repository } from '../repository.ts';
import { callsOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { definitionsIn, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { methodsOfClass, resourceApisIn, resourceRoutesIn } from './flask-resources.ts';
import type { PythonDialect, Router } from './python-dialect.ts';
import { type PythonModules, pythonModules, resolveName } from './python-modules.ts';
import { mountsIn, routerNamed } from './python-mounts.ts';
import { MAX_VISITS, type Method, ROUTER_METHODS, type Route, showsAuthentication } from './route.ts';

const MAX_DEPTH = 12;

export function routesOfPython(repository: Repository, dialect: PythonDialect): Route[] {
  const modules = pythonModules(repository);
  const routers = modules.sources.flatMap((source) => routersIn(modules, source, dialect));
  const declared = modules.sources.flatMap((source) => routesIn(modules, source, routers, dialect));
  const mounts = modules.sources.flatMap((source) => mountsIn(modules, source, routers, dialect));
  const routes: Route[] = [];
  let visits = 0;
  const visit = (router: Router, prefix: string, isGuarded: boolean, path: readonly Router[]): void => {
    visits += 1;
    if (path.includes(router) || path.length > MAX_DEPTH || visits > MAX_VISITS) return;
    const guarded = isGuarded || router.isGuarded;
    for (const { route } of declared.filter(({ on }) => on === router)) {
      visits += 1;
      routes.push({
        ...route,
        path: `${prefix}${route.path}` || '/',
        authenticated: guarded ? true : route.authenticated,
      });
    }
    for (const mount of mounts.filter(({ on }) => on === router)) {
      const own = dialect.mountReplaces
        ? (mount.prefix ?? mount.target.prefix)
        : `${mount.prefix ?? ''}${mount.target.prefix}`;
      visit(mount.target, `${prefix}${own}`, guarded || mount.isGuarded, [...path, router]);
    }
  };
  // An app that others mount answers there, and nowhere else.
  const mounted = new Set(mounts.map(({ target }) => target));
  for (const app of routers.filter((one) => one.isApp && !mounted.has(one)))
    visit(app, app.prefix, false, []);
  return routes;
}

function routersIn(modules: PythonModules, source: Source, dialect: PythonDialect): Router[] {
  const routers: Router[] = [];
  for (const { match, open } of callsOf(
    source,
    /(?<![\w.])(\w+)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*=\s*([\w.]+)\s*\(/g,
  )) {
    const [, name = '', made = ''] = match;
    const maker = classBehind(modules, source, made);
    const isApp = dialect.app.test(maker) || handsBackApp(modules, source, made, dialect);
    if (!isApp && !dialect.router.test(maker)) continue;
    const parts = splitArguments(source, open);
    const written = keywordArgument(source, parts, dialect.prefix);
    const prefix = written === null ? '' : pythonText(textOf(source, written), modules.constantIn(source));
    const guards = keywordArgument(source, parts, 'dependencies');
    if (prefix !== null)
      routers.push({
        source,
        name,
        isApp,
        prefix,
        isGuarded: guards !== null && showsAuthentication(textOf(source, guards)),
      });
  }
  if (dialect.hasResources)
    for (const { name, prefix } of resourceApisIn(modules, source))
      routers.push({ source, name, isApp: false, prefix, isGuarded: false });
  // A function that is given the app declares on it as the app's own file does.
  for (const { kind, head, name } of definitionsIn(source)) {
    const parameter = /^\s*(app|application)\b/.exec(textOf(source, head))?.[1];
    if (kind !== 'def' || parameter === undefined || routers.some((one) => one.name === parameter)) continue;
    if (/^(?:init|register|add|setup|configure|create|mount|include)/.test(name))
      routers.push({ source, name: parameter, isApp: true, prefix: '', isGuarded: false });
  }
  return routers;
}

/** Of a class of the project's own the one of the framework that it extends: `class AuthBlueprint(Blueprint)`. */
function classBehind(modules: PythonModules, source: Source, made: string): string {
  const place = /(?:^|\.)_?[A-Z]\w*$/.test(made) ? resolveName(modules, source, made) : null;
  if (place === null) return made;
  const own = definitionsIn(place.source).find(({ kind, name }) => kind === 'class' && name === place.name);
  return own === undefined ? made : (/^\s*([\w.]+)/.exec(textOf(place.source, own.head))?.[1] ?? made);
}

/** `app = create_app()`, where another module makes the app and hands it back. */
function handsBackApp(modules: PythonModules, source: Source, made: string, dialect: PythonDialect): boolean {
  if (!/(?:^|\.)\w*app(?:lication)?$/.test(made)) return false;
  const place = resolveName(modules, source, made);
  if (place === null || place.source === source) return false;
  const factory = definitionsIn(place.source).find(({ kind, name }) => kind === 'def' && name === place.name);
  const body = factory === undefined ? '' : textOf(place.source, factory.body);
  const returned = /^[ \t]+return[ \t]+(\w+)[ \t]*$/m.exec(body)?.[1];
  return (
    returned !== undefined &&
    [
      ...place.source.mask.matchAll(new RegExp(`(?<![\\w.])${returned}[ \\t]*=\\s*([\\w.]+)\\s*\\(`, 'g')),
    ].some(([, maker = '']) => dialect.app.test(maker))
  );
}

/** Routes that a file declares, with the router of each: a blueprint may be made elsewhere. */
function routesIn(
  modules: PythonModules,
  source: Source,
  routers: readonly Router[],
  dialect: PythonDialect,
): { on: Router; route: Route }[] {
  const valueOf = modules.constantIn(source);
  const definitions = definitionsIn(source);
  const decorated = definitions.flatMap((definition) =>
    definition.decorators.flatMap((decorator) => {
      const [head, name = '', verb = ''] = /^@(\w+)\.(\w+)\s*\(/.exec(textOf(source, decorator)) ?? [];
      const on = head === undefined ? undefined : routerNamed(modules, source, name, routers);
      if (head === undefined || on === undefined) return [];
      const parts = splitArguments(source, decorator.from + head.length - 1);
      const first =
        keywordArgument(source, parts, 'path') ?? keywordArgument(source, parts, 'rule') ?? parts[0];
      const path = first === undefined ? null : pythonText(textOf(source, first), valueOf);
      if (path === null) return [];
      const authenticated = dialect.guards(source, definition, decorator) ? true : null;
      return methodsOf(source, verb, parts, dialect).map((method) => ({
        on,
        route: { method, path, source, offset: decorator.from, authenticated },
      }));
    }),
  );
  const added = [...callsOf(source, /(?<![\w.])(\w+)\s*\.\s*add_url_rule\s*\(/g)].flatMap(
    ({ match, open }) => {
      const on = routerNamed(modules, source, match[1] ?? '', routers);
      const parts = splitArguments(source, open);
      const path = parts[0] === undefined ? null : pythonText(textOf(source, parts[0]), valueOf);
      if (on === undefined || path === null) return [];
      return methodsOfRule(modules, source, parts, dialect).map((method) => ({
        on,
        route: { method, path, source, offset: match.index, authenticated: null },
      }));
    },
  );
  const resources = dialect.hasResources
    ? resourceRoutesIn(modules, source, (name) => routerNamed(modules, source, name, routers))
    : [];
  return [...decorated, ...added, ...resources];
}

/** Of `add_url_rule`: what it says, else what the class of its view answers. */
function methodsOfRule(
  modules: PythonModules,
  source: Source,
  parts: readonly Span[],
  dialect: PythonDialect,
): Method[] {
  const written = keywordArgument(source, parts, 'methods');
  if (written !== null) return askedMethods(textOf(source, written), dialect);
  const view = keywordArgument(source, parts, 'view_func');
  const name = view === null ? undefined : /^([\w.]+)\.as_view\s*\(/.exec(textOf(source, view))?.[1];
  if (name === undefined) return ['GET'];
  return methodsOfClass(modules, source, name);
}

function methodsOf(source: Source, verb: string, parts: readonly Span[], dialect: PythonDialect): Method[] {
  const method = Object.hasOwn(ROUTER_METHODS, verb) ? ROUTER_METHODS[verb] : undefined;
  if (method !== undefined) return [method];
  if (!dialect.general.test(verb)) return [];
  const written = keywordArgument(source, parts, 'methods');
  return written === null ? [...dialect.generalMethods] : askedMethods(textOf(source, written), dialect);
}

/** What the framework answers of every route by itself says nothing beside other methods. */
function askedMethods(text: string, { answersItself = [] }: PythonDialect): Method[] {
  const methods = methodNames(text);
  const asked = methods.filter((method) => !answersItself.includes(method));
  return asked.length === 0 ? methods : asked;
}

/** Of a list of texts. */
export function methodNames(text: string): Method[] {
  return [...text.matchAll(/["'](\w+)["']/g)].flatMap(
    ([, name = '']) => ROUTER_METHODS[name.toLowerCase()] ?? [],
  );
}
