import { RearguardError } from '../../../core/errors.ts';
import type { Dependency } from '../../../config/dependencies.ts';
import type { DependencyScheme } from '../../../core/dependency-schemes.ts';
import type { WireKind, WirePlan } from '../../../platform/probe/plans.ts';
import type { PlanBase } from '../../../platform/probe/types.ts';
import { asConfigured, askedFor } from './encryption.ts';

export type WireScheme = Exclude<
  DependencyScheme,
  'http' | 'https' | 's3+http' | 's3+https' | 'tls' | 'dns' | 'domain'
>;

interface WireTraits {
  kind: WireKind;
  /** Where the URL has none; null: it must have one. */
  port: number | null;
  encryption: WirePlan['encryption'];
}

const TRAITS: Readonly<Record<WireScheme, WireTraits>> = {
  tcp: { kind: 'tcp', port: null, encryption: 'none' },
  postgres: { kind: 'postgres', port: 5432, encryption: 'none' },
  postgresql: { kind: 'postgres', port: 5432, encryption: 'none' },
  mysql: { kind: 'mysql', port: 3306, encryption: 'none' },
  mariadb: { kind: 'mysql', port: 3306, encryption: 'none' },
  redis: { kind: 'redis', port: 6379, encryption: 'none' },
  rediss: { kind: 'redis', port: 6379, encryption: 'implicit' },
  mongodb: { kind: 'mongodb', port: 27017, encryption: 'none' },
  amqp: { kind: 'amqp', port: 5672, encryption: 'none' },
  amqps: { kind: 'amqp', port: 5671, encryption: 'implicit' },
  kafka: { kind: 'kafka', port: 9092, encryption: 'none' },
  'kafka+tls': { kind: 'kafka', port: 9093, encryption: 'implicit' },
  nats: { kind: 'nats', port: 4222, encryption: 'none' },
  // NATS says who it is in plain text first, then upgrades.
  'nats+tls': { kind: 'nats', port: 4222, encryption: 'starttls' },
  mqtt: { kind: 'mqtt', port: 1883, encryption: 'none' },
  mqtts: { kind: 'mqtt', port: 8883, encryption: 'implicit' },
  smtp: { kind: 'smtp', port: 25, encryption: 'none' },
  smtps: { kind: 'smtp', port: 465, encryption: 'implicit' },
  grpc: { kind: 'grpc', port: 50051, encryption: 'none' },
  grpcs: { kind: 'grpc', port: 443, encryption: 'implicit' },
  ws: { kind: 'websocket', port: 80, encryption: 'none' },
  wss: { kind: 'websocket', port: 443, encryption: 'implicit' },
};

/** The conversation that a connection URL asks for, credentials and all. Throws E_TARGET_INVALID without a port. */
export function wirePlan(dependency: Dependency, scheme: WireScheme, url: URL, base: PlanBase): WirePlan {
  const { kind, port: defaultPort, encryption } = TRAITS[scheme];
  const port = url.port === '' ? defaultPort : Number(url.port);
  if (port === null || url.hostname === '') {
    throw new RearguardError('E_TARGET_INVALID', {
      setting: `dependencies.${dependency.name}.url`,
      expected: `a URL with a host and a port, like ${scheme}://host:port`,
    });
  }
  const { send, expect, headers } = dependency;
  const speaksHttp = kind === 'websocket' || kind === 'grpc';
  return {
    ...base,
    kind,
    host: url.hostname,
    port,
    resolver: 'own',
    ...(encryption === 'none'
      ? askedFor(kind, url, dependency.tls)
      : asConfigured(encryption, dependency.tls)),
    ...given('username', decoded(url.username)),
    ...given('password', decoded(url.password)),
    ...given('database', databaseOf(kind, url)),
    ...given('path', pathOf(kind, url)),
    ...(speaksHttp && Object.keys(headers).length > 0 ? { headers } : {}),
    ...given('send', kind === 'tcp' ? send : undefined),
    ...given('expect', kind === 'tcp' ? expect?.answer : undefined),
  };
}

function given<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [K in Key]?: string });
}

function decoded(part: string): string | undefined {
  return part === '' ? undefined : decodeURIComponent(part);
}

function databaseOf(kind: WireKind, { pathname, searchParams }: URL): string | undefined {
  const path = decoded(pathname.replace(/^\//, ''));
  switch (kind) {
    case 'postgres':
    case 'mysql':
    case 'redis':
      return path;
    case 'mongodb':
      return searchParams.get('authSource') ?? path;
    case 'amqp':
      return path ?? '/';
    default:
      return undefined;
  }
}

/** websocket: path and query; grpc: the service's name. */
function pathOf(kind: WireKind, { pathname, search }: URL): string | undefined {
  if (kind === 'websocket') return `${pathname === '' ? '/' : pathname}${search}`;
  return kind === 'grpc' ? decoded(pathname.replace(/^\//, '')) : undefined;
}
