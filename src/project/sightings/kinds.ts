import { type Address, readHost } from './address.ts';

/** What the name of a variable or a client says: the kind, the scheme it is watched with, its usual port. */
export interface KnownKind {
  kind: string;
  scheme: string;
  port: number;
}

const KINDS: readonly (KnownKind & { names: RegExp })[] = [
  { kind: 'postgres', scheme: 'postgres', port: 5432, names: /^(?:POSTGRES|POSTGRESQL|PG)(?=_|HOST|$)/ },
  { kind: 'mysql', scheme: 'mysql', port: 3306, names: /^(?:MYSQL|MARIADB)/ },
  { kind: 'redis', scheme: 'redis', port: 6379, names: /^(?:REDIS|VALKEY)/ },
  { kind: 'mongodb', scheme: 'mongodb', port: 27_017, names: /^MONGO/ },
  { kind: 'amqp', scheme: 'amqp', port: 5672, names: /^(?:RABBIT|AMQP|CLOUDAMQP)/ },
  { kind: 'kafka', scheme: 'kafka', port: 9092, names: /^KAFKA/ },
  { kind: 'nats', scheme: 'nats', port: 4222, names: /^NATS/ },
  { kind: 'mqtt', scheme: 'mqtt', port: 1883, names: /^MQTT/ },
  { kind: 'smtp', scheme: 'smtp', port: 25, names: /^(?:SMTP|MAIL|MAILER|EMAIL)(?=_|$)/ },
  {
    kind: 'elasticsearch',
    scheme: 'http',
    port: 9200,
    names: /^(?:ELASTIC|ELASTICSEARCH|OPENSEARCH)(?=_|$)/,
  },
  { kind: 'memcached', scheme: 'tcp', port: 11_211, names: /^MEMCACHE/ },
  { kind: 's3', scheme: 's3+https', port: 443, names: /^(?:S3|MINIO)(?=_|$)/ },
];

/** By the beginning of a variable's name, without `APP_` and its like before it. */
export function kindOfVariable(name: string): KnownKind | undefined {
  const bare = name
    .toUpperCase()
    .replace(/^(?:APP|SERVICE|SPRING|DJANGO|RAILS|NODE|CACHE|QUEUE|BROKER|CELERY)_/, '');
  return KINDS.find(({ names }) => names.test(bare));
}

const BY_PORT: ReadonlyMap<number, KnownKind> = new Map(KINDS.map((known) => [known.port, known]));

/** Of a `DB_HOST` with a dialect or a port beside it. */
export function kindOfDatabase(dialect: string | undefined, port: number | undefined): KnownKind | undefined {
  const named = dialect === undefined ? undefined : kindOfVariable(dialect.replace(/^pgsql$/i, 'postgres'));
  return named ?? (port === undefined ? undefined : BY_PORT.get(port));
}

export function addressOfKind(known: KnownKind, host: string, port?: number): Address | null {
  return readHost(known.scheme, host, port ?? known.port);
}
