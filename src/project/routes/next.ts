import { posix } from 'node:path';
import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { closingBracket } from '../scan/calls.ts';
import { isJavaScript } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import { endpointFact, joinPath, type Method, ROUTER_METHODS, type Route } from './route.ts';

/** Where files are routes; the rest of the path is that of the URL. */
const APP_ROUTE = /^(?:.*?\/)?app\/((?:.*\/)?)route\.[jt]sx?$/;
const PAGES_API = /^(?:.*?\/)?pages\/(api\/.+)\.[jt]sx?$/;

/** Calls that ask who is calling. */
const ASKS_WHO =
  /\b(?:getServerSession|getSession|currentUser|getToken|requireUser|requireSession|verifySession|validateRequest)\s*\(|\bawait\s+auth\s*\(|\bauth\.protect\s*\(/;

export function nextEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const settings = repository.own.find(({ name }) => /^next\.config\.[cm]?[jt]s$/.test(name));
  const written = settings === undefined ? undefined : repository.source(settings)?.code;
  const basePath = /\bbasePath\s*:\s*["'`]([^"'`]*)["'`]/.exec(written ?? '')?.[1] ?? '';
  return repository
    .sources(isJavaScript)
    .flatMap((source) => [...appRoutes(source, basePath), ...pagesRoutes(source, basePath)])
    .map((route) => endpointFact(route, (path) => path));
}

/** Route handlers are exports whose names are methods. */
function appRoutes(source: Source, basePath: string): Route[] {
  const folder = APP_ROUTE.exec(source.path)?.[1];
  const path = folder === undefined ? null : urlPath(folder);
  if (path === null) return [];
  const exported = [
    ...source.mask.matchAll(
      /\bexport\s+(?:async\s+)?(?:function|const|let|var)\s+(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b/g,
    ),
    ...source.mask.matchAll(/\bexport\s*\{[^{}]*\}/g),
  ].flatMap((match) => {
    const names =
      match[1] === undefined
        ? [
            ...match[0].matchAll(/(?:\bas\s+|[{,]\s*)(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s*(?=[,}])/g),
          ].map(([, name = '']) => name)
        : [match[1]];
    return names.map((name) => ({ method: name as Method, offset: match.index }));
  });
  return exported.map(({ method, offset }) => ({
    method,
    path: joinPath(basePath, path),
    source,
    offset,
    authenticated: ASKS_WHO.test(bodyAt(source, offset)) ? true : null,
  }));
}

function bodyAt(source: Source, offset: number): string {
  const head = source.mask.indexOf('(', offset);
  const open = head === -1 ? -1 : source.mask.indexOf('{', closingBracket(source, head));
  return open === -1 ? '' : source.code.slice(open, closingBracket(source, open));
}

/** One function answers every method, unless it says which it takes. */
function pagesRoutes(source: Source, basePath: string): Route[] {
  const place = PAGES_API.exec(source.path)?.[1];
  const path = place === undefined ? null : urlPath(place.replace(/(?:^|\/)index$/, ''));
  const start = source.mask.search(/\bexport\s+default\b/);
  if (path === null || start === -1) return [];
  const named = [
    ...source.code.matchAll(
      /\.method\s*===?\s*["'](\w+)["']|\bcase\s+["'](GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)["']/g,
    ),
  ].flatMap((match) => ROUTER_METHODS[(match[1] ?? match[2] ?? '').toLowerCase()] ?? []);
  const methods: readonly Method[] = named.length === 0 ? ['ANY'] : [...new Set(named)];
  const authenticated = ASKS_WHO.test(source.code) ? true : null;
  return methods.map((method) => ({
    method,
    path: joinPath(basePath, path),
    source,
    offset: start,
    authenticated,
  }));
}

/** Folders to a path: groups `(shop)` and slots `@modal` are no parts of it, `_private` folders are not served. */
function urlPath(folders: string): string | null {
  const parts = posix.normalize(`/${folders}`).split('/').filter(Boolean);
  if (parts.some((part) => part.startsWith('_'))) return null;
  return joinPath(
    ...parts
      .filter((part) => !/^\(.*\)$|^@/.test(part))
      .map((part) => part.replace(/^\[{1,2}(?:\.\.\.)?([\w-]+)\]{1,2}$/, '{$1}')),
  );
}
