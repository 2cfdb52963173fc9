import type { Repository } from '../repository.ts';
import { type Span, textOf } from '../scan/calls.ts';
import { constantsOf, isJavaScript } from '../scan/javascript.ts';
import { classRouters } from './class-routers.ts';
import { settingsIn } from './config-paths.ts';
import { moduleLinks, resolveModule } from './modules.ts';
import { joinPath, MAX_VISITS, type Route } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { type Handle, type Mount, readRouterFile, type RouterFile } from './router-file.ts';
import { rootsOf } from './router-roots.ts';
import { defaultNodes, handedTo, type Node, targetsOf } from './router-targets.ts';

/** Deeper than any real nesting of routers. */
const MAX_DEPTH = 12;
/** More than any real backend has; a bound against routers that mount each other. */
const MAX_ROUTES = 5_000;

/** Middleware that finds out who is calling. */
const LOOKS_WHO = /\b(?:auth|authenticate|authentication|authMiddleware)\b|\bpassport\b/;

/** A folder whose files are mounted by where they lie (Fastify's autoload). */
export type MountFolder = (
  files: ReadonlyMap<string, RouterFile>,
  from: RouterFile,
  mount: Mount,
) => { file: RouterFile; prefix: string }[];

/** Every route that is reached from an app through the mounts between the files, with the prefixes on the way. */
export function routesOfRouters(
  repository: Repository,
  dialect: RouterDialect,
  mountFolder?: MountFolder,
): Route[] {
  const files = readFiles(repository, dialect);
  const routes: Route[] = [];
  let visits = 0;
  const visit = (
    node: Node,
    prefix: string,
    authenticated: boolean | null,
    path: readonly Handle[],
  ): void => {
    const { file, handle } = node;
    visits += 1;
    if (path.includes(handle) || path.length > MAX_DEPTH) return;
    if (routes.length > MAX_ROUTES || visits > MAX_VISITS) return;
    const base = joinPath(prefix, handle.prefix);
    // What is itself a router guards nothing, whatever it is called (`app.use('/auth', auth)`), and what an app uses for
    // all its routes mostly looks who is calling without sending anybody away (`app.use(authenticate)`).
    const isGuard = (expression: Span): boolean =>
      targetsOf(repository, files, file, expression).length === 0 &&
      !(handle.kind === 'app' && LOOKS_WHO.test(textOf(file.source, expression)));
    const guardedAt = (offset: number, path: string): boolean | null => {
      const guards = file.guards.filter(
        (guard) =>
          guard.handle === handle &&
          guard.offset < offset &&
          isBelow(path, guard.prefix) &&
          guard.expressions.some(isGuard),
      );
      return guards.length > 0 ? true : authenticated;
    };
    for (const route of file.routes.filter((one) => one.handle === handle)) {
      const { method, offset } = route;
      const routers = route.handler === null ? [] : routersIn(repository, files, file, route.handler);
      for (const target of routers) visit(target, base, guardedAt(offset, route.path), [...path, handle]);
      if (routers.length > 0) continue;
      routes.push({
        method,
        offset,
        source: file.source,
        path: joinPath(base, route.path),
        authenticated: route.authenticated ?? guardedAt(offset, route.path),
      });
    }
    for (const mount of file.mounts.filter((one) => one.handle === handle)) {
      const inherited = mount.guards.some(isGuard) ? true : guardedAt(mount.offset, mount.prefix);
      const inFolder = mountFolder?.(files, file, mount) ?? [];
      for (const { file: other, prefix: folder } of inFolder)
        for (const target of defaultNodes(other))
          visit(target, joinPath(base, mount.prefix, folder), inherited, [...path, handle]);
      if (inFolder.length > 0) continue;
      for (const target of targetsOf(repository, files, file, mount.target))
        visit(target, joinPath(base, mount.prefix), inherited, [...path, handle]);
    }
    for (const { node: router, prefix: before } of classRouters(files, node))
      visit(router, joinPath(base, before), authenticated, [...path, handle]);
    // `require('./routes')(app)` and `registerRoutes(app)` hand the app to a function that declares on it.
    for (const target of handedTo(repository, files, node))
      visit(target, prefix, authenticated, [...path, handle]);
  };
  for (const root of rootsOf(repository, files, dialect)) visit(root, '', null, []);
  return routes;
}

function readFiles(repository: Repository, dialect: RouterDialect): ReadonlyMap<string, RouterFile> {
  const sources = new Map(repository.sources(isJavaScript).map((source) => [source.path, source]));
  const settingsUsed = settingsIn(sources.values());
  return new Map(
    [...sources].map(([path, source]) => {
      const links = moduleLinks(source);
      const imported = [...links.imports].flatMap(([local, { specifier, name }]): [string, string][] => {
        // Only names that look like constants: everything else is a router or a function.
        const other = /^[A-Z][A-Z0-9_]*$/.test(local) ? resolveModule(repository, path, specifier) : null;
        const from = other === null ? undefined : sources.get(other);
        const text = from === undefined ? undefined : constantsOf(from).get(name);
        return text === undefined ? [] : [[local, text]];
      });
      const known = new Map([...imported, ...settingsUsed(source)]);
      return [path, readRouterFile(source, dialect, links, known)];
    }),
  );
}

function isBelow(path: string, prefix: string): boolean {
  const [left, right] = [joinPath(path), joinPath(prefix)];
  return right === '/' || left === right || left.startsWith(`${right}/`);
}

/** Of a handler: a function is none, though it may be given something that is called as routers are. */
function routersIn(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  handler: Span,
): Node[] {
  return targetsOf(repository, files, file, handler).filter((node) => node.handle.kind !== 'parameter');
}
