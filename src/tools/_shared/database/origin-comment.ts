import { oneLine } from '../../../core/text.ts';
import type { Origin } from './origin.ts';

/** What is longer is somebody's data, not a name. */
const MAX_LENGTH = 200;
const MAX_COMMENTS = 8;

/**
 * Where a statement comes from, by the comments that data access layers put around it: sqlcommenter
 * (`/*route='%2Forders',action='index'*\/`), Rails' query log tags and Marginalia (`/*controller:orders,action:index*\/`),
 * their Django and Prisma kin, and bare `GET /orders` or `src/orders.ts:42`. Null when no comment says so.
 */
export function originOf(statement: string): Origin | null {
  for (const comment of outerComments(statement)) {
    const origin = originIn(comment);
    if (origin !== null) return origin;
  }
  return null;
}

/** What a session calls itself; drivers' own names say nothing. */
export function originOfApplication(name: string | null): Origin | null {
  const application = clean(name ?? '');
  if (application === null || DRIVER_NAMES.test(application)) return null;
  return { endpoint: null, file: null, application, traceId: null, source: 'application-name' };
}

const DRIVER_NAMES = /^(psql|PostgreSQL JDBC Driver|pgAdmin|DBeaver|npgsql|pgbench|rearguard|bin\/rails)/i;

/** Comments behind the last word, where most tools write, then those before the first one. */
function outerComments(statement: string): string[] {
  const found: string[] = [];
  let rest = statement.replace(/[;\s]+$/, '').trimStart();
  while (rest.endsWith('*/') && found.length < MAX_COMMENTS) {
    const start = rest.lastIndexOf('/*');
    if (start === -1) break;
    found.push(rest.slice(start + 2, -2));
    rest = rest.slice(0, start).trimEnd();
  }
  while (rest.startsWith('/*') && found.length < MAX_COMMENTS) {
    const end = rest.indexOf('*/');
    if (end === -1) break;
    found.push(rest.slice(2, end));
    rest = rest.slice(end + 2).trimStart();
  }
  const line = /--([^\n']*)$/.exec(rest)?.[1] ?? /^--([^\n]*)\n/.exec(rest)?.[1];
  return line === undefined ? found : [...found, line];
}

function originIn(comment: string): Origin | null {
  const pairs = quotedPairs(comment) ?? colonPairs(comment);
  return pairs === null ? freeText(comment) : fromPairs(pairs);
}

/** sqlcommenter: keys and values are URL-encoded, values stand in quotes. */
function quotedPairs(comment: string): Map<string, string> | null {
  const pairs = new Map<string, string>();
  for (const [, key = '', value = ''] of comment.matchAll(/([\w.%-]+)\s*=\s*'((?:[^'\\]|\\.)*)'/g)) {
    pairs.set(decoded(key), decoded(value.replace(/\\(.)/g, '$1')));
  }
  return pairs.size === 0 ? null : pairs;
}

/** `application:shop,controller:orders,line:/app/models/order.rb:42:in 'find'`: only known keys begin a pair. */
function colonPairs(comment: string): Map<string, string> | null {
  const pairs = new Map<string, string>();
  const key = KNOWN_KEYS.join('|').replaceAll('.', '\\.');
  const pattern = new RegExp(
    `(?:^|[,;]\\s*|\\s)(${key})\\s*[:=]\\s*(.*?)(?=(?:[,;]\\s*|\\s)(?:${key})\\s*[:=]|[,;]|$)`,
    'g',
  );
  for (const [, name = '', value = ''] of comment.trim().matchAll(pattern)) pairs.set(name, value.trim());
  return pairs.size === 0 ? null : pairs;
}

const ENDPOINT_KEYS = ['route', 'endpoint', 'url', 'path', 'http.route'];
const TASK_KEYS = ['job', 'task', 'worker', 'celery_task', 'job_name'];
const APPLICATION_KEYS = ['application', 'app_name', 'app', 'service', 'service.name', 'service_name'];
const FILE_KEYS = ['file', 'code.filepath', 'source_location', 'caller', 'source'];
const LINE_KEYS = ['line', 'code.lineno', 'lineno'];
const KNOWN_KEYS = [
  ...ENDPOINT_KEYS,
  ...TASK_KEYS,
  ...APPLICATION_KEYS,
  ...FILE_KEYS,
  ...LINE_KEYS,
  'controller',
  'action',
  'namespaced_controller',
  'view',
  'method',
  'http.method',
  'framework',
  'db_driver',
  'traceparent',
  'trace_id',
  'prismaQuery',
];

function fromPairs(pairs: ReadonlyMap<string, string>): Origin | null {
  const first = (keys: readonly string[]): string | null => {
    const found = keys.map((key) => pairs.get(key)).find((value) => value !== undefined && value !== '');
    return clean(found ?? '');
  };
  const origin: Origin = {
    endpoint: endpointOf(first),
    file: fileOf(first(FILE_KEYS), first(LINE_KEYS)),
    application: first(APPLICATION_KEYS),
    traceId: traceIdOf(pairs),
    source: 'comment',
  };
  const says = origin.endpoint ?? origin.file ?? origin.application ?? origin.traceId;
  return says === null ? null : origin;
}

function endpointOf(first: (keys: readonly string[]) => string | null): string | null {
  const route = first(ENDPOINT_KEYS);
  const method = first(['method', 'http.method'])?.toUpperCase();
  if (route !== null) return method === undefined || /^[A-Z]+ /.test(route) ? route : `${method} ${route}`;
  const task = first(TASK_KEYS);
  if (task !== null) return task;
  const controller = first(['namespaced_controller', 'controller']);
  const action = first(['action']);
  if (controller !== null) return action === null ? controller : `${controller}#${action}`;
  return first(['view']) ?? action ?? first(['prismaQuery'])?.split(':', 1)[0] ?? null;
}

/** `/app/models/order.rb:42:in 'find'` is cut behind the line. */
function fileOf(file: string | null, line: string | null): string | null {
  const place = file ?? (line !== null && /[\\/.]/.test(line) ? line : null);
  if (place === null) return null;
  const cut = /^(.*?:\d+)(?::|$)/.exec(place)?.[1] ?? place;
  return line !== null && place === file && /^\d+$/.test(line) ? `${cut}:${line}` : cut;
}

/** W3C: version, 32 digits of the trace, 16 of the span, flags. */
function traceIdOf(pairs: ReadonlyMap<string, string>): string | null {
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(pairs.get('traceparent') ?? '');
  const plain = /^[0-9a-f]{16,32}$/.exec(pairs.get('trace_id') ?? '');
  return parent?.[1] ?? plain?.[0] ?? null;
}

/** `GET /api/orders`, `src/routes/orders.ts:42`: nothing else is taken for a place. */
function freeText(comment: string): Origin | null {
  const endpoint = /(?:^|\s)((?:GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*)/.exec(comment)?.[1] ?? null;
  const file =
    /(?:^|[\s(])([\w@./\\-]+\.(?:[cm]?[jt]sx?|rb|py|go|java|kt|php|cs|rs|ex):\d+)/.exec(comment)?.[1] ?? null;
  if (endpoint === null && file === null) return null;
  return {
    endpoint: endpoint && clean(endpoint),
    file: file && clean(file),
    application: null,
    traceId: null,
    source: 'comment',
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text is anybody's: one line, printable, short. */
function clean(text: string): string | null {
  const line = oneLine(text);
  return line === '' || line.length > MAX_LENGTH ? null : line;
}
