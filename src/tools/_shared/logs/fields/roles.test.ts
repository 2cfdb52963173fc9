import { describe, expect, it } from 'vitest';
import { type FieldRole, fieldRole } from './roles.ts';

const CASES: readonly (readonly [name: string, role: FieldRole | null])[] = [
  ['userId', 'user'],
  ['user_id', 'user'],
  ['user.id', 'user'],
  ['enduser.id', 'user'],
  ['context.user_id', 'user'],
  ['tenant', 'tenant'],
  ['labels.org_id', 'tenant'],
  ['hostname', 'host'],
  ['host.name', 'host'],
  ['k8s.pod.name', 'host'],
  ['service.name', 'service'],
  ['req.url', 'endpoint'],
  ['http.route', 'endpoint'],
  ['res.statusCode', 'status'],
  ['http.response.status_code', 'status'],
  ['traceId', 'trace'],
  ['dd.trace_id', 'trace'],
  ['req.headers.x-request-id', 'request'],
  ['reqId', 'request'],
  ['service.version', 'release'],
  ['git_sha', 'release'],
  ['db.host', null],
  ['order.status', null],
  ['package.version', null],
  ['order_id', null],
  ['__proto__', null],
  ['constructor', null],
  ['', null],
];

describe('roles of fields', () => {
  it.each(CASES)('%s: %s', (name, role) => {
    expect(fieldRole(name)).toBe(role);
    expect(fieldRole(name)).toBe(role);
  });
});
