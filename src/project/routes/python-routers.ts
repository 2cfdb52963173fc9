import type { Repository } from '../repository.ts';
import { callsOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import {
  type Definition,
  definitionsIn,
  keywordArgument,
  isKeywordArgument,
  pythonText,
} from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { methodsOfClass, resourceApisIn, resourceRoutesIn } from './flask-resources.ts';
import { type PythonModules, pythonModules, resolveName } from './python-modules.ts';
import { MAX_VISITS, type Method, ROUTER_METHODS, type Route, showsAuthentication } from './route.ts';

/** How FastAPI and Flask name the same things. */
export interface PythonDialect {
  /** Classes of apps and of what has to be mounted. */
  app: RegExp;
  router: RegExp;
  /** Keyword of a prefix, where a router is made and where it is mounted. */
  prefix: string;
  /** Whether the prefix of a mount takes the place of the router's own (Flask) or goes before it. */
  mountReplaces: boolean;
  mount: RegExp;
  /** Decorators without a method in their names: `route`, `api_route`, and the methods they stand for by themselves. */
  general: RegExp;
  generalMethods: readonly Method[];
  /** Whether extensions declare classes of resources (Flask-RESTful). */
  hasResources?: boolean;
  /** Whether what follows `Depends` in parameters or a decorator beside the route shows that callers have logged in. */
  guards: (source: Source, definition: Definition, decorator: Span) => boolean;
}

interface Router {
  source: Source;
  name: string;
  isApp: boolean;
  prefix: string;
  isGuarded: boolean;
}

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
  for (const app of routers.filter(({ isApp }) => isApp)) visit(app, app.prefix, false, []);
  return routes;
}

function routersIn(modules: PythonModules, source: Source, dialect: PythonDialect): Router[] {
  const routers: Router[] = [];
  for (const { match, open } of callsOf(
    source,
    /(?<![\w.])(\w+)(?:[ \t]*:[ \t]*[\w.]+)?[ \t]*=\s*([\w.]+)\s*\(/g,
  )) {
    const [, name = '', made = ''] = match;
    const isApp = dialect.app.test(made) || handsBackApp(modules, source, made, dialect);
    if (!isApp && !dialect.router.test(made)) continue;
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

interface MountOf {
  on: Router;
  target: Router;
  prefix: string | null;
  isGuarded: boolean;
}

function mountsIn(
  modules: PythonModules,
  source: Source,
  routers: readonly Router[],
  dialect: PythonDialect,
): MountOf[] {
  const mounts: MountOf[] = [];
  for (const { match, open } of callsOf(
    source,
    new RegExp(String.raw`(?<![\w.])(\w+)\s*\.\s*(?:${dialect.mount.source})\s*\(`, 'g'),
  )) {
    const on = routerNamed(modules, source, match[1] ?? '', routers);
    const parts = splitArguments(source, open);
    const [first] = parts;
    const target =
      first === undefined || isKeywordArgument(source, first)
        ? undefined
        : named(modules, source, textOf(source, first), routers);
    if (on === undefined || target === undefined) continue;
    const written = keywordArgument(source, parts, dialect.prefix);
    const prefix = written === null ? null : pythonText(textOf(source, written), modules.constantIn(source));
    // A prefix that nobody can tell would make paths that are not there.
    if (written !== null && prefix === null) continue;
    const guards = keywordArgument(source, parts, 'dependencies');
    mounts.push({
      on,
      target,
      prefix,
      isGuarded: guards !== null && showsAuthentication(textOf(source, guards)),
    });
  }
  return dialect.hasResources ? [...mounts, ...mountsOfApis(modules, source, routers)] : mounts;
}

/** APIs of resources are made on what they declare on, or get it later: `api.init_app(app)`. */
function mountsOfApis(modules: PythonModules, source: Source, routers: readonly Router[]): MountOf[] {
  const mountOf = (on: Router | undefined, target: Router | undefined): MountOf[] =>
    on === undefined || target === undefined || on === target
      ? []
      : [{ on, target, prefix: null, isGuarded: false }];
  const made = resourceApisIn(modules, source).flatMap(({ name, on }) =>
    on === null
      ? []
      : mountOf(
          routerNamed(modules, source, textOf(source, on), routers),
          routers.find((router) => router.source === source && router.name === name),
        ),
  );
  const later = [...callsOf(source, /(?<![\w.])(\w+)\s*\.\s*init_app\s*\(/g)].flatMap(({ match, open }) => {
    const [first] = splitArguments(source, open);
    const target = routerNamed(modules, source, match[1] ?? '', routers);
    return first === undefined
      ? []
      : mountOf(routerNamed(modules, source, textOf(source, first), routers), target);
  });
  return [...made, ...later];
}

function named(
  modules: PythonModules,
  from: Source,
  expression: string,
  routers: readonly Router[],
): Router | undefined {
  const place = resolveName(modules, from, expression);
  return place === null
    ? undefined
    : routers.find(({ source, name }) => source === place.source && name === place.name);
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
      return methodsOfRule(modules, source, parts).map((method) => ({
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
function methodsOfRule(modules: PythonModules, source: Source, parts: readonly Span[]): Method[] {
  const written = keywordArgument(source, parts, 'methods');
  if (written !== null) return methodNames(textOf(source, written));
  const view = keywordArgument(source, parts, 'view_func');
  const name = view === null ? undefined : /^([\w.]+)\.as_view\s*\(/.exec(textOf(source, view))?.[1];
  if (name === undefined) return ['GET'];
  return methodsOfClass(modules, source, name);
}

function routerNamed(
  modules: PythonModules,
  source: Source,
  name: string,
  routers: readonly Router[],
): Router | undefined {
  return (
    routers.find((router) => router.source === source && router.name === name) ??
    named(modules, source, name, routers)
  );
}

function methodsOf(source: Source, verb: string, parts: readonly Span[], dialect: PythonDialect): Method[] {
  const method = Object.hasOwn(ROUTER_METHODS, verb) ? ROUTER_METHODS[verb] : undefined;
  if (method !== undefined) return [method];
  if (!dialect.general.test(verb)) return [];
  const written = keywordArgument(source, parts, 'methods');
  return written === null ? [...dialect.generalMethods] : methodNames(textOf(source, written));
}

/** Of a list of texts. */
export function methodNames(text: string): Method[] {
  return [...text.matchAll(/["'](\w+)["']/g)].flatMap(
    ([, name = '']) => ROUTER_METHODS[name.toLowerCase()] ?? [],
  );
}
