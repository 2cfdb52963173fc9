import { joinPath } from './route.ts';

export type GoKind = 'chi' | 'gin' | 'echo' | 'fiber' | 'gorilla' | 'net-http';

/** How a Go router is made, typed, and puts paths together. */
export interface GoDialect {
  kind: GoKind;
  module: RegExp;
  makes: RegExp;
  types: RegExp;
  /** Which arguments of a route behind its path are no middleware: the handler. */
  handler: 'first' | 'last' | 'only';
  /** `/users` with `/` in it is `/users`; else the slash stays. */
  dropsSlash: boolean;
}

export const GO_DIALECTS: readonly GoDialect[] = [
  {
    kind: 'chi',
    module: /^github\.com\/go-chi\/chi(?:\/v\d+)?$/,
    makes: /^New(?:Router|Mux)$/,
    types: /^(?:Router|Mux)$/,
    handler: 'only',
    dropsSlash: true,
  },
  {
    kind: 'gin',
    module: /^github\.com\/gin-gonic\/gin$/,
    makes: /^(?:Default|New)$/,
    types: /^(?:Engine|RouterGroup|IRouter|IRoutes)$/,
    handler: 'last',
    dropsSlash: false,
  },
  {
    kind: 'echo',
    module: /^github\.com\/labstack\/echo(?:\/v\d+)?$/,
    makes: /^New$/,
    types: /^(?:Echo|Group)$/,
    handler: 'first',
    dropsSlash: false,
  },
  {
    kind: 'fiber',
    module: /^github\.com\/gofiber\/fiber(?:\/v\d+)?$/,
    makes: /^New$/,
    types: /^(?:App|Router|Group)$/,
    handler: 'last',
    dropsSlash: true,
  },
  {
    kind: 'gorilla',
    module: /^github\.com\/gorilla\/mux$/,
    makes: /^NewRouter$/,
    types: /^Router$/,
    handler: 'only',
    dropsSlash: false,
  },
  {
    kind: 'net-http',
    module: /^net\/http$/,
    makes: /^NewServeMux$/,
    types: /^ServeMux$/,
    handler: 'only',
    dropsSlash: false,
  },
];

/** The dialect whose package `alias` stands for in a file, and that calls one of its makers or types so. */
export function dialectOf(
  imports: ReadonlyMap<string, string>,
  alias: string,
  name: string,
  what: 'makes' | 'types',
): GoDialect | undefined {
  const path = imports.get(alias);
  return path === undefined
    ? undefined
    : GO_DIALECTS.find((dialect) => dialect.module.test(path) && dialect[what].test(name));
}

/** The dialect of a type as it is written: `*gin.RouterGroup`. */
export function dialectOfType(imports: ReadonlyMap<string, string>, type: string): GoDialect | undefined {
  const [, alias = '', name = ''] = /^\(?\s*(?:\w+\s+)?\*?(\w+)\.(\w+)/.exec(type) ?? [];
  return dialectOf(imports, alias, name, 'types');
}

export function joinGo(dialect: GoDialect, prefix: string, path: string): string {
  if (dialect.dropsSlash && path === '/') return joinPath(prefix);
  const joined = `${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return path === '' ? joinPath(prefix) : joined.startsWith('/') ? joined : `/${joined}`;
}

/** Whether a middleware lets only those pass who have logged in. What only reads a token does not. */
const READS_ONLY = /Verif|Session|Optional|Log(?!in)|CORS|Limit/i;
const GUARD =
  /(?:auth(?!or(?!iz))|jwt|logged_?in|login_?required|requires?_?(?:login|user|session|token|admin)|protect|(?:verify|check|validate)_?token|is_?admin|bearer)/i;

/** Of `auth.Required`, `jwtware.New(…)`, `middleware.BasicAuth("x", …)` the name that is called or handed over. */
export function isGoGuard(expression: string): boolean {
  const head = /^[\w.]+/.exec(expression)?.[0] ?? '';
  if (head === 'func') return false;
  const last = head.split('.').at(-1) ?? '';
  return GUARD.test(head) && !READS_ONLY.test(last);
}

/** `requireAuth(handler)`, also within other calls: the name that is called speaks, never that of the handler. */
export function isGoGuardAround(expression: string): boolean {
  const [outside = ''] = expression.split(/\bfunc\b/);
  return [...outside.matchAll(/([\w.]+)\(/g)].some(([, head = '']) => {
    const last = head.split('.').at(-1) ?? '';
    const speaks = GUARD.test(last) || (GUARD.test(head) && /middleware|require|guard|protect/i.test(last));
    return speaks && !READS_ONLY.test(last);
  });
}
