import type { Ecosystem } from '../packages/package.ts';

/** What a client library talks to: a kind of server, or a vendor by name. */
export type ClientOf = { kind: string } | { vendor: string };

/** Library names by what they talk to, one line a kind; only clients, no frameworks that may use one. */
const KINDS: Readonly<Record<string, Partial<Record<Ecosystem, string>>>> = {
  postgres: {
    npm: 'pg postgres pg-promise slonik @neondatabase/serverless',
    PyPI: 'psycopg psycopg2 psycopg2-binary asyncpg pg8000',
    Go: 'github.com/lib/pq github.com/jackc/pgx github.com/go-pg/pg',
    RubyGems: 'pg',
    'crates.io': 'postgres tokio-postgres',
  },
  mysql: {
    npm: 'mysql mysql2 mariadb',
    PyPI: 'mysqlclient pymysql mysql-connector-python aiomysql mariadb',
    Go: 'github.com/go-sql-driver/mysql',
    RubyGems: 'mysql2 trilogy',
    'crates.io': 'mysql mysql_async',
  },
  redis: {
    npm: 'redis ioredis @redis/client bullmq bull iovalkey @valkey/valkey-glide connect-redis',
    PyPI: 'redis aioredis valkey hiredis',
    Go: 'github.com/redis/go-redis github.com/go-redis/redis github.com/gomodule/redigo github.com/valkey-io/valkey-go',
    RubyGems: 'redis redis-client sidekiq resque',
    Packagist: 'predis/predis',
    Maven:
      'org.springframework.boot:spring-boot-starter-data-redis org.springframework.boot:spring-boot-starter-data-redis-reactive redis.clients:jedis',
    'crates.io': 'redis fred',
  },
  mongodb: {
    npm: 'mongodb mongoose',
    PyPI: 'pymongo motor mongoengine',
    Go: 'go.mongodb.org/mongo-driver',
    RubyGems: 'mongo mongoid',
    Packagist: 'mongodb/mongodb',
    'crates.io': 'mongodb',
  },
  amqp: {
    npm: 'amqplib amqp-connection-manager rhea @golevelup/nestjs-rabbitmq',
    PyPI: 'pika aio-pika amqp',
    Go: 'github.com/rabbitmq/amqp091-go github.com/streadway/amqp',
    RubyGems: 'bunny',
    Packagist: 'php-amqplib/php-amqplib',
    Maven: 'org.springframework.boot:spring-boot-starter-amqp',
    'crates.io': 'lapin',
  },
  kafka: {
    npm: 'kafkajs node-rdkafka @confluentinc/kafka-javascript @platformatic/kafka',
    PyPI: 'kafka-python confluent-kafka aiokafka',
    Go: 'github.com/segmentio/kafka-go github.com/IBM/sarama github.com/Shopify/sarama github.com/twmb/franz-go github.com/confluentinc/confluent-kafka-go',
    RubyGems: 'ruby-kafka rdkafka karafka',
    Maven: 'org.springframework.kafka:spring-kafka org.apache.kafka:kafka-clients',
    'crates.io': 'rdkafka',
  },
  nats: {
    npm: 'nats @nats-io/transport-node @nats-io/nats-core',
    PyPI: 'nats-py',
    Go: 'github.com/nats-io/nats.go',
    RubyGems: 'nats-pure',
    'crates.io': 'async-nats',
  },
  mqtt: {
    npm: 'mqtt async-mqtt',
    PyPI: 'paho-mqtt aiomqtt',
    Go: 'github.com/eclipse/paho.mqtt.golang',
    'crates.io': 'rumqttc paho-mqtt',
  },
  smtp: {
    npm: 'nodemailer',
    PyPI: 'aiosmtplib',
    Go: 'gopkg.in/gomail.v2',
    Maven: 'org.springframework.boot:spring-boot-starter-mail',
    'crates.io': 'lettre',
  },
  s3: {
    npm: '@aws-sdk/client-s3 minio',
    PyPI: 'minio',
    Go: 'github.com/minio/minio-go',
    RubyGems: 'aws-sdk-s3',
  },
  grpc: {
    npm: '@grpc/grpc-js',
    PyPI: 'grpcio',
    Go: 'google.golang.org/grpc',
    RubyGems: 'grpc',
    'crates.io': 'tonic',
  },
  elasticsearch: {
    npm: '@elastic/elasticsearch @opensearch-project/opensearch',
    PyPI: 'elasticsearch opensearch-py',
    Go: 'github.com/elastic/go-elasticsearch',
    RubyGems: 'elasticsearch',
    Packagist: 'elasticsearch/elasticsearch',
  },
  memcached: {
    npm: 'memcached memjs',
    PyPI: 'pymemcache python-memcached pylibmc',
    Go: 'github.com/bradfitz/gomemcache',
    RubyGems: 'dalli',
  },
};

const VENDORS: Readonly<Record<string, Partial<Record<Ecosystem, string>>>> = {
  stripe: {
    npm: 'stripe',
    PyPI: 'stripe',
    Go: 'github.com/stripe/stripe-go',
    RubyGems: 'stripe',
    Packagist: 'stripe/stripe-php',
  },
  sendgrid: {
    npm: '@sendgrid/mail @sendgrid/client',
    PyPI: 'sendgrid',
    Go: 'github.com/sendgrid/sendgrid-go',
    RubyGems: 'sendgrid-ruby',
    Packagist: 'sendgrid/sendgrid',
  },
  slack: {
    npm: '@slack/web-api @slack/bolt @slack/webhook',
    PyPI: 'slack-sdk slack-bolt',
    Go: 'github.com/slack-go/slack',
  },
  twilio: {
    npm: 'twilio',
    PyPI: 'twilio',
    Go: 'github.com/twilio/twilio-go',
    RubyGems: 'twilio-ruby',
    Packagist: 'twilio/sdk',
  },
  github: {
    npm: '@octokit/rest octokit @octokit/core',
    PyPI: 'pygithub',
    Go: 'github.com/google/go-github',
    RubyGems: 'octokit',
  },
  openai: { npm: 'openai', PyPI: 'openai', Go: 'github.com/openai/openai-go', RubyGems: 'openai' },
  anthropic: { npm: '@anthropic-ai/sdk', PyPI: 'anthropic' },
  mailgun: { npm: 'mailgun.js mailgun-js' },
  postmark: { npm: 'postmark', RubyGems: 'postmark' },
  cloudinary: { npm: 'cloudinary', PyPI: 'cloudinary', RubyGems: 'cloudinary' },
};

const BY_NAME: ReadonlyMap<string, ClientOf> = new Map([
  ...Object.entries(KINDS).flatMap(([kind, names]) => entries(names, { kind })),
  ...Object.entries(VENDORS).flatMap(([vendor, names]) => entries(names, { vendor })),
]);

function entries(names: Partial<Record<Ecosystem, string>>, client: ClientOf): [string, ClientOf][] {
  return Object.entries(names).flatMap(([ecosystem, list]) =>
    list.split(' ').map((name): [string, ClientOf] => [`${ecosystem} ${name}`, client]),
  );
}

/** What a package talks to, if it is a client that is known. */
export function clientOf(ecosystem: Ecosystem, name: string): ClientOf | undefined {
  // A Go module carries its major version as the last part of its path.
  const bare = ecosystem === 'Go' ? name.replace(/\/v\d+$/, '') : name;
  return BY_NAME.get(`${ecosystem} ${bare}`);
}
