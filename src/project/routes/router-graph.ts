import type { Repository } from '../repository.ts';
import { type Span, textOf } from '../scan/calls.ts';
import { constantsOf, isJavaScript } from '../scan/javascript.ts';
import { type Import, moduleLinks, packageOf, resolveModule } from './modules.ts';
import { joinPath, MAX_VISITS, type Route } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { listOf } from './router-lists.ts';
import {
  type FunctionPlace,
  type Handle,
  handleAt,
  type Mount,
  readRouterFile,
  type RouterFile,
} from './router-file.ts';

/** Deeper than any real nesting of routers. */
const MAX_DEPTH = 12;
/** More than any real backend has; a bound against routers that mount each other. */
const MAX_ROUTES = 5_000;

/** Middleware that finds out who is calling. */
const LOOKS_WHO = /\b(?:auth|authenticate|authentication|authMiddleware)\b|\bpassport\b/;

/** What a mount leads to: routers under names, in files. */
interface Node {
  file: RouterFile;
  handle: Handle;
}

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
    // `require('./routes')(app)` and `registerRoutes(app)` hand the app to a function that declares on it.
    for (const target of handedTo(repository, files, node))
      visit(target, prefix, authenticated, [...path, handle]);
  };
  for (const root of rootsOf(repository, files, dialect)) visit(root, '', null, []);
  return routes;
}

function readFiles(repository: Repository, dialect: RouterDialect): ReadonlyMap<string, RouterFile> {
  const sources = new Map(repository.sources(isJavaScript).map((source) => [source.path, source]));
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
      return [path, readRouterFile(source, dialect, links, new Map(imported))];
    }),
  );
}

function isBelow(path: string, prefix: string): boolean {
  const [left, right] = [joinPath(path), joinPath(prefix)];
  return right === '/' || left === right || left.startsWith(`${right}/`);
}

/** The apps; where there is none, exported plugins that others do not mount and that mount others themselves (an app that the framework's own command starts). */
function rootsOf(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  dialect: RouterDialect,
): Node[] {
  const nodes = [...files.values()].flatMap((file) => file.handles.map((handle) => ({ file, handle })));
  const mounted = new Set(
    nodes.flatMap(({ file, handle }) =>
      file.mounts
        .filter((mount) => mount.handle === handle)
        .flatMap((mount) => targetsOf(repository, files, file, mount.target))
        .map((target) => target.handle),
    ),
  );
  const apps = nodes.filter(
    ({ file, handle }) => handle.kind === 'app' && !mounted.has(handle) && importsFramework(file, dialect),
  );
  // Where apps and routers are made alike, one that nobody mounts and that mounts nothing itself is served by nobody.
  const serving = apps.filter(
    ({ file, handle }) => isServed(file, handle) || file.mounts.some((mount) => mount.handle === handle),
  );
  if (dialect.makesRouter === null && serving.length > 0) return serving;
  // What a function makes and hands to nobody we can see is mounted somewhere, under a prefix that nobody can tell, where the same
  // package has an app that is served or mounts others.
  const leading = serving.filter(
    ({ file, handle }) =>
      isServed(file, handle) ||
      file.mounts.some(
        (mount) => mount.handle === handle && targetsOf(repository, files, file, mount.target).length > 0,
      ),
  );
  const packages = new Set(leading.map(({ file }) => packageOf(repository, file.source.path)));
  const seen = apps.filter(
    (node) =>
      leading.includes(node) ||
      node.handle.owner === null ||
      !packages.has(packageOf(repository, node.file.source.path)),
  );
  if (seen.length > 0) return seen;
  return nodes.filter(
    ({ file, handle }) =>
      handle.kind === 'parameter' &&
      !mounted.has(handle) &&
      isExportedByDefault(file, handle) &&
      file.mounts.some((mount) => mount.handle === handle),
  );
}

function isServed({ source }: RouterFile, { name }: Handle): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`);
  return new RegExp(
    String.raw`\b${escaped}\s*\.\s*(?:fetch|listen|ready|fire)\b|\b(?:serve|handle)\s*\(\s*${escaped}\b`,
  ).test(source.mask);
}

function isExportedByDefault(file: RouterFile, { owner }: Handle): boolean {
  if (owner === null) return false;
  return owner.isDefault || (owner.name !== null && file.links.exports.get('default') === owner.name);
}

/** Also by way of a module of the project's own that is called as the package is: `../shared/express`. */
function importsFramework({ links }: RouterFile, { packages }: RouterDialect): boolean {
  return [...links.imports.values()].some(({ specifier }) =>
    packages.some(
      (name) => specifier === name || (specifier.startsWith('.') && specifier.endsWith(`/${name}`)),
    ),
  );
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

/** What an expression leads to: a router, a module that exports one, or a function that makes one or declares on what it is given. */
function targetsOf(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  target: Span,
  isElement = false,
): Node[] {
  const text = textOf(file.source, target);
  const list = isElement ? null : listOf(repository, files, file, target);
  if (list !== null)
    return list.elements.flatMap((element) => targetsOf(repository, files, list.file, element, true));
  const [, specifier, member] =
    /^\(?(?:await\s+)?(?:require|import)\(\s*["']([^"']+)["']\s*\)\)?(?:\.([\w$]+))?/.exec(text) ?? [];
  if (specifier !== undefined)
    return exportedNodes(repository, files, file, { specifier, name: member ?? 'default' }, 0);
  const [, name = '', rest = ''] = /^(?:new\s+)?((?:this\.)?[\w$]+)((?:\.[\w$]+)?)/.exec(text) ?? [];
  if (name === '') return [];
  const inline = file.functions.find(({ body }) => body.from > target.from && body.to <= target.to);
  if (inline !== undefined && /^(?:async\b|function\b|\(|[\w$]+\s*=>)/.test(text))
    return nodesOfFunction(file, inline);
  return namedNodes(repository, files, file, name, rest.slice(1), target.from, 0);
}

function namedNodes(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  name: string,
  member: string,
  offset: number,
  depth: number,
): Node[] {
  const handle = handleAt(file.handles, name, offset);
  // `members.routes()` of Koa is the router; `fastify.authenticate` is something else.
  if (handle !== null) return /^(?:routes|middleware|router)?$/.test(member) ? [{ file, handle }] : [];
  const place = file.functions.find((one) => one.name === name);
  if (place !== undefined) return nodesOfFunction(file, place);
  const imported = file.links.imports.get(name);
  if (imported === undefined) return [];
  // `users.router` of `import * as users` and of `const users = require('./users')`.
  const asked =
    member !== '' && (imported.name === '*' || imported.name === 'default')
      ? [{ ...imported, name: member }, imported]
      : [imported];
  for (const one of asked) {
    const nodes = exportedNodes(repository, files, file, one, depth + 1);
    if (nodes.length > 0) return nodes;
  }
  return [];
}

function exportedNodes(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  from: RouterFile,
  { specifier, name }: Import,
  depth: number,
): Node[] {
  const path = resolveModule(repository, from.source.path, specifier);
  const file = path === null ? undefined : files.get(path);
  if (file === undefined || depth > MAX_DEPTH) return [];
  const again = file.links.reExports.get(name);
  if (again !== undefined) return exportedNodes(repository, files, file, again, depth + 1);
  if (name === 'default' || name === '*') {
    const nodes = defaultNodes(file);
    if (nodes.length > 0) return nodes;
  }
  const local = file.links.exports.get(name);
  if (local !== undefined)
    return namedNodes(repository, files, file, local, '', file.source.text.length, depth + 1);
  return file.links.wholes.flatMap((specifier) =>
    exportedNodes(repository, files, file, { specifier, name }, depth + 1),
  );
}

/** What a module exports by default. */
function defaultNodes(file: RouterFile): Node[] {
  const place = file.functions.find(({ isDefault }) => isDefault);
  if (place !== undefined) return nodesOfFunction(file, place);
  const local = file.links.exports.get('default');
  if (local === undefined) return [];
  const handle = handleAt(file.handles, local, file.source.text.length);
  if (handle !== null) return [{ file, handle }];
  const named = file.functions.find(({ name }) => name === local);
  return named === undefined ? [] : nodesOfFunction(file, named);
}

/** The routers that a function makes and gives back, else the one it is given. */
function nodesOfFunction(file: RouterFile, place: FunctionPlace): Node[] {
  const body = file.source.mask.slice(place.body.from, place.body.to);
  const made = file.handles.filter(
    ({ kind, owner, name }) =>
      kind !== 'parameter' &&
      owner === place &&
      new RegExp(String.raw`\breturn\s+${name.replace('$', '\\$')}\b`).test(body),
  );
  const given = file.handles.filter(({ kind, owner }) => kind === 'parameter' && owner === place);
  return (made.length > 0 ? made : given).map((handle) => ({ file, handle }));
}

const HANDED = /(?<![\w$.])(?:([\w$]+)|require\(\s*["'][^"'\n]*["']\s*\))\s*\(\s*((?:this\.)?[\w$]+)\s*[,)]/g;

function handedTo(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  { file, handle }: Node,
): Node[] {
  return [...file.source.mask.matchAll(HANDED)].flatMap((match) => {
    if (match[2] !== handle.name || handleAt(file.handles, handle.name, match.index) !== handle) return [];
    const target = { from: match.index, to: match.index + match[0].length };
    return targetsOf(repository, files, file, target).filter((node) => node.handle.kind === 'parameter');
  });
}
