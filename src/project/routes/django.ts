import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { isKeywordArgument, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { fromExpression, routesOfRestRouter } from './django-rest-routers.ts';
import { type Access, accessOfMethod, accessOfPermissions, viewOf } from './django-views.ts';
import { fromAnglePath } from './flask.ts';
import { type PythonModules, pythonModules, resolveName } from './python-modules.ts';
import { methodNames } from './python-routers.ts';
import { endpointFact, MAX_VISITS, type Method, type Route } from './route.ts';

interface Reading {
  modules: PythonModules;
  defaultAccess: Access;
  routes: Route[];
  /** Entries that were read so far, those of included lists each time. */
  visits: number;
}

const MAX_DEPTH = 12;

export function djangoEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const modules = pythonModules(repository);
  const settings = modules.sources.find(({ code }) => /^ROOT_URLCONF\s*=/m.test(code));
  const urlconf =
    settings === undefined ? undefined : /^ROOT_URLCONF\s*=\s*["']([\w.]+)["']/m.exec(settings.code)?.[1];
  const root = settings === undefined || urlconf === undefined ? null : modules.resolve(settings, urlconf);
  if (settings === undefined || root === null) return [];
  const permissions = modules.sources.flatMap(
    ({ code }) => /["']DEFAULT_PERMISSION_CLASSES["']\s*:\s*([[(][^\])]*)/.exec(code)?.[1] ?? [],
  );
  // Without a word of it, REST framework lets everybody in.
  const reading: Reading = {
    modules,
    defaultAccess: accessOfPermissions(permissions[0]) ?? null,
    routes: [],
    visits: 0,
  };
  readList(reading, root, 'urlpatterns', '', 0);
  return reading.routes.map((route) => endpointFact(route, (path) => fromAnglePath(path)));
}

/** All that is put into a list of patterns of a file, and into what is added to it. */
function readList(reading: Reading, source: Source, list: string, prefix: string, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const match of source.mask.matchAll(
    new RegExp(String.raw`(?<![\w.])${list}\s*(?::[^=\n]+)?\+?=\s*`, 'g'),
  )) {
    const from = match.index + match[0].length;
    readSum(reading, source, from, prefix, depth);
  }
}

/** `[…] + router.urls`, `router.urls`, `format_suffix_patterns([…])`: term by term to the end of the statement. */
function readSum(reading: Reading, source: Source, from: number, prefix: string, depth: number): void {
  let at = from;
  for (;;) {
    const rest = source.mask.slice(at, at + 500);
    const [name] = /^[\w.]+/.exec(rest) ?? [''];
    const opener = source.mask[at + name.length];
    if (name === '' && opener === '[') readEntries(reading, source, at, prefix, depth);
    else if (opener === '(' && /^(?:format_suffix_patterns|list)$/.test(name))
      readSum(reading, source, at + name.length + 1, prefix, depth);
    else if (name.endsWith('.urls')) addRouter(reading, source, name.slice(0, -5), prefix);
    const end =
      opener === '[' || opener === '(' ? closingBracket(source, at + name.length) + 1 : at + name.length;
    const plus = /^[\s\\]*\+\s*/.exec(source.mask.slice(end, end + 200));
    if (plus === null || end === at) return;
    at = end + plus[0].length;
  }
}

/** The patterns of a list in brackets. */
function readEntries(reading: Reading, source: Source, open: number, prefix: string, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const entry of splitArguments(source, open)) {
    reading.visits += 1;
    if (reading.visits > MAX_VISITS) return;
    const text = textOf(source, entry);
    const [head, kind] = /^(?:\w+\.)?(path|re_path|url)\s*\(/.exec(text) ?? [];
    if (text.startsWith('*')) readSum(reading, source, entry.from + 1, prefix, depth);
    if (head === undefined) continue;
    const parts = splitArguments(source, entry.from + head.length - 1);
    const first = keywordArgument(source, parts, 'route') ?? parts[0];
    const view =
      keywordArgument(source, parts, 'view') ?? parts.filter((part) => !isKeywordArgument(source, part))[1];
    const written =
      first === undefined
        ? null
        : pythonText(withoutValues(textOf(source, first)), reading.modules.constantIn(source));
    if (written === null || view === undefined) continue;
    readView(
      reading,
      source,
      entry,
      view,
      prefix + (kind === 'path' ? written : fromExpression(written)),
      depth,
    );
  }
}

/** `r'^(%s)/builds/$' % slug_pattern`: what is put between the parentheses of a group only says what a parameter looks like. */
function withoutValues(expression: string): string {
  const [, written] = /^([rR]?(["'])(?:(?!\2)[^\\\n]|\\.)*\2)\s*%\s*[\w.(]/.exec(expression) ?? [];
  if (written === undefined) return expression;
  const isOnlyInGroups = !written.replace(/\((?:\?P<\w+>)?%s\)/g, '()').includes('%');
  return isOnlyInGroups ? written : expression;
}

/** Whether the expression is a router of REST framework. */
function addRouter(reading: Reading, from: Source, expression: string, prefix: string): boolean {
  const routes = routesOfRestRouter(reading, from, expression, prefix);
  reading.routes.push(...(routes ?? []));
  return routes !== null;
}

function readView(
  reading: Reading,
  source: Source,
  entry: Span,
  view: Span,
  path: string,
  depth: number,
): void {
  const text = textOf(source, view);
  const add = (method: Method, authenticated: boolean | null): void => {
    reading.routes.push({ method, path: `/${path}`, source, offset: entry.from, authenticated });
  };
  if (/^(?:\w+\.)?include\s*\(/.test(text)) {
    readInclude(reading, source, source.mask.indexOf('(', view.from), path, depth);
  } else if (/\bsite\.urls$/.test(text)) {
    add('ANY', true);
  } else {
    const actions = /\.as_view\s*\(\s*(\{[^}]*\})/.exec(text)?.[1];
    // Decorators around a view stand before it: the last name is that of the view.
    const name = /([\w.]+)(?:\(\s*\))?\.as_view\s*\(/.exec(text)?.[1] ?? /([\w.]+)\)*$/.exec(text)?.[1] ?? '';
    const found = viewOf(reading.modules, source, name, reading.defaultAccess);
    const access = /\b(?:login_required|permission_required|staff_member_required)\s*\(/.test(text)
      ? true
      : found.access;
    const methods =
      actions === undefined ? found.methods : methodNames(actions.replace(/:\s*["']\w+["']/g, ''));
    for (const method of methods) add(method, accessOfMethod(access, method));
  }
}

/** `include('patients.urls')`, `include(('patients.urls', 'patients'))`, `include(router.urls)`, `include([…])`, `include(patterns)`. */
function readInclude(reading: Reading, source: Source, open: number, prefix: string, depth: number): void {
  const [first] = splitArguments(source, open);
  if (first === undefined || depth > MAX_DEPTH) return;
  if (source.mask[first.from] === '[') {
    readEntries(reading, source, first.from, prefix, depth + 1);
    return;
  }
  if (source.mask[first.from] === '(') {
    readInclude(reading, source, first.from, prefix, depth + 1);
    return;
  }
  const text = textOf(source, first);
  const module = pythonText(text, () => null);
  if (module !== null) {
    const target = reading.modules.resolve(source, module);
    if (target !== null) readList(reading, target, 'urlpatterns', prefix, depth + 1);
  } else if (text.endsWith('.urls') && addRouter(reading, source, text.slice(0, -5), prefix)) {
    // Routers are the one thing with `urls` that is no module.
  } else {
    const imported = reading.modules.importsOf(source).get(text);
    const asModule =
      imported === undefined
        ? null
        : reading.modules.resolve(
            source,
            imported.name === null ? imported.module : `${imported.module}.${imported.name}`,
          );
    const place =
      asModule === null
        ? resolveName(reading.modules, source, text)
        : { source: asModule, name: 'urlpatterns' };
    if (place !== null) readList(reading, place.source, place.name, prefix, depth + 1);
  }
}
