import { callsOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { definitionsIn, isKeywordArgument, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { type PythonModules, resolveName } from './python-modules.ts';
import { type Method, ROUTER_METHODS, type Route } from './route.ts';

/** `api = Api(blueprint, prefix='/v1')` of Flask-RESTful and flask-restx: what declares resources, and on what. */
export interface ResourceApi {
  name: string;
  prefix: string;
  /** The app or the blueprint; null where `init_app` says it later. */
  on: Span | null;
}

export function resourceApisIn(modules: PythonModules, source: Source): ResourceApi[] {
  return [...callsOf(source, /(?<![\w.])(\w+)[ \t]*=[ \t]*(\w+(?:\.\w+)?)\s*\(/g)].flatMap(
    ({ match, open }) => {
      const [, name = '', made = ''] = match;
      const [alias = '', member] = made.split('.');
      const imported = modules.importsOf(source).get(alias);
      const isApi = (member ?? imported?.name) === 'Api';
      if (!isApi || !/^flask_rest(?:ful|x|plus)$/.test(imported?.module ?? '')) return [];
      const parts = splitArguments(source, open);
      const written = keywordArgument(source, parts, 'prefix');
      const prefix = written === null ? '' : pythonText(textOf(source, written), modules.constantIn(source));
      const [first] = parts;
      const on = first === undefined || isKeywordArgument(source, first) ? null : first;
      return prefix === null ? [] : [{ name, prefix, on }];
    },
  );
}

/** `api.add_resource(User, '/users/<id>', '/people/<id>')`: each path answers the methods that the class has. */
export function resourceRoutesIn<Router>(
  modules: PythonModules,
  source: Source,
  routerNamed: (name: string) => Router | undefined,
): { on: Router; route: Route }[] {
  return [...callsOf(source, /(?<![\w.])(\w+)\s*\.\s*add_resource\s*\(/g)].flatMap(({ match, open }) => {
    const on = routerNamed(match[1] ?? '');
    const [view, ...rest] = splitArguments(source, open);
    if (on === undefined || view === undefined) return [];
    const methods = methodsOfClass(modules, source, textOf(source, view));
    return rest
      .filter((part) => !isKeywordArgument(source, part))
      .flatMap((part) => pythonText(textOf(source, part), modules.constantIn(source)) ?? [])
      .flatMap((path) =>
        methods.map((method) => ({
          on,
          route: { method, path, source, offset: match.index, authenticated: null },
        })),
      );
  });
}

/** The methods of requests that a class has functions for; ANY where it has none, or lies outside of the repository. */
export function methodsOfClass(modules: PythonModules, source: Source, name: string): Method[] {
  const place = resolveName(modules, source, name);
  const all = place === null ? [] : definitionsIn(place.source);
  const definition = all.find((one) => one.kind === 'class' && one.name === place?.name);
  const inside = all.filter(
    ({ kind, offset }) =>
      definition !== undefined &&
      kind === 'def' &&
      offset > definition.body.from &&
      offset < definition.body.to,
  );
  const methods = inside
    .flatMap((one) => (Object.hasOwn(ROUTER_METHODS, one.name) ? (ROUTER_METHODS[one.name] ?? []) : []))
    .filter((method) => method !== 'ANY');
  return methods.length === 0 ? ['ANY'] : methods;
}
