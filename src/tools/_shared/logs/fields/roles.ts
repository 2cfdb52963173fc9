/** What a field says of a record, whatever its logger calls it. */
export type FieldRole =
  | 'user'
  | 'tenant'
  | 'host'
  | 'service'
  | 'endpoint'
  | 'status'
  | 'trace'
  | 'request'
  | 'release';

/**
 * Names without separators and in lower case: those of OpenTelemetry's semantic conventions and of the Elastic Common Schema, and what frameworks and
 * proxies write by themselves.
 */
const NAMES: Readonly<Record<FieldRole, readonly string[]>> = {
  user: [
    'user',
    'userid',
    'uid',
    'username',
    'useremail',
    'enduserid',
    'accountuser',
    'customerid',
    'customer',
    'remoteuser',
    'usrid',
    'usr',
    'actorid',
    'principal',
    'clientid',
    'memberid',
  ],
  tenant: [
    'tenant',
    'tenantid',
    'org',
    'orgid',
    'organization',
    'organizationid',
    'organisation',
    'organisationid',
    'workspace',
    'workspaceid',
    'account',
    'accountid',
    'companyid',
    'shopid',
    'teamid',
    'projectid',
  ],
  host: [
    'host',
    'hostname',
    'hostid',
    'node',
    'nodename',
    'instance',
    'instanceid',
    'serviceinstanceid',
    'server',
    'servername',
    'machine',
    'machinename',
    'pod',
    'podname',
    'k8spodname',
    'kubernetespodname',
    'containerid',
  ],
  service: [
    'service',
    'servicename',
    'app',
    'application',
    'appname',
    'applicationname',
    'unit',
    'container',
    'containername',
    'k8scontainername',
    'program',
  ],
  endpoint: [
    'endpoint',
    'route',
    'httproute',
    'path',
    'urlpath',
    'httptarget',
    'requestpath',
    'requesturi',
    'requesturl',
    'requrl',
    'requestpathname',
    'rpcmethod',
    'handler',
    'controller',
    'action',
  ],
  status: [
    'status',
    'statuscode',
    'httpstatus',
    'httpstatuscode',
    'httpresponsestatuscode',
    'responsestatus',
    'responsestatuscode',
    'resstatuscode',
    'resstatus',
    'responsecode',
  ],
  trace: [
    'traceid',
    'trace',
    'oteltraceid',
    'ddtraceid',
    'xb3traceid',
    'b3traceid',
    'traceparent',
    'xamzntraceid',
  ],
  request: [
    'requestid',
    'reqid',
    'reqidstring',
    'xrequestid',
    'correlationid',
    'xcorrelationid',
    'httprequestid',
    'transactionid',
    'cid',
    'rid',
  ],
  release: [
    'release',
    'version',
    'serviceversion',
    'appversion',
    'applicationversion',
    'build',
    'buildid',
    'buildnumber',
    'commit',
    'commitsha',
    'gitsha',
    'gitcommit',
    'revision',
    'imagetag',
    'deployid',
    'deployment',
  ],
};

/** Names that say something else when they stand within another member: `db.host`, `error.path`, `order.status`, `package.version`. */
const ONLY_ALONE = new Set([
  'user',
  'account',
  'customer',
  'host',
  'node',
  'server',
  'instance',
  'path',
  'action',
  'status',
  'version',
  'trace',
  'build',
  'app',
  'org',
  'cid',
  'rid',
  'uid',
  'unit',
  'container',
  'release',
  'revision',
  'service',
  'application',
  'program',
  'handler',
  'machine',
]);

/** Outer members that hold a record's own context, so that a field within them is as good as one of the record. */
const TRANSPARENT = new Set([
  'context',
  'ctx',
  'extra',
  'fields',
  'labels',
  'tags',
  'meta',
  'metadata',
  'mdc',
  'attributes',
  'properties',
  'params',
  'data',
]);

const roles = new Map<string, FieldRole>();
for (const [role, names] of Object.entries(NAMES) as [FieldRole, readonly string[]][]) {
  for (const name of names) roles.set(name, role);
}

/** Names come from a log, so what is remembered of them is bounded. */
const MOST_KNOWN = 4_096;
const known = new Map<string, FieldRole | null>();

/**
 * The role of a field by its name: `userId`, `user.id`, `usr_id`, `context.user_id` and `enduser.id` are all of the user. Null for all others. The
 * whole name decides; within members of other things only names that cannot mean anything else do (`req.headers.x-request-id`).
 */
export function fieldRole(name: string): FieldRole | null {
  const before = known.get(name);
  if (before !== undefined) return before;
  const role = findRole(name);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, role);
  return role;
}

function findRole(name: string): FieldRole | null {
  const parts = name.split('.');
  while (parts.length > 1 && TRANSPARENT.has(parts[0]!.toLowerCase())) parts.shift();
  const whole = roles.get(plain(parts.join('')));
  if (whole !== undefined) return whole;
  for (let from = 1; from < parts.length; from += 1) {
    const tail = plain(parts.slice(from).join(''));
    const role = roles.get(tail);
    if (role !== undefined && !ONLY_ALONE.has(tail)) return role;
  }
  return null;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
