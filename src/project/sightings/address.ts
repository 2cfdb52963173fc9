import { redactUrl } from '../../core/redact.ts';
import { DEPENDENCY_SCHEMES } from '../../core/dependency-schemes.ts';

/** Where a dependency answers: nothing of it is a secret. */
export interface Address {
  /** As a config accepts it: postgres, rediss, s3+https … */
  scheme: string;
  /** Lower case; every name of this machine is `localhost`. */
  host: string;
  port: number;
}

/** Family and default port of each scheme of a connection. */
const FAMILIES: Readonly<Record<string, readonly [kind: string, defaultPort: number]>> = {
  https: ['https', 443],
  http: ['http', 80],
  's3+https': ['s3', 443],
  's3+http': ['s3', 80],
  tcp: ['tcp', 0],
  tls: ['tls', 443],
  postgres: ['postgres', 5432],
  mysql: ['mysql', 3306],
  mariadb: ['mysql', 3306],
  redis: ['redis', 6379],
  rediss: ['redis', 6379],
  mongodb: ['mongodb', 27017],
  amqp: ['amqp', 5672],
  amqps: ['amqp', 5671],
  kafka: ['kafka', 9092],
  'kafka+tls': ['kafka', 9092],
  nats: ['nats', 4222],
  'nats+tls': ['nats', 4222],
  mqtt: ['mqtt', 1883],
  mqtts: ['mqtt', 8883],
  smtp: ['smtp', 25],
  smtps: ['smtp', 465],
  grpc: ['grpc', 80],
  grpcs: ['grpc', 443],
  ws: ['ws', 80],
  wss: ['ws', 443],
};

/** How libraries spell schemes that a config does not know. */
const SPELLINGS: Readonly<Record<string, string>> = {
  postgresql: 'postgres',
  'mongodb+srv': 'mongodb',
  'jdbc:postgresql': 'postgres',
  'jdbc:mysql': 'mysql',
  'jdbc:mariadb': 'mariadb',
  valkey: 'redis',
  valkeys: 'rediss',
  postgis: 'postgres',
  pgsql: 'postgres',
};

export function kindOfScheme(scheme: string): string {
  return FAMILIES[scheme]?.[0] ?? scheme;
}

export function defaultPortOf(scheme: string): number {
  return FAMILIES[scheme]?.[1] ?? 0;
}

/** What a text that may be a connection URL is about; every part of it that could be a secret is left behind. */
export interface ReadUrl {
  scheme: string;
  /** null when the host is a placeholder, or cannot be told from the credentials. */
  address: Address | null;
  /** Whether a config can hold this very text, by reference. */
  usable: boolean;
}

const URL_FORM = /^((?:jdbc:)?[a-z][a-z0-9.-]*(?:\+[a-z0-9]+)?):\/\/([^\s]*)$/i;

/** null when the text is no URL of a kind that can be watched. */
export function readUrl(text: string): ReadUrl | null {
  const [, written = '', rest = ''] = URL_FORM.exec(text.trim()) ?? [];
  const scheme = knownScheme(written.toLowerCase());
  if (scheme === undefined) return null;
  const usable =
    DEPENDENCY_SCHEMES.some((known) => known === written.toLowerCase()) && URL.canParse(text.trim());
  // The name in mongodb+srv:// is that of a DNS record, not of a host.
  const authority = written.toLowerCase().endsWith('+srv') ? undefined : hostPart(rest);
  return { scheme, usable, address: authority === undefined ? null : readHost(scheme, authority) };
}

function knownScheme(written: string): string | undefined {
  // `postgresql+asyncpg`: a dialect with its driver.
  return [written, written.split('+')[0] ?? '']
    .map((scheme) => SPELLINGS[scheme] ?? scheme)
    .find((scheme) => Object.hasOwn(FAMILIES, scheme));
}

/**
 * What follows the only `@`, or what precedes the path when there is none. undefined where nobody knows where a password
 * ends: with several `@`, and with one behind a `/`, `?` or `#`, which may be a path as well as half a password.
 */
function hostPart(rest: string): string | undefined {
  const parts = rest.split('@');
  const [first = '', second] = parts;
  const authority = first.split(/[/?#,;]/, 1)[0] ?? '';
  if (second === undefined) return authority;
  if (parts.length > 2 || authority.length < first.length) return undefined;
  return second.split(/[/?#,;]/, 1)[0];
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(\d{1,5}))?$/i;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/** `cache:6379`; undefined ports are those of the scheme. null for placeholders and what is no host. */
export function readHost(scheme: string, text: string, port?: number): Address | null {
  const [, name, writtenPort] = HOST.exec(text) ?? [];
  if (name === undefined || name.length > 253) return null;
  const host = LOOPBACK.test(name.toLowerCase()) ? 'localhost' : name.toLowerCase();
  const number = writtenPort === undefined ? (port ?? defaultPortOf(scheme)) : Number(writtenPort);
  if (number < 1 || number > 65_535) return null;
  const address = { scheme, host, port: number };
  const url = formatAddress(address);
  return URL.canParse(url) && redactUrl(url) === url ? address : null;
}

/** `redis://cache:6379`; the port of a web address is written only where it is unusual. */
export function formatAddress({ scheme, host, port }: Address): string {
  const isWeb = /^(?:s3\+)?https?$|^wss?$|^grpcs?$/.test(scheme);
  return `${scheme}://${host}${isWeb && port === defaultPortOf(scheme) ? '' : `:${port}`}`;
}
