import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { textOf } from '../scan/calls.ts';
import { endpointFact, showsAuthentication } from './route.ts';
import type { PythonDialect } from './python-dialect.ts';
import { routesOfPython } from './python-routers.ts';

const FLASK: PythonDialect = {
  app: /^(?:flask\.)?(?:Flask|APIFlask|OpenAPI)$/,
  router: /^(?:flask\.)?(?:Blueprint|APIBlueprint)$/,
  prefix: 'url_prefix',
  mountReplaces: true,
  mount: /register_blueprint/,
  general: /^route$/,
  generalMethods: ['GET'],
  answersItself: ['HEAD', 'OPTIONS'],
  hasResources: true,
  guards: (source, { decorators }, own) =>
    decorators.some(
      (decorator) =>
        decorator !== own &&
        !/^@\w+\.(?:route|get|post|put|patch|delete)\b/.test(textOf(source, decorator)) &&
        showsAuthentication(textOf(source, decorator)),
    ),
};

export function flaskEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  return routesOfPython(repository, FLASK).map((route) => endpointFact(route, fromAnglePath));
}

/** `/users/<int:user_id>` */
export function fromAnglePath(path: string): string {
  return path.replace(/<(?:[^:<>]+:)?(\w+)>/g, '{$1}');
}
