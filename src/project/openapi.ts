import type { Fact, ProjectEndpoint } from './facts.ts';
import { found, guessed } from './fact.ts';
import type { Dependency } from './manifests.ts';
import type { Repository } from './repository.ts';
import { callsOf, propertyOf, splitArguments, textOf } from './scan/calls.ts';
import { constantsOf, isJavaScript, textValue } from './scan/javascript.ts';
import { isPython, keywordArgument, pythonText } from './scan/python.ts';
import { placeOf } from './scan/source.ts';
import { nestPrefix, nestSetting } from './routes/nest-settings.ts';
import { pythonModules } from './routes/python-modules.ts';
import { joinPath } from './routes/route.ts';
import { settingOf, springSettings } from './spring-settings.ts';

/** Where a framework serves the document that it makes itself; the first that finds it decides. */
type ServedAt = (
  repository: Repository,
  uses: (name: string) => Dependency | undefined,
  endpoints: readonly Fact<ProjectEndpoint>[],
) => Fact<string> | null;

const SERVED: readonly ServedAt[] = [
  servedByNest,
  servedByFastify,
  servedByFastApi,
  servedByDjango,
  servedBySpring,
];

export function openapiOf(
  repository: Repository,
  dependencies: readonly Dependency[],
  endpoints: readonly Fact<ProjectEndpoint>[],
): Fact<string> | null {
  const file = repository.own.find(({ name, text }) => /\.(?:json|ya?ml)$/.test(name) && isOpenApi(text));
  if (file !== undefined) return found(file.path, file.path);
  const uses = (name: string): Dependency | undefined => dependencies.find((one) => one.name === name);
  for (const served of SERVED) {
    const fact = served(repository, uses, endpoints);
    if (fact !== null) return fact;
  }
  const view = endpoints.find(
    ({ value }) => value.method === 'GET' && /\/(?:openapi|swagger)\.(?:json|ya?ml)$/.test(value.path),
  );
  return view === undefined ? null : found(view.value.path, ...view.where);
}

/** By its first key: a document of thousands of lines need not be parsed for that. */
function isOpenApi(text: string): boolean {
  return (
    /^\s*\{?\s*(?:#[^\n]*\n\s*)*"?(?:openapi|swagger)"?\s*:\s*["']?[23]\.\d/.test(text) ||
    /^openapi:\s*["']?3\.\d/m.test(text.slice(0, 2_000))
  );
}

/** `SwaggerModule.setup('docs', …)` serves the page there and the document at `/docs-json`. */
function servedByNest(repository: Repository): Fact<string> | null {
  for (const source of repository.sources(isJavaScript)) {
    for (const { match, open } of callsOf(source, /\bSwaggerModule\s*\.\s*setup\s*\(/g)) {
      const [first, , , options] = splitArguments(source, open);
      const path = first === undefined ? null : nestSetting(repository, source, textOf(source, first));
      const isPrefixed =
        options !== undefined && /\buseGlobalPrefix\s*:\s*true\b/.test(textOf(source, options));
      const prefix = isPrefixed ? nestPrefix(repository) : { value: '', isFixed: true };
      if (path === null || prefix === null) continue;
      const document = `${joinPath(prefix.value, path.value)}-json`;
      const place = placeOf(source, match.index);
      return path.isFixed && prefix.isFixed ? found(document, place) : guessed(document, place);
    }
  }
  return null;
}

function servedByFastify(
  repository: Repository,
  uses: (name: string) => Dependency | undefined,
): Fact<string> | null {
  const page = uses('@fastify/swagger-ui');
  if (uses('@fastify/swagger') === undefined || page === undefined) return null;
  for (const source of repository.sources(isJavaScript)) {
    if (!source.code.includes('@fastify/swagger-ui')) continue;
    for (const { open } of callsOf(source, /\.\s*register\s*\(/g)) {
      const [, options] = splitArguments(source, open);
      const prefix = options === undefined ? null : propertyOf(source, options, 'routePrefix');
      const path = prefix === null ? null : textValue(textOf(source, prefix), constantsOf(source));
      if (path !== null) return found(`${joinPath(path)}/json`, source.path);
    }
  }
  return guessed('/documentation/json', page.manifest);
}

function servedByFastApi(repository: Repository): Fact<string> | null {
  const modules = pythonModules(repository);
  for (const source of modules.sources) {
    for (const { match, open } of callsOf(source, /(?<![\w.])(?:fastapi\.)?FastAPI\s*\(/g)) {
      const where = placeOf(source, match.index);
      const option = keywordArgument(source, splitArguments(source, open), 'openapi_url');
      if (option === null) return found('/openapi.json', where);
      const path = pythonText(textOf(source, option), modules.constantIn(source));
      return path === null ? null : found(joinPath(path), where);
    }
  }
  return null;
}

/** The view of drf-spectacular is a route like any other. */
function servedByDjango(
  repository: Repository,
  _uses: unknown,
  endpoints: readonly Fact<ProjectEndpoint>[],
): Fact<string> | null {
  for (const source of repository.sources(isPython)) {
    for (const match of source.mask.matchAll(
      /\bpath\s*\([^()]*\bSpectacular(?:JSON|YAML)?APIView\s*\.\s*as_view/g,
    )) {
      const place = placeOf(source, match.index);
      const endpoint = endpoints.find(({ value }) => value.location === place);
      if (endpoint !== undefined) return found(endpoint.value.path, place);
    }
  }
  return null;
}

/** springdoc serves it below what stands before all paths. */
function servedBySpring(
  repository: Repository,
  uses: (name: string) => Dependency | undefined,
): Fact<string> | null {
  const springdoc =
    uses('org.springdoc:springdoc-openapi-starter-webmvc-ui') ??
    uses('org.springdoc:springdoc-openapi-starter-webmvc-api') ??
    uses('org.springdoc:springdoc-openapi-starter-webflux-ui') ??
    // Of Spring Boot 2.
    uses('org.springdoc:springdoc-openapi-ui');
  if (springdoc === undefined) return null;
  const settings = springSettings(repository);
  const written = (name: string): string | null =>
    settings.map((one) => settingOf(one, name)).find((value) => value !== undefined && value !== null) ??
    null;
  const path = written('springdoc.api-docs.path');
  const front = written('server.servlet.context-path') ?? written('spring.webflux.base-path') ?? '';
  return (path === null ? guessed : found)(joinPath(front, path ?? '/v3/api-docs'), springdoc.manifest);
}
