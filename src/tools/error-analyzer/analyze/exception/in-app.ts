import type { Runtime, StackFrame } from '../../../_shared/logs/trace/types.ts';

/**
 * Which frames are the application's own. Globs are matched against the file with `/` as separator and against `module.function`; `*` stands for
 * anything. What is listed by the user wins over the table, `inApp` over `notInApp`.
 */
export interface InAppRules {
  inApp: readonly string[];
  notInApp: readonly string[];
}

export const NO_IN_APP_RULES: InAppRules = { inApp: [], notInApp: [] };

interface RuntimeRules {
  /** Parts of a path (`/` at its ends where a directory is meant). */
  files: readonly string[];
  /** Beginnings of `module.function`. */
  modules: readonly string[];
}

/** Runtimes, their package managers, and the frameworks whose frames surround everybody's code. */
const TABLE: Readonly<Record<Runtime, RuntimeRules>> = {
  node: {
    files: [
      'node:',
      'internal/',
      '/node_modules/',
      '<anonymous>',
      'native',
      '/.pnpm/',
      '/.yarn/',
      'webpack/runtime/',
      'index ',
    ],
    modules: [],
  },
  python: {
    files: [
      '/site-packages/',
      '/dist-packages/',
      '/lib/python',
      '/Python3',
      '<frozen ',
      '/lib64/python',
      '/.venv/bin/',
      '/bin/gunicorn',
      '/bin/uvicorn',
      '/bin/celery',
      '/bin/flask',
    ],
    modules: [],
  },
  java: {
    files: [],
    modules: [
      'java.',
      'javax.',
      'jakarta.',
      'jdk.',
      'sun.',
      'com.sun.',
      'kotlin.',
      'kotlinx.',
      'scala.',
      'groovy.',
      'clojure.',
      '_COROUTINE.',
      'org.springframework.',
      'org.apache.',
      'org.hibernate.',
      'org.eclipse.',
      'org.jboss.',
      'org.postgresql.',
      'org.mariadb.',
      'org.codehaus.',
      'org.slf4j.',
      'org.junit.',
      'org.mockito.',
      'org.aspectj.',
      'org.jooq.',
      'org.flywaydb.',
      'org.mybatis.',
      'org.quartz.',
      'org.elasticsearch.',
      'com.zaxxer.',
      'com.mysql.',
      'com.fasterxml.',
      'com.google.common.',
      'com.google.gson.',
      'com.google.inject.',
      'com.netflix.',
      'com.mongodb.',
      'com.amazonaws.',
      'com.rabbitmq.',
      'com.datastax.',
      'com.mchange.',
      'com.newrelic.',
      'com.github.benmanes.',
      'com.graphql.',
      'graphql.',
      'io.netty.',
      'io.micrometer.',
      'io.undertow.',
      'io.lettuce.',
      'io.grpc.',
      'io.vertx.',
      'io.quarkus.',
      'io.micronaut.',
      'io.ktor.',
      'io.opentelemetry.',
      'io.reactivex.',
      'io.github.resilience4j.',
      'io.smallrye.',
      'io.jsonwebtoken.',
      'reactor.',
      'rx.',
      'akka.',
      'play.',
      'ch.qos.',
      'redis.clients.',
      'feign.',
      'okhttp3.',
      'okio.',
      'retrofit2.',
      'software.amazon.',
      'datadog.',
      'net.bytebuddy.',
      'net.sf.cglib.',
      'cats.',
      'zio.',
      'oracle.',
      'org.glassfish.',
      'org.thymeleaf.',
      'org.yaml.',
    ],
  },
  go: {
    files: ['/pkg/mod/', '/vendor/', '/usr/local/go/src/', '/go/src/runtime/', '/libexec/src/', '@v'],
    modules: [],
  },
  ruby: {
    files: [
      '/gems/',
      '<internal:',
      '/lib/ruby/',
      '/vendor/bundle/',
      '/bin/bundle',
      '/bin/rails',
      '/bin/puma',
      '/bin/sidekiq',
      '/bin/rackup',
    ],
    modules: [],
  },
  php: { files: ['/vendor/', '[internal function]', 'phar://', '/wp-includes/'], modules: [] },
  dotnet: {
    files: [],
    modules: [
      'System.',
      'Microsoft.',
      'MS.',
      'Windows.',
      'Npgsql.',
      'MySql.',
      'MySqlConnector.',
      'Oracle.',
      'MediatR.',
      'AutoMapper.',
      'Newtonsoft.',
      'Serilog.',
      'NLog.',
      'log4net.',
      'Dapper.',
      'Polly.',
      'Grpc.',
      'Swashbuckle.',
      'Castle.',
      'StackExchange.',
      'Azure.',
      'Amazon.',
      'RabbitMQ.',
      'MassTransit.',
      'Hangfire.',
      'FluentValidation.',
      'Autofac.',
      'MongoDB.',
      'Confluent.',
      'Quartz.',
      'OpenTelemetry.',
      'Datadog.',
      'NewRelic.',
      'IdentityServer4.',
      'HotChocolate.',
      'Refit.',
      'RestSharp.',
      'Flurl.',
      'NHibernate.',
      'NServiceBus.',
      'Orleans.',
      'lambda_method',
    ],
  },
};

/** First words of the import paths of Go's own library; none has a dot, and neither may a module of one's own. */
const GO_STANDARD = new Set(
  (
    'archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image index internal io iter ' +
    'log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings sync syscall testing text time unicode unique unsafe panic'
  ).split(' '),
);

export function isInApp(frame: StackFrame, runtime: Runtime, rules: InAppRules = NO_IN_APP_RULES): boolean {
  const file = (frame.file ?? '').replaceAll('\\', '/');
  const name = frame.module === null ? frame.function : `${frame.module}.${frame.function}`;
  const listed = (globs: readonly string[]): boolean =>
    globs.some((glob) => globMatches(glob, file) || globMatches(glob, name));
  if (listed(rules.inApp)) return true;
  if (listed(rules.notInApp)) return false;
  const { files, modules } = TABLE[runtime];
  if (files.some((part) => (part.startsWith('/') ? `/${file}`.includes(part) : isBeginning(part, file))))
    return false;
  if (modules.some((prefix) => name.startsWith(prefix))) return false;
  if (runtime === 'go') return !isGoStandard(frame);
  return frame.file !== null || frame.module !== null;
}

function isBeginning(part: string, file: string): boolean {
  return file.startsWith(part) || (part.startsWith('@') && file.includes(part));
}

function isGoStandard({ module, function: name }: StackFrame): boolean {
  if (module === null) return name === 'panic';
  const first = module.split('/', 1)[0]!;
  return !first.includes('.') && GO_STANDARD.has(first);
}

/** `*` stands for anything, the rest for itself. Linear in the text. */
export function globMatches(glob: string, text: string): boolean {
  const parts = glob.replaceAll('**', '*').split('*');
  const last = parts.pop()!;
  const first = parts.shift();
  if (first === undefined) return text === last;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
