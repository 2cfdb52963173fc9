import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { serveHttp } from '../../../platform/test-support/servers.ts';
import { discover, discoverDependencies, type Proposal, settingsOf } from './discover.ts';
import { readProject } from './discover/read-project.ts';
import { testProject, type TestProject } from './discover/test-fixture.ts';

const projects: TestProject[] = [];
afterEach(async () => {
  await Promise.all(projects.splice(0).map((project) => project.remove()));
});

async function proposalsOf(files: Readonly<Record<string, string>>): Promise<Proposal[]> {
  const project = await testProject(files);
  projects.push(project);
  return discoverDependencies(await project.context());
}

/** `name kind url reference confidence`, a dash for null. */
function rows(proposals: readonly Proposal[]): string[] {
  return proposals.map(({ name, kind, url, reference, confidence }) =>
    [name, kind, url ?? '-', reference ?? '-', confidence].join(' | '),
  );
}

describe('environment files', () => {
  it('keep scheme, host and port, and refer to the variable', async () => {
    const found = await proposalsOf({
      '.env': [
        'DATABASE_URL="postgres://shop:hunter2@db.internal:5433/shop?sslmode=require"',
        'export REDIS_URL=redis://cache.internal # the cache',
        'PAYMENT_API_URL=https://pay.vendor.io/v2/charges?key=hunter2',
        'APP_URL=https://shop.io',
        'CORS_ORIGIN=https://shop.io',
        'PORT=3000',
      ].join('\n'),
    });
    expect(rows(found)).toEqual([
      'postgres | postgres | postgres://db.internal:5433 | { $env: DATABASE_URL } | likely',
      'redis | redis | redis://cache.internal:6379 | { $env: REDIS_URL } | likely',
      'payment | https | https://pay.vendor.io | { $env: PAYMENT_API_URL } | likely',
    ]);
    expect(found[0]?.sources).toEqual(['.env: DATABASE_URL']);
  });

  it('put hosts and ports together that stand in two variables', async () => {
    const found = await proposalsOf({
      '.env.example':
        'REDIS_HOST=cache\nREDIS_PORT=6380\nDB_CONNECTION=mysql\nDB_HOST=db\nSMTP_HOST=mail\nSMTP_PORT=587\nKAFKA_BROKERS=k1:9092,k2:9092\n',
    });
    expect(rows(found)).toEqual([
      'redis | redis | redis://cache:6380 | - | likely',
      'mysql | mysql | mysql://db:3306 | - | likely',
      'smtp | smtp | smtp://mail:587 | - | likely',
      'kafka | kafka | kafka://k1:9092 | - | likely',
    ]);
  });

  it('give the variable alone where the value is a placeholder, empty, or hides its host', async () => {
    const found = await proposalsOf({
      '.env.example':
        'SEARCH_API_URL=https://search.example.com\nREDIS_URL=\nMONGODB_URI=mongodb://shop:p@ss/w@rd@mongo:27017/shop\nAMQP_URL=amqp://${USER}:${PASS}@${HOST}:5672\n',
    });
    expect(rows(found).toSorted()).toEqual([
      'amqp | amqp | - | { $env: AMQP_URL } | possible',
      'mongodb | mongodb | - | { $env: MONGODB_URI } | possible',
      'redis | redis | - | { $env: REDIS_URL } | possible',
      'search | https | - | { $env: SEARCH_API_URL } | possible',
    ]);
  });

  it('know spellings a config does not, and then do not refer to the variable', async () => {
    const found = await proposalsOf({
      '.env':
        'DATABASE_URL=postgresql+asyncpg://a:b@db/x\nMONGO_URL=mongodb+srv://a:b@cluster.mongodb.net/x\n',
    });
    expect(rows(found)).toEqual([
      'postgres | postgres | postgres://db:5432 | - | likely',
      'mongo | mongodb | - | - | possible',
    ]);
    expect(found.map(settingsOf)).toEqual([{ url: 'postgres://db:5432' }, null]);
  });
});

describe('compose files', () => {
  it('propose what they run, at the port they publish', async () => {
    const found = await proposalsOf({
      'compose.yaml': [
        'services:',
        '  db:',
        '    image: docker.io/library/postgres:16-alpine@sha256:0',
        '    ports: ["127.0.0.1:${DB_PORT:-5433}:5432"]',
        '  cache:',
        '    image: valkey/valkey',
        '    ports: [{ target: 6379, published: "6380" }]',
        '  queue:',
        '    image: rabbitmq:3-management',
        '  web:',
        '    build: .',
        '    environment:',
        '      REDIS_URL: redis://cache:6379',
        '      - broken',
      ]
        .slice(0, -1)
        .join('\n'),
      'docker-compose.dev.yml': 'services: { mail: { image: axllent/mailpit, ports: ["1025:1025"] } }',
    });
    expect(rows(found).toSorted()).toEqual(
      [
        'cache | redis | redis://localhost:6380 | - | likely',
        'db | postgres | postgres://localhost:5433 | - | likely',
        'mail | smtp | smtp://localhost:1025 | - | likely',
        'queue | amqp | amqp://queue:5672 | - | possible',
      ].toSorted(),
    );
    expect(found.find(({ name }) => name === 'cache')?.sources).toEqual([
      'compose.yaml: service cache',
      'compose.yaml: REDIS_URL',
    ]);
  });

  it('say what they could not read, without quoting it', async () => {
    const project = await testProject({ 'compose.yaml': 'services: { hunter2-secret: [', 'a.ts': '' });
    projects.push(project);
    const { unread } = await discover(await project.context());
    expect(unread).toEqual(['compose.yaml: it is not in its format']);
  });
});

describe('source code', () => {
  it('gives hosts, with the vendors that are known', async () => {
    const found = await proposalsOf({
      'src/pay.ts': [
        'import x from "y";',
        '// see https://docs.vendor.io/start and https://blog.vendor.io',
        'const stripe = "https://api.stripe.com/v1/charges";',
        'const hook = `https://hooks.slack.com/services/T0/B0/hunter2hunter2`;',
        'const w3 = "http://www.w3.org/2000/svg";',
        'const template = `https://${host}/x`;',
        'const live = "wss://stream.vendor.io:9443/feed";',
        'const example = "https://api.example.com";',
        'const page = "https://status.stripe.com"; const dsn = "postgres://user:password@host/db";',
      ].join('\n'),
      'node_modules/a/index.js': 'fetch("https://api.hidden.io")',
      'test/pay.test.ts': 'fetch("https://api.only-in-tests.io"); fetch("https://site.only-in-tests.io")',
    });
    expect(rows(found)).toEqual([
      'stripe | https | https://api.stripe.com | - | likely',
      'slack | https | https://hooks.slack.com | - | likely',
      'vendor | ws | wss://stream.vendor.io:9443 | - | possible',
      'only-in-tests | https | https://api.only-in-tests.io | - | possible',
    ]);
    expect(found[0]).toMatchObject({ sources: ['src/pay.ts:3'], statusPage: 'https://www.stripestatus.com' });
  });

  it('gives variables of known kinds that are read', async () => {
    const found = await proposalsOf({
      'app.py': 'import os\nurl = os.environ["REDIS_URL"]\nb = os.getenv("X_URL")\n',
    });
    expect(rows(found)).toEqual(['redis | redis | - | { $env: REDIS_URL } | possible']);
  });
});

describe('clients in manifests and lockfiles', () => {
  it('support what was found at an address, and stand alone where nothing was', async () => {
    const found = await proposalsOf({
      '.env': 'REDIS_URL=redis://cache:6379',
      'package.json': JSON.stringify({
        dependencies: { ioredis: '^5', kafkajs: '2.2.4', stripe: '^15', express: '4' },
        devDependencies: { nodemailer: '^6' },
      }),
    });
    expect(rows(found)).toEqual([
      'redis | redis | redis://cache:6379 | { $env: REDIS_URL } | likely',
      'stripe | https | https://api.stripe.com | - | likely',
      'kafka | kafka | - | - | likely',
    ]);
    expect(found[0]?.sources).toEqual(['.env: REDIS_URL', 'package.json: ioredis']);
  });
});

describe('the config', () => {
  it('leaves out what it lists: the same place, the same variable, the backend itself', async () => {
    const found = await proposalsOf({
      'rearguard.config.yaml': [
        'targets:',
        '  shop: { baseUrl: "https://shop.io" }',
        '  main: { database: "postgres://db:5432/shop" }',
        'dependencies:',
        '  cache: { url: { $env: REDIS_URL } }',
        '  stripe: { url: "https://api.stripe.com/healthcheck" }',
      ].join('\n'),
      '.env':
        'REDIS_URL=redis://elsewhere\nDATABASE_URL=postgres://db/other\nSHOP_URL=https://shop.io/x\nNATS_URL=nats://bus\n',
      'src/a.ts': 'fetch("https://api.stripe.com/v1")',
      'package.json': JSON.stringify({ dependencies: { pg: '8' } }),
    });
    expect(rows(found)).toEqual(['nats | nats | nats://bus:4222 | { $env: NATS_URL } | likely']);
  });

  it('gives token endpoints, and servers of the OpenAPI documents of its targets', async () => {
    const document = {
      openapi: '3.1.0',
      paths: {},
      servers: [{ url: 'https://eu.shop.io/v1' }, { url: '/' }],
    };
    const server = await serveHttp((_, response) => response.end(JSON.stringify(document)));
    try {
      const found = await proposalsOf({
        'rearguard.config.yaml': [
          'targets:',
          '  shop:',
          `    baseUrl: ${server.origin}`,
          '    openapi: /openapi.json',
          '  partner:',
          '    baseUrl: http://127.0.0.1:9',
          '    auth: { kind: oauth2-client-credentials, tokenUrl: "https://login.partner.io/token", clientId: x, clientSecret: { $file: secret.txt } }',
        ].join('\n'),
        'secret.txt': 'hunter2',
      });
      expect(rows(found)).toEqual([
        'partner-tokens | https | https://login.partner.io | - | likely',
        'shop-2 | https | https://eu.shop.io | - | possible',
      ]);
    } finally {
      await server.close();
    }
  });
});

describe('what must hold for any project', () => {
  it('shows no credential, wherever it was planted', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9@/:#?&=%!$+~.,;-]{8,24}$/).map((text) => `Zq9${text}x7K`);
    const scheme = fc.constantFrom('postgres', 'mysql', 'redis', 'amqp', 'mongodb', 'https', 'nats', 'mqtt');
    await fc.assert(
      fc.asyncProperty(secret, scheme, async (planted, scheme) => {
        const urls = [
          `${scheme}://shop:${planted}@db.internal:5432/x`,
          `${scheme}://${planted}@db.internal/x`,
          `${scheme}://:${planted}@db.internal`,
          `${scheme}://db.internal/x?password=${planted}`,
          `${scheme}://db.internal/${planted}`,
        ];
        const found = await proposalsOf({
          '.env': urls.map((url, index) => `A${index}_URL=${url}\nB${index}_URL="${url}"`).join('\n'),
          'compose.yaml': JSON.stringify({
            services: {
              db: {
                image: `postgres:${planted}`,
                environment: { POSTGRES_PASSWORD: planted, X_URL: urls[0] },
              },
            },
          }),
          'src/a.ts': urls.map((url) => `connect(${JSON.stringify(url)})`).join('\n'),
        });
        const shown = JSON.stringify(found);
        // No piece of six characters either: a part of a password is a secret too.
        for (let at = 0; at + 6 <= planted.length; at += 1) {
          expect(shown.toLowerCase()).not.toContain(planted.slice(at, at + 6).toLowerCase());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reads a bounded part, and says what it left out', async () => {
    const project = await testProject({
      'a.ts': 'x'.repeat(1_000_001),
      'b.ts': 'fetch("https://api.b.io")',
      'deep/er/c.ts': 'fetch("https://api.c.io")',
      'env/pyvenv.cfg': '',
      'env/d.py': 'get("https://api.d.io")',
    });
    projects.push(project);
    const { sightings, filesRead, unread } = await readProject(await project.context(), 2);
    expect(sightings.map(({ address }) => address?.host)).toEqual(['api.b.io']);
    expect(filesRead).toBe(1);
    expect(unread).toEqual([
      'what lies behind the first 2 files',
      expect.stringMatching(/^a\.ts: .*1\.0 MB/),
    ]);
    const whole = await readProject(await project.context());
    expect(whole.sightings.map(({ address }) => address?.host)).toEqual(['api.b.io', 'api.c.io']);
  });

  it('takes no longer than the length of a hostile file asks for', async () => {
    const found = await proposalsOf({
      '.env': `A_URL=x${' '.repeat(900_000)}y`,
      'compose.yaml': `services: { a: { image: postgres, ports: ["${'${a-'.repeat(100_000)}"] } }`,
      'a.ts': 'https://api.a.io '.repeat(50_000),
    });
    expect(found.map(({ name }) => name)).toEqual(['a', 'a-2']);
  });

  it('stops when it is told to', async () => {
    const project = await testProject({ 'a.ts': '' });
    projects.push(project);
    const stopped = { ...(await project.context()), signal: AbortSignal.abort(new Error('stop')) };
    await expect(discover(stopped)).rejects.toThrow('stop');
  });

  it('has unique names, and no control codes or endless texts', async () => {
    const found = await proposalsOf({
      '.env': 'PAY_URL=https://a.io\nPAY_API_URL=https://b.io\n',
      'src/evil\u001b[31m.ts': 'fetch("https://api.c.io")',
      [`src/${'x'.repeat(200)}.ts`]: 'fetch("https://api.d.io")',
    });
    expect(found.map(({ name }) => name)).toEqual(['pay', 'pay-2', 'c', 'd']);
    const sources = found.flatMap(({ sources }) => sources);
    // oxlint-disable-next-line no-control-regex -- it must not be there
    expect(sources.filter((source) => /[\u0000-\u001f]/.test(source) || source.length > 120)).toEqual([]);
  });
});
