import { callsOf, splitArguments, textOf } from '../scan/calls.ts';
import { isKeywordArgument, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { resourceApisIn } from './flask-resources.ts';
import type { PythonDialect, Router } from './python-dialect.ts';
import { type PythonModules, resolveName } from './python-modules.ts';
import { showsAuthentication } from './route.ts';

/** How far before a mount its loop may begin: a list of all routers of a backend is long. */
const MAX_LOOP_LENGTH = 4_000;

/** A router below another one. */
export interface MountOf {
  on: Router;
  target: Router;
  prefix: string | null;
  isGuarded: boolean;
}

export function mountsIn(
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
    if (on === undefined || first === undefined || isKeywordArgument(source, first)) continue;
    const targets = targetsAt(source, match.index, textOf(source, first)).flatMap(
      (expression) => named(modules, source, expression, routers) ?? [],
    );
    if (targets.length === 0) continue;
    const written = keywordArgument(source, parts, dialect.prefix);
    const prefix = written === null ? null : pythonText(textOf(source, written), modules.constantIn(source));
    // A prefix that nobody can tell would make paths that are not there.
    if (written !== null && prefix === null) continue;
    const guards = keywordArgument(source, parts, 'dependencies');
    const isGuarded = guards !== null && showsAuthentication(textOf(source, guards));
    mounts.push(...targets.map((target) => ({ on, target, prefix, isGuarded })));
  }
  if (dialect.mountsApps) mounts.push(...mountedApps(modules, source, routers));
  if (dialect.hasResources) mounts.push(...mountsOfApis(modules, source, routers));
  return mounts;
}

/** What is mounted: an expression, or the elements of the list that a loop around the call goes through: `for router in [users.router, …]:`. */
function targetsAt(source: Source, at: number, expression: string): string[] {
  const before = source.mask.slice(Math.max(0, at - MAX_LOOP_LENGTH), at);
  // Only what the loop does first: further down other names may be meant.
  const list = new RegExp(
    String.raw`\bfor[ \t]+${expression}[ \t]+in[ \t]*([[(])([^[\]()]*)[\])][ \t]*:\s*$`,
  ).exec(before);
  return /^\w+$/.test(expression) && list?.[2] !== undefined
    ? list[2].split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
    : [expression];
}

/** `app.mount('/api/v1', v1)`: files and other programs that are mounted so are no routers. */
function mountedApps(modules: PythonModules, source: Source, routers: readonly Router[]): MountOf[] {
  return [...callsOf(source, /(?<![\w.])(\w+)\s*\.\s*mount\s*\(/g)].flatMap(({ match, open }) => {
    const parts = splitArguments(source, open);
    const path = keywordArgument(source, parts, 'path') ?? parts[0];
    const app = keywordArgument(source, parts, 'app') ?? parts[1];
    const on = routerNamed(modules, source, match[1] ?? '', routers);
    const target = app === undefined ? undefined : routerNamed(modules, source, textOf(source, app), routers);
    const prefix = path === undefined ? null : pythonText(textOf(source, path), modules.constantIn(source));
    if (on === undefined || target?.isApp !== true || on === target || prefix === null) return [];
    return [{ on, target, prefix: prefix.replace(/\/$/, ''), isGuarded: false }];
  });
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

/** The router that a name or `module.name` means in a file. */
export function routerNamed(
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
