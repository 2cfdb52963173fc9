import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { configSchema } from '../../config/schema.ts';
import type { ProjectDatabase, ProjectFacts } from '../../project/facts.ts';
import { configText } from './config-text.ts';
import { found, NO_FACTS, SHOP_FACTS } from './facts-fixture.ts';

const ASKED_NOTHING = { baseUrl: null };

/** What the text means, read as Node would; it uses nothing of TypeScript. */
function evaluate(text: string): unknown {
  const body = text.replace(/^import [^\n]*\n/, '').replace('export default', 'return');
  // oxlint-disable-next-line typescript/no-implied-eval -- the text is code, and that is what is tested
  const run = new Function('defineConfig', 'env', body) as (...args: unknown[]) => unknown;
  return run(
    (config: unknown) => config,
    (name: string) => ({ $env: name }),
  );
}

const database = (value: Partial<ProjectDatabase>): ProjectFacts => ({
  ...NO_FACTS,
  databases: [found({ kind: 'sqlite', driver: null, urlVariable: null, exampleUrl: null, ...value })],
});

const targetOf = (value: Partial<ProjectDatabase>): unknown =>
  configSchema.parse(evaluate(configText(database(value), ASKED_NOTHING))).targets['database'];

describe('configText', () => {
  it('has what was found, where it was found, and a comment where it was guessed', () => {
    expect(configText(SHOP_FACTS, ASKED_NOTHING)).toMatchInlineSnapshot(`
      "import { defineConfig, env } from 'rearguard';

      // Written by \`rearguard init\` from what this repository shows; it is yours from now on. \`rearguard doctor\` says what is
      // missing, \`rearguard config print\` shows every setting, \`rearguard schema config\` all that may stand here.
      export default defineConfig({
        targets: {
          // Where the backend answers: port GUESSED from src/server.ts:9, please check.
          api: { baseUrl: 'http://localhost:3000' },
          // PostgreSQL by pg: found in .env.example:3.
          // Files of this repository have postgres://localhost/shop as an example.
          database: { database: env('DATABASE_URL') },
        },
        dependencies: {
          // redis, found in .env.example:5.
          redis: { url: env('REDIS_URL') },
          // stripe, found in src/pay.ts:7. Uncomment to watch it.
          // stripe: { url: 'https://api.stripe.com', expect: { status: ['2xx', '3xx', '4xx'] } },
          // queue, found in src/queue.ts:2. Complete it to watch it.
          // queue: { url: '…' },
        },
        tools: {
          'api-health-monitor': {
            // 3 more are not watched: they change something, take parameters or need a login.
            endpoints: [
              'GET /healthz',
              'GET /api/users',
            ],
            // Targets of the team: 95 % of the answers within this time, and this share of good time.
            slo: { p95: '200ms', availability: 99.9 },
          },
          'error-analyzer': {
            // Log: found in src/log.ts:4.
            sources: ['logs/app.log'],
          },
        },
      });
      "
    `);
  });

  it('asks for what is unknown, and is a config all the same', () => {
    const text = configText(NO_FACTS, ASKED_NOTHING);
    expect(text.match(/Unknown: /g)).toHaveLength(3);
    expect(configSchema.parse(evaluate(text)).targets).toEqual({});
  });

  it('watches no path that stands for many or ends a session, and signs of life first', () => {
    const endpoint = (path: string) =>
      found({ method: 'GET', path, location: 'src/app.ts:1', authenticated: null } as const, 'src/app.ts:1');
    const facts = {
      ...NO_FACTS,
      endpoints: [
        '/*',
        '/admin/*',
        '/users/{id}',
        '/issue_statuses',
        '/users',
        '/logout',
        '/api/v1/healthz',
      ].map(endpoint),
    };
    const { tools } = configSchema.parse(evaluate(configText(facts, ASKED_NOTHING)));
    expect(tools).toMatchObject({
      'api-health-monitor': { endpoints: ['GET /api/v1/healthz', 'GET /issue_statuses', 'GET /users'] },
    });
  });

  it('takes the URL that the user gave, and resolves the path of a served document against it', () => {
    const facts = { ...SHOP_FACTS, openapi: found('/openapi.json', 'src/app.ts:3') };
    const config = configSchema.parse(evaluate(configText(facts, { baseUrl: 'http://127.0.0.1:4100' })));
    expect(config.targets['api']).toEqual({
      baseUrl: 'http://127.0.0.1:4100',
      openapi: 'http://127.0.0.1:4100/openapi.json',
    });
  });

  it.each([
    ['sqlite:///db.sqlite3', 'sqlite:./db.sqlite3'],
    ['sqlite:////srv/db.sqlite3', 'sqlite:/srv/db.sqlite3'],
    ['file:./dev.db', 'sqlite:./dev.db'],
    ['sqlite:./data/app.db', 'sqlite:./data/app.db'],
  ])('writes the SQLite file of %s as a target takes it', (exampleUrl, expected) => {
    expect(targetOf({ exampleUrl })).toEqual({ database: expected });
  });

  it('names one variable for a server whose address stands in parts', () => {
    const facts = database({ kind: 'postgresql', exampleUrl: 'postgresql://localhost:5432/clinic' });
    const text = configText(facts, ASKED_NOTHING);
    expect(text).toContain('postgresql://USER:PASSWORD@localhost:5432/clinic');
    expect(configSchema.parse(evaluate(text)).targets['database']).toEqual({
      database: { $env: 'DATABASE_URL' },
    });
  });

  it('leaves out a database in memory and one of a kind it does not look into', () => {
    expect(targetOf({ exampleUrl: 'sqlite://:memory:' })).toBeUndefined();
    expect(targetOf({ kind: 'mssql', urlVariable: 'DB_URL' })).toBeUndefined();
  });

  it.each(['module', 'commonjs'])(
    'loads in a package of type %s where nothing of ours is installed',
    async (type) => {
      const folder = await mkdtemp(join(tmpdir(), 'rearguard-init-'));
      try {
        await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
        await writeFile(join(folder, 'rearguard.config.ts'), configText(SHOP_FACTS, ASKED_NOTHING));
        const config = await loadConfig({ cwd: folder, env: {}, required: true });
        expect(config.targetNames).toEqual(['api', 'database']);
        expect(Object.keys(config.dependencies)).toEqual(['redis']);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  it('stays a config whatever a repository calls its things', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("'", '\\', '\n});process.exit(1)//', '\u2028', '*/', '${x}', 'é', '__proto__', 'URL'),
    );
    const place = fc.array(word, { maxLength: 2 });
    fc.assert(
      fc.property(word, word, word, place, (name, path, variable, where) => {
        const facts: ProjectFacts = {
          ...NO_FACTS,
          openapi: null,
          databases: [
            {
              ...found({ kind: 'postgresql', driver: name, urlVariable: `A${variable}`, exampleUrl: path }),
              where,
            },
          ],
          services: [
            { ...found({ name, kind: 'redis', variable: null, host: path }), where },
            { ...found({ name, kind: name, variable: 'CACHE_URL', host: path }), where },
          ],
          endpoints: [
            { ...found({ method: 'GET', path: `/${path}`, location: '', authenticated: null }), where },
          ],
          logs: [{ ...found({ place: `logs/${path}`, library: name }), where }],
          port: { ...found(3000), where },
        };
        const config = configSchema.parse(evaluate(configText(facts, ASKED_NOTHING)));
        expect(Object.keys(config.targets)).toEqual(['api', 'database']);
      }),
    );
  });
});
