import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { callsOf, closingBracket, propertyOf, type Span, splitArguments, textOf } from '../scan/calls.ts';
import { type Decorated, type DecoratedClass, decoratedClasses, type Decorator } from '../scan/decorators.ts';
import { constantsOf, isJavaScript, textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import { nestSetting } from './nest-settings.ts';
import {
  endpointFact,
  fromColonPath,
  joinPath,
  type Method,
  type Route,
  showsAuthentication,
} from './route.ts';

const METHODS: Readonly<Record<string, Method>> = {
  Get: 'GET',
  Head: 'HEAD',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Options: 'OPTIONS',
  All: 'ANY',
};

/** What main.ts says of all controllers. */
interface Application {
  /** null where it stands in no file. */
  prefix: string | null;
  /** false where it is what a setting says when nobody sets it otherwise. */
  isPrefixFixed: boolean;
  /** Paths that the prefix does not go before. */
  excluded: readonly string[];
  /** What goes before a version; null where versions are not part of paths. */
  versionPrefix: string | null;
  defaultVersions: readonly string[];
  isGuarded: boolean;
}

export function nestEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const sources = repository.sources((path) => isJavaScript(path));
  const application = applicationOf(repository, sources);
  const { controllers, prefixes } = modulesOf(sources);
  return sources.flatMap((source) =>
    decoratedClasses(source)
      .filter(({ name }) => controllers.size === 0 || controllers.has(name))
      .flatMap((controller) =>
        routesOfController(source, controller, application, prefixes.get(controller.name) ?? ''),
      )
      .map((route) => endpointFact(route, fromColonPath)),
  );
}

function applicationOf(repository: Repository, sources: readonly Source[]): Application {
  const application = {
    prefix: '' as string | null,
    isPrefixFixed: true,
    excluded: [] as string[],
    versionPrefix: null as string | null,
    defaultVersions: [] as string[],
    isGuarded: false,
  };
  for (const source of sources) {
    const constants = constantsOf(source);
    for (const { open } of callsOf(source, /\.\s*setGlobalPrefix\s*\(/g)) {
      const [first, options] = splitArguments(source, open);
      const prefix = first === undefined ? null : nestSetting(repository, source, textOf(source, first));
      application.prefix = prefix?.value ?? null;
      application.isPrefixFixed = prefix?.isFixed === true;
      const exclude = options === undefined ? null : propertyOf(source, options, 'exclude');
      if (exclude !== null) application.excluded.push(...excludedIn(source, exclude, constants));
    }
    for (const { open } of callsOf(source, /\.\s*enableVersioning\s*\(/g)) {
      const [options] = splitArguments(source, open);
      const text = options === undefined ? '' : textOf(source, options);
      // Without a type, versions are part of the path.
      if (/\bVersioningType\.(?!URI\b)/.test(text)) continue;
      const prefix = options === undefined ? null : propertyOf(source, options, 'prefix');
      application.versionPrefix =
        prefix === null ? 'v' : (textValue(textOf(source, prefix), constants) ?? '');
      const version = options === undefined ? null : propertyOf(source, options, 'defaultVersion');
      if (version !== null) application.defaultVersions.push(...textsIn(source, version, constants));
    }
    if (/\bAPP_GUARD\b[\s\S]{0,200}?\buse(?:Class|Existing)\s*:\s*\w*(?:Auth|Jwt)\w*/.test(source.mask))
      application.isGuarded = true;
    if (/\buseGlobalGuards\s*\(\s*new\s+\w*(?:Auth|Jwt)\w*/.test(source.mask)) application.isGuarded = true;
  }
  return application;
}

/** `'health'` and `{ path: 'health', method: RequestMethod.GET }` */
function excludedIn(source: Source, list: Span, constants: ReadonlyMap<string, string>): string[] {
  return splitArguments(source, list.from).flatMap((part) => {
    const path = source.mask[part.from] === '{' ? propertyOf(source, part, 'path') : part;
    return path === null ? [] : textsIn(source, path, constants).map((text) => joinPath(text));
  });
}

/** Controllers that modules list, and the prefixes that `RouterModule` gives the modules. */
function modulesOf(sources: readonly Source[]): {
  controllers: ReadonlySet<string>;
  prefixes: ReadonlyMap<string, string>;
} {
  const controllers = new Set<string>();
  const byModule = new Map<string, string[]>();
  const prefixes = new Map<string, string>();
  for (const source of sources) {
    for (const { name, decorators } of decoratedClasses(source)) {
      const list = decorators
        .filter((one) => one.name === 'Module')
        .flatMap((one) => optionOf(source, one, 'controllers') ?? []);
      const names = list.flatMap((span) => textOf(source, span).match(/\b[A-Z]\w*/g) ?? []);
      for (const controller of names) controllers.add(controller);
      byModule.set(name, names);
    }
  }
  for (const source of sources) {
    for (const { open } of callsOf(source, /\bRouterModule\s*\.\s*(?:register|forRoutes)\s*\(/g)) {
      const text = source.code.slice(open, closingBracket(source, open));
      for (const [, path = '', module = ''] of text.matchAll(
        /\bpath\s*:\s*["'`]([^"'`]*)["'`]\s*,\s*module\s*:\s*(\w+)/g,
      ))
        for (const controller of byModule.get(module) ?? []) prefixes.set(controller, path);
    }
  }
  return { controllers, prefixes };
}

function optionOf(source: Source, { open }: Decorator, key: string): Span | null {
  const [first] = open === null ? [] : splitArguments(source, open);
  return first === undefined ? null : propertyOf(source, first, key);
}

function routesOfController(
  source: Source,
  controller: DecoratedClass,
  application: Application,
  modulePrefix: string,
): Route[] {
  const decorator = controller.decorators.find(({ name }) => name === 'Controller');
  if (decorator === undefined) return [];
  const constants = constantsOf(source);
  const bases = pathsOf(source, decorator, constants);
  const versions = versionsOf(source, controller, decorator, constants);
  const access = accessOf(source, controller);
  return controller.members.flatMap((member) =>
    member.decorators.flatMap((verb) => {
      const method = Object.hasOwn(METHODS, verb.name) ? METHODS[verb.name] : undefined;
      if (method === undefined || verb.open === null) return [];
      const own = versionsOf(source, member, undefined, constants) ?? versions ?? application.defaultVersions;
      const authenticated = accessOf(source, member) ?? access ?? (application.isGuarded ? true : null);
      return bases.flatMap((base) =>
        pathsOf(source, verb, constants).flatMap((path) =>
          fullPaths(joinPath(modulePrefix, base, path), own, application).map((full): Route => ({
            method,
            path: full,
            source,
            offset: verb.offset,
            authenticated,
            isCertain: application.isPrefixFixed,
          })),
        ),
      );
    }),
  );
}

function fullPaths(
  path: string,
  versions: readonly string[],
  { prefix, excluded, versionPrefix }: Application,
): string[] {
  const front = excluded.includes(path) ? '' : prefix;
  if (front === null) return [];
  if (versionPrefix === null || versions.length === 0) return [joinPath(front, path)];
  return versions.map((version) => joinPath(front, `${versionPrefix}${version}`, path));
}

/** A text, a list of them, `{ path: … }`, or nothing. */
function pathsOf(source: Source, { open }: Decorator, constants: ReadonlyMap<string, string>): string[] {
  const [first] = open === null ? [] : splitArguments(source, open);
  if (first === undefined) return [''];
  const path = source.mask[first.from] === '{' ? propertyOf(source, first, 'path') : first;
  return path === null ? [''] : textsIn(source, path, constants);
}

/** null where nothing is said; empty for VERSION_NEUTRAL. */
function versionsOf(
  source: Source,
  { decorators }: Decorated,
  controller: Decorator | undefined,
  constants: ReadonlyMap<string, string>,
): string[] | null {
  const version = decorators.find(({ name }) => name === 'Version');
  const [written] =
    version === undefined || version.open === null ? [] : splitArguments(source, version.open);
  const span = written ?? (controller === undefined ? null : optionOf(source, controller, 'version'));
  return span === null || span === undefined ? null : textsIn(source, span, constants);
}

function textsIn(source: Source, span: Span, constants: ReadonlyMap<string, string>): string[] {
  const parts = source.mask[span.from] === '[' ? splitArguments(source, span.from) : [span];
  return parts.flatMap((part) => textValue(textOf(source, part), constants) ?? []);
}

function accessOf(source: Source, { decorators }: Decorated): boolean | null {
  if (decorators.some(({ name }) => /^(?:Public|AllowAnonymous|SkipAuth|NoAuth|IsPublic)$/.test(name)))
    return false;
  const isGuarded = decorators.some(
    ({ name, open }) =>
      /^(?:Auth|Authenticated|RequireAuth|Authorized)$/.test(name) ||
      (name === 'UseGuards' &&
        open !== null &&
        showsAuthentication(source.code.slice(open, closingBracket(source, open)))),
  );
  return isGuarded ? true : null;
}
