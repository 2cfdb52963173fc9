import type { Source } from '../scan/source.ts';
import { type GoDialect, joinGo } from './go-dialects.ts';
import { fromBracePath, fromColonPath, type Method, type Route } from './route.ts';

/** A router as the code holds it: made, grouped, handed to a function, or handed back by one. */
export interface GoRouter {
  /** null where only what it is mounted on or made of could say. */
  dialect: GoDialect | null;
  /** Whether it answers at the root of a server when nothing mounts it. */
  isRoot: boolean;
  /** Whether a middleware so far asks who is calling. */
  isGuarded: boolean;
  mounts: GoMount[];
}

export interface GoMount {
  parent: GoRouter;
  /** null where it stands in no file. */
  prefix: string | null;
  isGuarded: boolean;
}

export interface GoRoute {
  router: GoRouter;
  dialect: GoDialect;
  method: Method;
  path: string;
  source: Source;
  offset: number;
  isGuarded: boolean;
}

export function makeRouter(dialect: GoDialect | null, isRoot = false): GoRouter {
  return { dialect, isRoot, isGuarded: false, mounts: [] };
}

/** A router below another one, with what the other one asks for by now. */
export function childOf(parent: GoRouter, prefix: string | null, isGuarded = false): GoRouter {
  const child = makeRouter(parent.dialect);
  mount(child, parent, prefix, isGuarded);
  return child;
}

export function mount(child: GoRouter, parent: GoRouter, prefix: string | null, isGuarded = false): void {
  if (child !== parent) child.mounts.push({ parent, prefix, isGuarded: isGuarded || parent.isGuarded });
}

interface Place {
  prefix: string;
  isGuarded: boolean;
}

/** Routers that are mounted a hundred times are generated; a few of their places say enough. */
const MAX_PLACES = 50;

/** Routers that are mounted twice on others that are have more ways to the root than could ever be gone. */
const MAX_VISITS_OF_ROUTE = 2_000;

/** Where a router answers; nowhere, if nobody mounts it or a prefix is not known. */
function placesOf(router: GoRouter, seen: readonly GoRouter[], visits = { count: 0 }): Place[] {
  visits.count += 1;
  if (seen.includes(router) || visits.count > MAX_VISITS_OF_ROUTE) return [];
  if (router.mounts.length === 0) return router.isRoot ? [{ prefix: '', isGuarded: false }] : [];
  return router.mounts
    .flatMap(({ parent, prefix, isGuarded }) =>
      prefix === null
        ? []
        : placesOf(parent, [...seen, router], visits).map((place) => ({
            prefix: prefix === '' ? place.prefix : `${place.prefix}/${prefix}`.replace(/\/{2,}/g, '/'),
            isGuarded: isGuarded || place.isGuarded,
          })),
    )
    .slice(0, MAX_PLACES);
}

export function resolvedRoutes({ router, dialect, path, isGuarded, ...route }: GoRoute): Route[] {
  return placesOf(router, []).map((place): Route => ({
    ...route,
    path: joinGo(dialect, place.prefix, path),
    authenticated: isGuarded || place.isGuarded ? true : null,
  }));
}

/** `:id` of gin, echo and fiber; `{id}` of the others. */
export function goPath({ kind }: GoDialect): (path: string) => string {
  return kind === 'gin' || kind === 'echo' || kind === 'fiber' ? fromColonPath : fromBracePath;
}
