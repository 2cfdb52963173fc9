import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { endpointFact, fromColonPath } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { routesOfRouters } from './router-graph.ts';

const EXPRESS: RouterDialect = {
  packages: ['express'],
  // Express' own takes nothing; a wrapper of the project's may take a name.
  makesApp: /^(?:new\s+)?express\s*\(/,
  madeByProject: /^(?:[\w$]+\.)?(?:create|make|new|build)Express\w*\s*\(/,
  // Also `require('express').Router()`, whose text is blank here.
  makesRouter:
    /^(?:(?:(?:express|require\(\s*["'] *["']\s*\))\s*\.\s*)?Router|new\s+Router|new\s+express\.Router|PromiseRouter)\s*\(/,
  // The second of express-lazy-router.
  mounts: ['use', 'lazyUse'],
  pluginParameters: /^(?:app|router|server|api)$/,
  pluginTypes: /^(?:express\.)?(?:Application|Express|Router|IRouter)$/,
  prefixOf: () => '',
  mountPrefix: 'first-argument',
  guardsInOptions: false,
};

export function expressEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  return routesOfRouters(repository, EXPRESS).map((route) => endpointFact(route, fromColonPath));
}
