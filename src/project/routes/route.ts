import type { Fact, ProjectEndpoint } from '../facts.ts';
import { lineAt, type Source } from '../scan/source.ts';

export type Method = ProjectEndpoint['method'];

/** Names of methods as most routers call them; `all` answers every method. */
export const ROUTER_METHODS: Readonly<Record<string, Method>> = {
  get: 'GET',
  head: 'HEAD',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  del: 'DELETE',
  options: 'OPTIONS',
  all: 'ANY',
  any: 'ANY',
};

/**
 * How many routers, statements and routes are read on the ways through a repository, each as often as ways lead to it:
 * those that name each other many times over have more ways between them than could ever be gone.
 */
export const MAX_VISITS = 20_000;

export interface Route {
  method: Method;
  /** From the root of the server, in the framework's own form. */
  path: string;
  source: Source;
  /** Where the declaration begins. */
  offset: number;
  authenticated: boolean | null;
  /** false where a convention decides the path. */
  isCertain?: boolean;
}

export function endpointFact(route: Route, toOpenApi: (path: string) => string): Fact<ProjectEndpoint> {
  const location = `${route.source.path}:${lineAt(route.source, route.offset)}`;
  return {
    value: {
      method: route.method,
      path: toOpenApi(route.path),
      location,
      authenticated: route.authenticated,
    },
    certainty: route.isCertain === false ? 'guessed' : 'found',
    where: [location],
  };
}

/** Parts of a path with exactly one slash between them; a slash at the very end stays only where the last part has one and `keepLast` says so. */
export function joinPath(...parts: string[]): string {
  const joined = `/${parts.join('/')}`.replace(/\/{2,}/g, '/');
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

/** `/users/:id(\\d+)` of Express and its kin; an optional parameter is written as if it were needed. */
export function fromColonPath(path: string): string {
  return (
    path
      // A slash that may be left out: `/files/?*`, `/users/?`.
      .replace(/\/\?\*/g, '/*')
      .replace(/(?<=.)\/\?$/, '')
      .replace(/:([A-Za-z_]\w*)(?:\([^)]*\)|\{[^}]*\})?[?*+]?/g, '<$1>')
      .replace(/\*([A-Za-z_]\w*)/g, '<$1>')
      // Braces that are left are those of optional parts: `/users{/:id}`.
      .replace(/[{}]/g, '')
      .replace(/<(\w+)>/g, '{$1}')
  );
}

/** `{id:[0-9]{3}}`, `{path...}` and `{*path}` say which characters a parameter takes. */
export function fromBracePath(path: string): string {
  let out = '';
  let depth = 0;
  let isName = true;
  for (const char of path) {
    if (char === '{') depth += 1;
    if (depth === 1 && (char === ':' || char === '.')) isName = false;
    if (depth === 0 || (depth === 1 && (isName || char === '}'))) out += char;
    if (char === '}') depth -= 1;
    if (depth === 0) isName = true;
  }
  return out
    .replace(/\{\$\}$/, '')
    .replace(/\{\*/g, '{')
    .replace(/^$/, '/');
}

/** Names that say that whoever calls must have logged in; limits of rates and routers of login pages do not. */
const AUTHENTICATION =
  /(?:auth(?!or(?!iz))|jwt|loggedin|login_?required|requires?_?(?:login|user|session|token|admin)|protect|verify_?token|check_?token|ensure_?user|is_?admin|current_?user|bearer)/i;

export function showsAuthentication(expression: string): boolean {
  return expression
    .split(/[^\w$.'"]+/)
    .some(
      (word) =>
        AUTHENTICATION.test(word) && !/limit|rate|rout(?:er|es)\b|optional|unauth|no_?auth/i.test(word),
    );
}
