import type { Fact, FrameworkId, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { djangoEndpoints } from './django.ts';
import { expressEndpoints } from './express.ts';
import { fastifyEndpoints } from './fastify.ts';
import { fastapiEndpoints } from './fastapi.ts';
import { flaskEndpoints } from './flask.ts';
import { goEndpoints } from './go.ts';
import { honoEndpoints } from './hono.ts';
import { koaEndpoints } from './koa.ts';
import { laravelEndpoints } from './laravel.ts';
import { nestEndpoints } from './nest.ts';
import { nextEndpoints } from './next.ts';
import { railsEndpoints } from './rails.ts';
import { springEndpoints } from './spring.ts';

/** How the endpoints of each framework are found. */
const READERS: Partial<Record<FrameworkId, (repository: Repository) => Fact<ProjectEndpoint>[]>> = {
  express: expressEndpoints,
  fastify: fastifyEndpoints,
  nest: nestEndpoints,
  koa: koaEndpoints,
  hono: honoEndpoints,
  next: nextEndpoints,
  django: djangoEndpoints,
  fastapi: fastapiEndpoints,
  flask: flaskEndpoints,
  rails: railsEndpoints,
  laravel: laravelEndpoints,
  spring: springEndpoints,
  chi: goEndpoints,
  gin: goEndpoints,
  echo: goEndpoints,
  fiber: goEndpoints,
  gorilla: goEndpoints,
  'net-http': goEndpoints,
};

/** Sorted by path, then method; each once. */
export function endpointsOf(
  repository: Repository,
  frameworks: readonly FrameworkId[],
): Fact<ProjectEndpoint>[] {
  const byKey = new Map<string, Fact<ProjectEndpoint>>();
  // Frameworks of Go share one reader: a server of one is mounted in that of another.
  const readers = new Set(frameworks.flatMap((id) => READERS[id] ?? []));
  for (const fact of [...readers].flatMap((read) => read(repository))) {
    const key = `${fact.value.path} ${fact.value.method}`;
    if (!byKey.has(key)) byKey.set(key, fact);
  }
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}
