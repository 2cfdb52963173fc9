import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { textValue } from '../scan/javascript.ts';
import { endpointFact, fromColonPath } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { routesOfRouters } from './router-graph.ts';

/** Apps and routers are the same there: an app is what nobody mounts. */
const HONO: RouterDialect = {
  packages: ['hono', 'hono/tiny', 'hono/quick', '@hono/zod-openapi'],
  makesApp: /^new\s+(?:Hono|OpenAPIHono)\b/,
  makesRouter: null,
  mounts: ['route'],
  pluginParameters: /^(?:app|router)$/,
  pluginTypes: /^(?:Hono|OpenAPIHono)$/,
  // `new Hono().basePath('/api')`
  prefixOf(source, { from, to }, constants) {
    const written = /^[^;=]*?\)\s*\.\s*basePath\s*\(\s*([^)]*)\)/.exec(source.code.slice(from, to))?.[1];
    return written === undefined ? '' : textValue(written, constants);
  },
  mountPrefix: 'first-argument',
  guardsInOptions: false,
};

export function honoEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  return routesOfRouters(repository, HONO).map((route) => endpointFact(route, fromColonPath));
}
