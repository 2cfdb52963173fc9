import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { textOf } from '../scan/calls.ts';
import { endpointFact, showsAuthentication } from './route.ts';
import type { PythonDialect } from './python-dialect.ts';
import { routesOfPython } from './python-routers.ts';

const FASTAPI: PythonDialect = {
  app: /^(?:fastapi\.)?FastAPI$/,
  router: /^(?:fastapi\.)?APIRouter$/,
  prefix: 'prefix',
  mountReplaces: false,
  mount: /include_router/,
  mountsApps: true,
  general: /^api_route$/,
  generalMethods: ['GET'],
  guards: (source, { head }, decorator) =>
    /\bdependencies\s*=[^=]*Depends/.test(textOf(source, decorator)) &&
    showsAuthentication(textOf(source, decorator).replace(/^[^,]*/, ''))
      ? true
      : parameterShowsUser(textOf(source, head)),
};

/** `user: CurrentUser`, `user: User = Depends(get_current_active_user)`, `token: Annotated[str, Security(oauth2_scheme)]` */
function parameterShowsUser(parameters: string): boolean {
  return (
    /:\s*\w*Current\w*User\w*\b|:\s*(?:Auth|Authenticated)User\b/.test(parameters) ||
    /\b(?:Depends|Security)\s*\(\s*[\w.]*(?:current_(?:active_)?(?:user|superuser)|require_\w*|verify_token|oauth2_scheme|authenticated?\w*|get_user)\b/.test(
      parameters,
    )
  );
}

export function fastapiEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  // `{path:path}` says which characters a parameter takes.
  return routesOfPython(repository, FASTAPI).map((route) =>
    endpointFact(route, (path) => path.replace(/\{(\w+):\w+\}/g, '{$1}')),
  );
}
