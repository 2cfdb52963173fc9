import type { Fact, ProjectFacts } from '../../project/facts.ts';

export function found<Value>(value: Value, ...where: string[]): Fact<Value> {
  return { value, certainty: 'found', where };
}

export function guessed<Value>(value: Value, ...where: string[]): Fact<Value> {
  return { value, certainty: 'guessed', where };
}

/** A repository that says nothing but its name. */
export const NO_FACTS: ProjectFacts = {
  name: guessed('shop'),
  languages: [],
  frameworks: [],
  databases: [],
  orms: [],
  migrations: [],
  openapi: null,
  endpoints: [],
  logs: [],
  services: [],
  docker: [],
  ci: [],
  commands: [],
  port: null,
  technologies: [],
  structure: [],
  notRead: [],
};

function endpoint(method: 'GET' | 'POST', path: string, authenticated: boolean | null = null) {
  return found({ method, path, location: 'src/routes.ts:1', authenticated }, 'src/routes.ts:1');
}

/** A usual Express backend. */
export const SHOP_FACTS: ProjectFacts = {
  ...NO_FACTS,
  name: found('shop', 'package.json'),
  languages: [found('TypeScript')],
  frameworks: [found({ id: 'express', name: 'Express', version: '^5.1.0' }, 'package.json')],
  databases: [
    found(
      {
        kind: 'postgresql',
        driver: 'pg',
        urlVariable: 'DATABASE_URL',
        exampleUrl: 'postgres://localhost/shop',
      },
      '.env.example:3',
    ),
  ],
  endpoints: [
    endpoint('GET', '/api/users'),
    endpoint('POST', '/api/users'),
    endpoint('GET', '/api/users/{id}'),
    endpoint('GET', '/api/admin/stats', true),
    endpoint('GET', '/healthz'),
  ],
  logs: [found({ place: 'logs/app.log', library: 'pino' }, 'src/log.ts:4')],
  services: [
    found({ name: 'redis', kind: 'redis', variable: 'REDIS_URL', host: null }, '.env.example:5'),
    found({ name: 'stripe', kind: 'https', variable: null, host: 'api.stripe.com' }, 'src/pay.ts:7'),
    found({ name: 'queue', kind: 'amqp', variable: 'RABBIT_HOST', host: null }, 'src/queue.ts:2'),
  ],
  port: guessed(3000, 'src/server.ts:9'),
};
