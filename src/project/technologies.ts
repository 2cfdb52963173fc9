import type { Fact } from './facts.ts';
import { found, uniqueFacts } from './fact.ts';
import { type Dependency, type PackageTable, rowsOf } from './manifests.ts';

const TECHNOLOGIES: PackageTable<{ name: string }> = [
  {
    name: 'Redis',
    packages: {
      npm: 'redis ioredis @redis/client connect-redis @fastify/redis',
      PyPI: 'redis django-redis aioredis',
      RubyGems: 'redis',
      Packagist: 'predis/predis',
      Maven:
        'org.springframework.boot:spring-boot-starter-data-redis org.springframework.boot:spring-boot-starter-data-redis-reactive',
      Go: 'github.com/redis/go-redis github.com/go-redis/redis github.com/gomodule/redigo',
    },
  },
  { name: 'BullMQ', packages: { npm: 'bullmq @nestjs/bullmq' } },
  { name: 'Celery', packages: { PyPI: 'celery' } },
  { name: 'Sidekiq', packages: { RubyGems: 'sidekiq' } },
  {
    name: 'RabbitMQ',
    packages: {
      npm: 'amqplib amqp-connection-manager',
      PyPI: 'pika aio-pika',
      Maven: 'org.springframework.boot:spring-boot-starter-amqp',
      Go: 'github.com/rabbitmq/amqp091-go',
    },
  },
  {
    name: 'Kafka',
    packages: {
      npm: 'kafkajs',
      PyPI: 'confluent-kafka aiokafka kafka-python',
      Maven: 'org.springframework.kafka:spring-kafka',
      Go: 'github.com/segmentio/kafka-go',
    },
  },
  {
    name: 'GraphQL',
    packages: {
      npm: 'graphql @nestjs/graphql @apollo/server mercurius',
      PyPI: 'graphene-django strawberry-graphql ariadne',
      RubyGems: 'graphql',
      Maven: 'org.springframework.boot:spring-boot-starter-graphql',
      Go: 'github.com/99designs/gqlgen',
    },
  },
  { name: 'Socket.IO', packages: { npm: 'socket.io', PyPI: 'python-socketio flask-socketio' } },
  { name: 'Passport', packages: { npm: 'passport @nestjs/passport' } },
  {
    name: 'JSON Web Tokens',
    packages: {
      npm: 'jsonwebtoken jose @nestjs/jwt @fastify/jwt koa-jwt',
      PyPI: 'pyjwt python-jose djangorestframework-simplejwt flask-jwt-extended',
      RubyGems: 'jwt',
      Go: 'github.com/golang-jwt/jwt',
    },
  },
  { name: 'Spring Security', packages: { Maven: 'org.springframework.boot:spring-boot-starter-security' } },
  { name: 'Laravel Sanctum', packages: { Packagist: 'laravel/sanctum' } },
  { name: 'Laravel Passport', packages: { Packagist: 'laravel/passport' } },
  { name: 'Laravel Horizon', packages: { Packagist: 'laravel/horizon' } },
  { name: 'NextAuth', packages: { npm: 'next-auth' } },
  { name: 'AWS SDK', packages: { npm: 'aws-sdk @aws-sdk/client-s3 @aws-sdk/client-sqs', PyPI: 'boto3' } },
  { name: 'Zod', packages: { npm: 'zod' } },
  { name: 'Django REST framework', packages: { PyPI: 'djangorestframework' } },
  { name: 'Pydantic', packages: { PyPI: 'pydantic pydantic-settings' } },
  {
    name: 'OpenTelemetry',
    packages: {
      npm: '@opentelemetry/sdk-node @opentelemetry/api',
      PyPI: 'opentelemetry-sdk',
      Go: 'go.opentelemetry.io/otel',
    },
  },
  {
    name: 'Prometheus client',
    packages: { npm: 'prom-client', PyPI: 'prometheus-client', Go: 'github.com/prometheus/client_golang' },
  },
  { name: 'Sentry', packages: { npm: '@sentry/node', PyPI: 'sentry-sdk', RubyGems: 'sentry-rails' } },
  { name: 'Elasticsearch', packages: { npm: '@elastic/elasticsearch', PyPI: 'elasticsearch' } },
  { name: 'gRPC', packages: { npm: '@grpc/grpc-js', PyPI: 'grpcio', Go: 'google.golang.org/grpc' } },
];

export function technologiesOf(dependencies: readonly Dependency[]): Fact<string>[] {
  const facts = rowsOf(TECHNOLOGIES, dependencies).map(({ row, dependency }) =>
    found(row.name, dependency.manifest),
  );
  return uniqueFacts(facts, (name) => name);
}
