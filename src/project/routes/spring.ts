import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { callsOf, closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { type Decorated, type DecoratedClass, decoratedClasses, type Decorator } from '../scan/decorators.ts';
import { isJava, javaConstants } from '../scan/java.ts';
import { textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import { settingOf, type SpringSettings, springSettings, withSettings } from '../spring-settings.ts';
import { endpointFact, fromBracePath, joinPath, type Method, type Route, ROUTER_METHODS } from './route.ts';

const MAPPINGS: Readonly<Record<string, Method>> = {
  GetMapping: 'GET',
  PostMapping: 'POST',
  PutMapping: 'PUT',
  PatchMapping: 'PATCH',
  DeleteMapping: 'DELETE',
};

export function springEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const sources = repository.sources(isJava);
  const constants = javaConstants(sources);
  const settings = springSettings(repository);
  const prefixed = sources.flatMap((source) => pathPrefixesIn(source, constants(source)));
  const textIn = (source: Source): TextOf => {
    const near = nearest(settings, source.path);
    return (expression) => {
      const text = textValue(expression, constants(source));
      // Dollars are settings in Java, and values in Kotlin, where those of settings are escaped.
      if (text === null || !text.includes('$')) return text;
      return source.path.endsWith('.kt') && !expression.includes('\\$') ? null : withSettings(text, near);
    };
  };
  return sources.flatMap((source) => {
    const front = frontOf(settings, source.path);
    if (front === null || !source.mask.includes('Controller')) return [];
    return decoratedClasses(source)
      .filter(({ decorators }) => decorators.some(isController))
      .flatMap((controller) => routesOf(source, controller, textIn(source), front, prefixed))
      .map((route) => endpointFact(route, fromBracePath));
  });
}

function isController({ name }: Decorator): boolean {
  return name === 'RestController' || name === 'Controller';
}

type TextOf = (expression: string) => string | null;

const FRONTS = ['server.servlet.context-path', 'spring.mvc.servlet.path', 'spring.webflux.base-path'];

/** What goes before all paths of a module; null where only a variable says it. */
function frontOf(settings: readonly SpringSettings[], path: string): string | null {
  const parts = nearest(settings, path)
    .flatMap((one) => FRONTS.map((name) => settingOf(one, name)))
    .filter((part) => part !== undefined);
  const known = parts.filter((part) => part !== null);
  return known.length === parts.length ? known.join('/') : null;
}

/** The settings of the module that a file belongs to. */
function nearest(settings: readonly SpringSettings[], path: string): SpringSettings[] {
  const own = settings.filter(({ module }) => path.startsWith(module));
  const longest = Math.max(0, ...own.map(({ module }) => module.length));
  return own.filter(({ module }) => module.length === longest);
}

interface PathPrefix {
  /** null where it or the controllers it is for cannot be told. */
  prefix: string | null;
  onlyRest: boolean;
}

/** `configurer.addPathPrefix("/api", HandlerTypePredicate.forAnnotation(RestController.class))` */
function pathPrefixesIn(source: Source, constants: ReadonlyMap<string, string>): PathPrefix[] {
  return [...callsOf(source, /\.\s*addPathPrefix\s*\(/g)].map(({ open }) => {
    const [first, second] = splitArguments(source, open);
    const which = second === undefined ? '' : textOf(source, second);
    const onlyRest = /\bRestController\b/.test(which) && !/[pP]ackage/.test(which);
    const isKnown = onlyRest || /->\s*true\b/.test(which);
    return {
      prefix: first === undefined || !isKnown ? null : textValue(textOf(source, first), constants),
      onlyRest,
    };
  });
}

function routesOf(
  source: Source,
  controller: DecoratedClass,
  text: TextOf,
  front: string,
  prefixed: readonly PathPrefix[],
): Route[] {
  const isRest = controller.decorators.some(({ name }) => name === 'RestController');
  const prefixes = prefixed.filter(({ onlyRest }) => isRest || !onlyRest).map(({ prefix }) => prefix);
  const known = prefixes.filter((prefix) => prefix !== null);
  if (known.length !== prefixes.length || known.length > 1) return [];
  const mapping = controller.decorators.find(({ name }) => name === 'RequestMapping');
  const bases = mapping === undefined ? [''] : pathsOf(source, mapping, text);
  const access = accessOf(source, controller);
  return controller.members.flatMap((member) =>
    member.decorators.flatMap((one) =>
      methodsOf(source, one).flatMap((method) =>
        bases.flatMap((base) =>
          pathsOf(source, one, text).map((path): Route => ({
            method,
            path: joinPath(front, known[0] ?? '', base, path),
            source,
            offset: one.offset,
            authenticated: accessOf(source, member) ?? access,
          })),
        ),
      ),
    ),
  );
}

function methodsOf(source: Source, { name, open }: Decorator): readonly Method[] {
  if (Object.hasOwn(MAPPINGS, name)) return [MAPPINGS[name] ?? 'ANY'];
  if (name !== 'RequestMapping') return [];
  const written = open === null ? null : attributeOf(source, open, ['method']);
  if (written === null) return ['ANY'];
  return [...textOf(source, written).matchAll(/\b([A-Z]+)\b/g)].flatMap(
    ([, verb = '']) => ROUTER_METHODS[verb.toLowerCase()] ?? [],
  );
}

/** A text or a list of them; one that cannot be told is left out, and with it what it would stand before. */
function pathsOf(source: Source, { open }: Decorator, text: TextOf): string[] {
  const written = open === null ? null : attributeOf(source, open, ['path', 'value', '']);
  if (written === null) return [''];
  const list = /^(?:arrayOf\s*\()|^[{[]/.exec(textOf(source, written))?.[0];
  const parts = list === undefined ? [written] : splitArguments(source, written.from + list.length - 1);
  return parts.flatMap((part) => text(textOf(source, part)) ?? []);
}

/** The first of these attributes that an annotation has; '' is the one without a name. */
function attributeOf(source: Source, open: number, names: readonly string[]): Span | null {
  for (const part of splitArguments(source, open)) {
    const head = /^(\w+)\s*=\s*(?!=)/.exec(source.mask.slice(part.from, part.to));
    if (names.includes(head?.[1] ?? '')) return { from: part.from + (head?.[0].length ?? 0), to: part.to };
  }
  return null;
}

/** What the annotations of a method or class ask of callers. Rules of a filter chain stand elsewhere. */
function accessOf(source: Source, { decorators }: Decorated): boolean | null {
  for (const { name, open } of decorators) {
    if (/^(?:RolesAllowed|Secured)$/.test(name)) return true;
    if (name === 'PermitAll') return false;
    if (name !== 'PreAuthorize' || open === null) continue;
    const rule = source.code.slice(open, closingBracket(source, open));
    if (/\bpermitAll\b/.test(rule)) return /\bor\b|\band\b/.test(rule) ? null : false;
    if (/\b(?:isAuthenticated|isFullyAuthenticated|has(?:Any)?(?:Role|Authority)|hasPermission)\b/.test(rule))
      return /\bor\b|!/.test(rule) ? null : true;
  }
  return null;
}
