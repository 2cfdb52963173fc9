import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { propertyOf, splitArguments, textOf } from '../scan/calls.ts';
import { textValue } from '../scan/javascript.ts';
import { endpointFact, fromColonPath } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { routesOfRouters } from './router-graph.ts';

const KOA: RouterDialect = {
  packages: ['koa', 'koa-route'],
  // The first versions were called without new.
  makesApp: /^(?:new\s+(?:Koa|Application)\b|koa\s*\(\s*\))/,
  makesRouter: /^(?:new\s+)?(?:Router|KoaRouter)\s*(?:<[^()]*>)?\(/,
  mounts: ['use'],
  pluginParameters: /^(?:app|router)$/,
  pluginTypes: /^(?:Koa|Router)$/,
  // `new Router({ prefix: '/api' })`
  prefixOf(source, { from }, constants) {
    const open = source.mask.indexOf('(', from);
    const [options] = open === -1 ? [] : splitArguments(source, open);
    const prefix = options === undefined ? null : propertyOf(source, options, 'prefix');
    return prefix === null ? '' : textValue(textOf(source, prefix), constants);
  },
  mountPrefix: 'first-argument',
  guardsInOptions: false,
};

export function koaEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  return routesOfRouters(repository, KOA).map((route) => endpointFact(route, fromColonPath));
}
