import { parse } from 'yaml';
import { list, mapping } from '../packages/package.ts';
import { readHost } from './address.ts';
import { sightInEnvironment } from './environment.ts';
import { type Sighting, sourceText } from './sighting.ts';

export function isComposeFile(fileName: string): boolean {
  return /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/.test(fileName);
}

/** What a compose file runs, and what its services are told; `services` are names that only mean something inside. */
export interface ComposeSightings {
  sightings: Sighting[];
  /** Where each service that was recognised answers from outside. */
  services: Map<string, { host: string; port: number }>;
}

/** A warning would quote the file on stderr, and what stands there may be a secret. */
const YAML_OPTIONS = { maxAliasCount: 100, logLevel: 'error' } as const;

interface ServerImage {
  kind: string;
  scheme: string;
  port: number;
  /** Last part of the image's name. */
  image: RegExp;
}

const IMAGES: readonly ServerImage[] = [
  {
    kind: 'postgres',
    scheme: 'postgres',
    port: 5432,
    image: /^(?:postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector)$/,
  },
  { kind: 'mysql', scheme: 'mysql', port: 3306, image: /^(?:mysql|mysql-server|percona|percona-server)$/ },
  { kind: 'mysql', scheme: 'mariadb', port: 3306, image: /^mariadb$/ },
  {
    kind: 'redis',
    scheme: 'redis',
    port: 6379,
    image: /^(?:redis|redis-stack|redis-stack-server|keydb|dragonfly|valkey|valkey-bundle)$/,
  },
  { kind: 'mongodb', scheme: 'mongodb', port: 27_017, image: /^(?:mongo|mongodb|mongodb-community-server)$/ },
  { kind: 'amqp', scheme: 'amqp', port: 5672, image: /^rabbitmq$/ },
  {
    kind: 'kafka',
    scheme: 'kafka',
    port: 9092,
    image: /^(?:kafka|kafka-native|cp-kafka|cp-server|redpanda)$/,
  },
  { kind: 'nats', scheme: 'nats', port: 4222, image: /^nats$/ },
  {
    kind: 'mqtt',
    scheme: 'mqtt',
    port: 1883,
    image: /^(?:eclipse-mosquitto|mosquitto|emqx|emqx-enterprise|vernemq)$/,
  },
  { kind: 's3', scheme: 's3+http', port: 9000, image: /^minio$/ },
  { kind: 'smtp', scheme: 'smtp', port: 1025, image: /^(?:mailhog|mailpit)$/ },
  { kind: 'elasticsearch', scheme: 'http', port: 9200, image: /^(?:elasticsearch|opensearch)$/ },
  { kind: 'memcached', scheme: 'tcp', port: 11_211, image: /^memcached$/ },
];

/** Throws the parser's error when it is no YAML. */
export function sightInCompose(path: string, text: string): ComposeSightings {
  const found: ComposeSightings = { sightings: [], services: new Map() };
  for (const [service, value] of Object.entries(mapping(mapping(parse(text, YAML_OPTIONS))['services']))) {
    if (!/^[\w.-]{1,80}$/.test(service)) continue;
    const definition = mapping(value);
    const variables = environmentOf(definition['environment']);
    // What a container is told is not in the environment of whoever reads this; only the address counts.
    const told = sightInEnvironment(path, variables).filter(({ address }) => address !== null);
    found.sightings.push(...told.map((sighting) => ({ ...sighting, variable: null })));
    const image = imageOf(definition['image']);
    if (image === undefined) continue;
    const published = publishedPort(definition['ports'], image.port);
    const address = readHost(
      image.scheme,
      published === undefined ? service : 'localhost',
      published ?? image.port,
    );
    if (address === null) continue;
    found.services.set(service.toLowerCase(), { host: address.host, port: address.port });
    found.sightings.push({
      kind: image.kind,
      address,
      variable: null,
      source: sourceText(path, `service ${service}${published === undefined ? ', port not published' : ''}`),
      confidence: published === undefined ? 'possible' : 'likely',
      nameHint: service,
      statusPage: null,
    });
  }
  return found;
}

function imageOf(image: unknown): ServerImage | undefined {
  if (typeof image !== 'string') return undefined;
  const name = image.split('@')[0]?.split('/').at(-1)?.split(':')[0]?.toLowerCase() ?? '';
  return IMAGES.find((known) => known.image.test(name));
}

/** A list of `NAME=value` or a mapping. */
function environmentOf(environment: unknown): Map<string, string> {
  const pairs = Array.isArray(environment)
    ? environment.flatMap((line): [string, string][] => {
        const at = typeof line === 'string' ? line.indexOf('=') : -1;
        return at > 0 ? [[String(line).slice(0, at), String(line).slice(at + 1)]] : [];
      })
    : Object.entries(mapping(environment)).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      );
  return new Map(pairs.filter(([name]) => /^[A-Za-z_]\w{0,99}$/.test(name)));
}

/** `"5433:5432"`, `"127.0.0.1:5433:5432/tcp"`, `{ target: 5432, published: "5433" }`; undefined when it is not published, or at a port that changes. */
function publishedPort(ports: unknown, containerPort: number): number | undefined {
  for (const entry of list(ports)) {
    const [published, target] =
      typeof entry === 'object' ? [mapping(entry)['published'], mapping(entry)['target']] : shortForm(entry);
    if (Number(withDefaults(target)) !== containerPort) continue;
    const port = Number(withDefaults(published));
    if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  }
  return undefined;
}

function shortForm(text: unknown): [published: string | undefined, target: string | undefined] {
  const parts = withDefaults(text)
    .replace(/\/(?:tcp|udp)$/, '')
    .split(':');
  return [parts.length > 1 ? parts.at(-2) : undefined, parts.at(-1)];
}

/** `${PORT:-5432}` is 5432 unless somebody says otherwise. */
function withDefaults(text: unknown): string {
  const plain = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  return plain.replace(/\$\{\w{1,100}:?-([^}]{0,200})\}/g, '$1');
}
