import type { Fact, ProjectEndpoint, ProjectFacts } from '../../project/facts.ts';
import { commentOf, indent, quoted } from './config-words.ts';

/** More would make a round of probes long; the team chooses which others matter. */
const MAX_ENDPOINTS = 20;

/** Whole words: `/issue_statuses` and `/live-reload.js` are none. */
const SIGN_OF_LIFE =
  /(?:^|[/._-])(?:health|ready|readiness|a?live|liveness|heartbeat|ping|status)(?:z|[_-]?checks?)?(?:$|[/.])/i;

/** Asking it ends what others have begun. */
const ENDS_SESSION = /(?:log|sign)[_-]?o(?:ut|ff)(?:$|[/.])/i;

/**
 * Endpoints to watch where no OpenAPI document names them: GETs without parameters that nothing asks a login for. What is
 * left out is counted.
 */
export function endpointLines({ endpoints, openapi }: ProjectFacts): string[] {
  if (openapi !== null) {
    return ['// Watched: the safe GETs of the OpenAPI document. A list here takes their place.'];
  }
  const safe = endpoints.filter(({ value }) => {
    // A handler of any method may do what nobody would ask of a GET.
    const isGet = value.method === 'GET' || (value.method === 'ANY' && SIGN_OF_LIFE.test(value.path));
    // `/admin/*` is many paths and none.
    const { path } = value;
    return isGet && !/[{*]/.test(path) && !ENDS_SESSION.test(path) && value.authenticated !== true;
  });
  const watched = unique(safe.toSorted(byWeight)).slice(0, MAX_ENDPOINTS);
  if (watched.length === 0) {
    return [
      commentOf(
        endpoints.length === 0
          ? 'Unknown: which endpoints there are. Name those to watch:'
          : 'No endpoint was found that can be asked without parameters or a login. Name those to watch:',
      ),
      "// endpoints: ['GET /health'],",
    ];
  }
  const left = endpoints.length - watched.length;
  return [
    ...(left > 0
      ? [commentOf(`${left} more are not watched: they change something, take parameters or need a login.`)]
      : []),
    'endpoints: [',
    ...indent(watched.map((path) => `${quoted(`GET ${path}`)},`)),
    '],',
  ];
}

/** Signs of life first, then the short paths, which the others hang from. */
function byWeight(one: Fact<ProjectEndpoint>, other: Fact<ProjectEndpoint>): number {
  const weight = ({ path }: ProjectEndpoint): number =>
    (SIGN_OF_LIFE.test(path) ? 0 : 10) + path.split('/').length;
  const difference = weight(one.value) - weight(other.value);
  return difference === 0 ? (one.value.path < other.value.path ? -1 : 1) : difference;
}

function unique(endpoints: readonly Fact<ProjectEndpoint>[]): string[] {
  return [...new Set(endpoints.map(({ value }) => value.path))];
}
