import type { DnsRecordType, DnsServer } from '../dns/query.ts';
import type { Destination } from '../tcp/open-socket.ts';
import type { HttpProbePlan, PlanBase, TlsOptions } from './types.ts';

/** Every kind of active check; data only, so that it can cross to a worker thread. */
export type ProbePlan = HttpProbePlan | WirePlan | TlsPlan | DnsPlan | DomainPlan;

/** Protocols whose opening conversation we speak ourselves, one file each in `wire/`. */
export const WIRE_KINDS = [
  'tcp',
  'postgres',
  'mysql',
  'redis',
  'mongodb',
  'amqp',
  'kafka',
  'nats',
  'mqtt',
  'smtp',
  'grpc',
  'websocket',
] as const;
export type WireKind = (typeof WIRE_KINDS)[number];

/** The opening conversation of a protocol, far enough that a frozen or broken server cannot pass it. */
export interface WirePlan extends PlanBase, Destination {
  kind: WireKind;
  /** `implicit`: TLS before the first byte; `starttls`: the protocol's own way to it; `none`: plain. */
  encryption: 'none' | 'implicit' | 'starttls';
  tls?: TlsOptions;
  username?: string;
  password?: string;
  /** postgres, mysql and mongodb: the database; redis: its number; amqp: the virtual host. */
  database?: string;
  /** websocket: path and query; grpc: the service to ask the health of, '' for the whole server. */
  path?: string;
  /** websocket and grpc. */
  headers?: Readonly<Record<string, string>>;
  /** tcp: written once connected. */
  send?: string;
  /** tcp: text the answer must contain. */
  expect?: string;
}

/** A TLS handshake with every address behind the name: the first that fails is the outcome, each is a hop. */
export interface TlsPlan extends PlanBase, Destination {
  kind: 'tls';
  tls?: TlsOptions;
}

/** One question to each server; all of them must answer, as expected where something is expected. */
export interface DnsPlan extends PlanBase {
  kind: 'dns';
  name: string;
  type: DnsRecordType;
  /** The machine's own when left out. */
  servers?: readonly DnsServer[];
  expect?: readonly string[];
}

/** When the registration of a domain ends, over RDAP (RFC 9082, RFC 9083). */
export interface DomainPlan extends PlanBase {
  kind: 'domain';
  /** The registered domain: `example.com`. */
  domain: string;
  /** Where to ask; a redirect to the registry's own server is followed. */
  rdapUrl: string;
}
