import { RearguardError } from '../../../core/errors.ts';
import type { Dependency } from '../../../config/dependencies.ts';
import type { DependencyScheme } from '../../../core/dependency-schemes.ts';
import { parseDnsServer } from '../../../platform/dns/resolv-conf.ts';
import type { DnsServer } from '../../../platform/dns/query.ts';
import type { DnsPlan, DomainPlan, ProbePlan, TlsPlan } from '../../../platform/probe/plans.ts';
import type { Assertion, HttpProbePlan, PlanBase } from '../../../platform/probe/types.ts';
import type { DependencyOptions } from '../options.ts';
import { wirePlan } from './wire-plan.ts';

/** A failure counts when two more fresh connections failed too. */
const CONFIRMATIONS = 2;
/** Hops of a redirect whose certificates are looked at. */
const MAX_REDIRECTS = 5;
/** An answer is drained for its timing; expectations see this much of it. */
const MAX_BODY_BYTES = 1_048_576;

/** What an API says about itself beside its answer: quotas, its end, its version. */
const CAPTURED_HEADERS: readonly string[] = [
  'deprecation',
  'sunset',
  'link',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-rate-limit-limit',
  'x-rate-limit-remaining',
  'x-rate-limit-reset',
  'api-version',
  'x-api-version',
  'server',
];

/** How a dependency is probed. Its id is the dependency's name. Throws E_TARGET_INVALID when its URL lacks something. */
export function planFor(dependency: Dependency, options: DependencyOptions): ProbePlan {
  const url = new URL(dependency.url);
  const base = planBase(dependency, options);
  switch (dependency.scheme) {
    case 'http':
    case 'https':
    case 's3+http':
    case 's3+https':
      return httpPlan(dependency, base);
    case 'tls':
      return tlsPlan(dependency, url, base);
    case 'dns':
      return dnsPlan(dependency, url, base);
    case 'domain':
      return domainPlan(dependency, url, base, options);
    default:
      return wirePlan(dependency, dependency.scheme, url, base);
  }
}

/** One handshake with every address behind the name; undefined where TLS is not the first thing spoken. */
export function tlsScanFor(dependency: Dependency, plan: ProbePlan): TlsPlan | undefined {
  if (plan.kind === 'http') {
    const url = new URL(plan.url);
    return url.protocol === 'https:' ? tlsPlan(dependency, url, scanBase(plan)) : undefined;
  }
  if (plan.kind === 'tls' || plan.kind === 'dns' || plan.kind === 'domain') return undefined;
  if (plan.encryption !== 'implicit') return undefined;
  const { host, port, resolver } = plan;
  return { ...scanBase(plan), kind: 'tls', host, port, resolver, ...tlsOf(dependency) };
}

/** The same request once more, following redirects, for the certificates of their hops. */
export function redirectScanFor(plan: ProbePlan): HttpProbePlan | undefined {
  return plan.kind === 'http' && plan.url.startsWith('https:')
    ? { ...plan, ...scanBase(plan), maxRedirects: MAX_REDIRECTS }
    : undefined;
}

/** A look at certificates concludes nothing about down, so it needs no confirmation. */
function scanBase({ id, timeoutMs, nameServers }: PlanBase): PlanBase {
  return { id, timeoutMs, confirmations: 0, ...(nameServers === undefined ? {} : { nameServers }) };
}

function planBase(dependency: Dependency, options: DependencyOptions): PlanBase {
  const intervalMs = dependency.intervalMs ?? options.interval;
  return {
    id: dependency.name,
    // A probe must be over before its next slot, or a hung dependency would overlap itself.
    timeoutMs: Math.min(dependency.timeoutMs ?? options.timeout, intervalMs),
    confirmations: CONFIRMATIONS,
    ...(dependency.nameServers === undefined || dependency.scheme === 'dns'
      ? {}
      : { nameServers: dependency.nameServers.map((spec) => toServer(dependency, spec)) }),
  };
}

function httpPlan(dependency: Dependency, base: PlanBase): HttpProbePlan {
  const isBucket = dependency.scheme.startsWith('s3+');
  // `URL` keeps a scheme it does not know from becoming one that it does, so the text is cut.
  const url = new URL(isBucket ? dependency.url.slice('s3+'.length) : dependency.url);
  const auth = dependency.auth ?? basicAuth(url);
  url.username = '';
  url.password = '';
  return {
    ...base,
    kind: 'http',
    url: url.href,
    method: dependency.method ?? (isBucket ? 'HEAD' : 'GET'),
    headers: dependency.headers,
    httpVersion: '1.1',
    maxRedirects: 0,
    ...(auth === undefined ? {} : { auth }),
    ...tlsOf(dependency),
    resolver: 'own',
    warm: false,
    assertions: assertionsOf(dependency, isBucket),
    maxBodyBytes: MAX_BODY_BYTES,
    captureHeaders: CAPTURED_HEADERS,
  };
}

function basicAuth({ username, password }: URL): HttpProbePlan['auth'] {
  return username === ''
    ? undefined
    : { kind: 'basic', username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** A bucket that refuses a stranger is alive; whoever signs must be let in. */
function assertionsOf({ expect, auth }: Pick<Dependency, 'expect' | 'auth'>, isBucket: boolean): Assertion[] {
  const anonymous = isBucket && auth === undefined ? ['2xx', '3xx', '403'] : undefined;
  const signed = isBucket && auth?.kind === 'aws-sigv4' ? ['2xx'] : undefined;
  const status =
    expect?.status === undefined ? (anonymous ?? signed) : [expect.status].flat().map((one) => String(one));
  return [
    ...(status === undefined ? [] : [{ kind: 'status', anyOf: status } as const]),
    ...(expect?.body === undefined ? [] : [{ kind: 'body', op: 'contains', value: expect.body } as const]),
  ];
}

function tlsPlan(dependency: Dependency, url: URL, base: PlanBase): TlsPlan {
  return {
    ...base,
    kind: 'tls',
    host: url.hostname,
    port: url.port === '' ? 443 : Number(url.port),
    resolver: 'own',
    ...tlsOf(dependency),
  };
}

function dnsPlan(dependency: Dependency, url: URL, base: PlanBase): DnsPlan {
  const servers = dependency.nameServers?.map((spec) => toServer(dependency, spec));
  return {
    ...base,
    kind: 'dns',
    name: url.hostname,
    type: dependency.record ?? 'A',
    ...(servers === undefined ? {} : { servers }),
    ...(dependency.expect?.records === undefined ? {} : { expect: dependency.expect.records }),
  };
}

function domainPlan(
  dependency: Dependency,
  url: URL,
  base: PlanBase,
  options: DependencyOptions,
): DomainPlan {
  return { ...base, kind: 'domain', domain: url.hostname, rdapUrl: dependency.rdap ?? options.rdap };
}

function toServer(dependency: Dependency, spec: string): DnsServer {
  const server = parseDnsServer(spec);
  if (server) return server;
  throw new RearguardError('E_TARGET_INVALID', {
    setting: `dependencies.${dependency.name}.nameServers`,
    expected: 'an address, with or without a port, like 10.0.0.2:5353',
  });
}

function tlsOf({ tls }: Dependency): Pick<TlsPlan, 'tls'> {
  return tls === undefined ? {} : { tls };
}

/** For people: `postgres`, `https`, `s3`. */
export function kindOf(scheme: DependencyScheme): string {
  if (scheme.startsWith('s3+')) return 's3';
  if (scheme === 'postgresql') return 'postgres';
  if (scheme === 'mariadb') return 'mysql';
  return scheme.replace('+tls', '');
}
