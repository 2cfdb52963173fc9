import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feeder } from '../../../core/load/plan.ts';
import { compilePlan } from '../../../platform/load/session/compile-plan.ts';
import { makePlan } from './make-plan.ts';
import { LIMITS, openTestSite, type TestSite } from './scenario-fixture.ts';

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite((_, response) => response.end(), {
    SHOP_PASSWORD: 'hunter2-hunter2',
    SHOP_TOKEN: 'token-123456',
  });
});
afterEach(() => site.close());

const REQUEST = { unsafe: true, limits: LIMITS };

const FULL = `
name: shop
variables:
  page: 2
  password: { $env: SHOP_PASSWORD }
feeders:
  users: { file: users.csv, order: shuffled }
  words: { rows: [{ word: lamp }, { word: desk }], order: random }
auth: { kind: bearer, token: '{{token}}' }
headers: { x-shop: blue }
think: 1s
timeout: 3s
model: { kind: arrivals, stages: [{ to: 20, duration: 10s }, { to: 20, duration: 20s }], spacing: even }
scenarios:
  browse:
    weight: 3
    steps:
      - GET /api/products?page={{page}}
      - request: GET /api/search?q={{word}}
        check: { status: [200, 2xx, 200-204], contains: lamp, json: { $.items: { exists: true }, $.total: 3 }, maxSize: 64kB }
        extract: { id: '$.items[0].id', csrf: { regex: 'csrf="(\\w+)"', optional: true } }
        think: 1s..3s
      - { request: 'GET /api/products/{{id}}', think: { median: 2s, sigma: 0.5 }, redirects: 0, timeout: 1s }
  buy:
    begin:
      - request: POST /api/auth/login
        json: { email: '{{users.email}}', password: '{{password}}' }
        extract: { token: $.token }
    steps:
      - { request: POST /api/orders, json: { items: [{ productId: '{{users.favourite | json}}' }] } }
      - { request: GET /api/events, sse: { events: 3, max: 2s } }
      - { request: POST /api/form, form: { a b: 'x {{word}}&' } }
thresholds: [p95<200ms]
`;

function cell({ bytes, ends, fields }: Feeder, row: number, field: number): string {
  const limits = new Uint32Array(ends);
  const index = row * fields.length + field;
  return Buffer.from(bytes).toString('utf8', limits[index - 1] ?? 0, limits[index]);
}

describe('a scenario file', () => {
  it('becomes a plan with everything it says', async () => {
    await site.write('shop.yaml', FULL);
    await site.write('users.csv', 'email,favourite\na@shop.test,7\n"b,c@shop.test",8\n');
    const { plan, thresholds, source } = await makePlan(site.context(), {
      ...REQUEST,
      scenario: 'shop.yaml',
    });
    expect(plan).toMatchObject({
      name: 'shop',
      model: {
        kind: 'arrivals',
        spacing: 'even',
        stages: [
          { from: 0, to: 20, durationMs: 10_000 },
          { from: 20, to: 20, durationMs: 20_000 },
        ],
      },
      variables: { page: '2', 'secret.env_SHOP_PASSWORD': 'hunter2-hunter2' },
    });
    const [browse, buy] = plan.scenarios;
    expect(browse).toMatchObject({ name: 'browse', weight: 3 });
    expect(browse?.steps[0]).toMatchObject({
      name: 'GET /api/products',
      timeoutMs: 3_000,
      think: { kind: 'fixed', ms: 1_000 },
    });
    expect(browse?.steps[0]?.headers).toEqual([
      ['accept', '*/*'],
      ['user-agent', 'rearguard'],
      ['x-shop', 'blue'],
    ]);
    expect(browse?.steps[1]).toMatchObject({
      think: { kind: 'uniform', fromMs: 1_000, toMs: 3_000 },
      checks: [
        {
          kind: 'status',
          ranges: [
            { from: 200, to: 200 },
            { from: 200, to: 299 },
            { from: 200, to: 204 },
          ],
        },
        { kind: 'body-contains', text: 'lamp' },
        { kind: 'json', path: '$.items' },
        { kind: 'json', path: '$.total', equals: 3 },
        { kind: 'max-bytes', bytes: 64_000 },
      ],
      extract: [
        { variable: 'id', from: 'json', path: '$.items[0].id', pick: 'first' },
        { variable: 'csrf', optional: true, from: 'regex' },
      ],
    });
    expect(browse?.steps[2]).toMatchObject({
      name: 'GET /api/products/{id}',
      maxRedirects: 0,
      timeoutMs: 1_000,
    });
    expect(buy?.begin[0]).toMatchObject({
      body: '{"email":"{{users.email}}","password":"{{secret.env_SHOP_PASSWORD}}"}',
    });
    // The token is known from the login on.
    expect(buy?.begin[0]?.headers.map(([name]) => name)).not.toContain('authorization');
    expect(buy?.steps[0]?.headers).toContainEqual(['authorization', 'Bearer {{token}}']);
    expect(buy?.steps[0]?.body).toBe('{"items":[{"productId":{{users.favourite|raw}}}]}');
    expect(buy?.steps[1]?.stream).toEqual({ events: 3, maxMs: 2_000 });
    expect(buy?.steps[2]?.body).toBe('a+b=x+{{word}}%26');
    const [users, words] = plan.feeders;
    expect(users).toMatchObject({
      name: 'users',
      fields: ['email', 'favourite'],
      rows: 2,
      order: 'shuffled',
    });
    expect(cell(users!, 1, 0)).toBe('b,c@shop.test');
    expect(cell(words!, 1, 0)).toBe('desk');
    const compiled = compilePlan(plan, () => ({ bytes: 0 }), { variables: plan.variables });
    expect(compiled.endpoints).toContain('GET /api/products/{id}');
    expect(thresholds).toEqual(['p95<200ms']);
    expect(source).toBe('shop.yaml');
    expect(site.hidden).toContain('hunter2-hunter2');
  });

  it('is what the page about scenarios shows', async () => {
    const page = await readFile(new URL('../../../../docs/scenarios.md', import.meta.url), 'utf8');
    await site.write('browse.yaml', /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '');
    const { plan } = await makePlan(site.context(), { ...REQUEST, scenario: 'browse.yaml' });
    expect(compilePlan(plan, () => ({ bytes: 0 }), { variables: plan.variables }).endpoints).toEqual([
      'GET /api/products',
      'GET /api/products/{product}',
      'GET /api/search',
    ]);
  });

  it('may be a module', async () => {
    await site.write(
      'shop.ts',
      `import { defineScenario } from 'rearguard';
       export default defineScenario({ steps: [{ request: 'GET /' as string }], model: { kind: 'users', users: 3, duration: '5s' } });`,
    );
    const { plan } = await makePlan(site.context(), { ...REQUEST, scenario: 'shop.ts' });
    expect(plan.model).toEqual({ kind: 'users', stages: [{ from: 3, to: 3, durationMs: 5_000 }] });
  });

  it.each([
    ['steps: [GET /, { request: get / }]', '1:18 steps[1].request: expected a method and a path'],
    ['stepz: [GET /]', '1:1 stepz: unknown key. Did you mean `steps`?'],
    [
      'steps:\n  - { request: GET /, chek: { status: 200 } }',
      '2:23 steps[0].chek: unknown key. Did you mean `check`?',
    ],
    [
      'steps:\n  - { request: GET /, check: { status: 2x } }',
      '2:32 steps[0].check.status: expected a status',
    ],
    ['steps:\n  - { request: GET /, think: soon }', '2:23 steps[0].think: expected a duration'],
    [
      'steps:\n  - { request: GET /, extract: { id: { json: "$[" } } }',
      '2:40 steps[0].extract.id.json: expected a JSONPath',
    ],
    [
      'variables: { page: 1 }\nsteps: ["GET /{{pag}}"]',
      '2:9 steps[0]: nothing gives {{pag}} a value. Did you mean `page`?',
    ],
    [
      'headers: { authorization: Bearer abc }\nsteps: [GET /]',
      '1:12 headers.authorization: must not hold a secret',
    ],
    [
      'feeders: { a: { file: a.csv, rows: [{ b: 1 }] } }\nsteps: [GET /]',
      'feeders.a: one of file and rows is needed',
    ],
    ['name: nothing', 'one of scenarios and steps is needed'],
  ])('says where %j is wrong', async (text, expected) => {
    await site.write('shop.yaml', text);
    const failure = makePlan(site.context(), { ...REQUEST, scenario: 'shop.yaml' });
    await expect(failure).rejects.toMatchObject({
      code: 'E_SCENARIO_INVALID',
      message: expect.stringContaining(expected),
    });
  });

  it('is refused when it changes something, unless that is meant', async () => {
    await site.write('shop.yaml', 'steps: [GET /, POST /orders]');
    const failure = makePlan(site.context(), { ...REQUEST, unsafe: false, scenario: 'shop.yaml' });
    await expect(failure).rejects.toMatchObject({
      code: 'E_CONFIRMATION',
      message: expect.stringContaining('POST /orders'),
    });
  });

  it('reads feeders of each kind, and says what is wrong with one', async () => {
    const withFeeder = async (name: string, text: string): Promise<Feeder> => {
      await site.write(name, text);
      await site.write('shop.yaml', `feeders: { f: { file: ${name} } }\nsteps: [GET /]`);
      const { plan } = await makePlan(site.context(), { ...REQUEST, scenario: 'shop.yaml' });
      return plan.feeders[0]!;
    };
    expect(await withFeeder('a.tsv', 'a\tb\n1\t2\n')).toMatchObject({ fields: ['a', 'b'], rows: 1 });
    const json = await withFeeder('a.json', '[{"a":1,"b":{"c":2}},{"a":"grün"}]');
    expect([cell(json, 0, 1), cell(json, 1, 0), cell(json, 1, 1)]).toEqual(['{"c":2}', 'grün', '']);
    expect(await withFeeder('a.ndjson', '{"a":1}\n\n{"a":2}\n')).toMatchObject({ fields: ['a'], rows: 2 });
    for (const [name, text, problem] of [
      ['b.csv', 'a,b\n1\n', 'line 2'],
      ['b.csv', 'a\n', 'no rows'],
      ['b.csv', 'a b!\n1\n', 'cannot be the name of a field'],
      ['b.ndjson', '{"a":1}\nx\n', 'line 2: it is not JSON'],
      ['b.json', '{}', 'no JSON array'],
    ] as const) {
      await expect(withFeeder(name, text)).rejects.toMatchObject({
        code: 'E_SCENARIO_INVALID',
        message: expect.stringContaining(problem),
      });
    }
  });

  it('replays arrivals of a file', async () => {
    await site.write('arrivals.csv', 'at_ms,scenario\n0,b\n10.5,a\n');
    await site.write(
      'shop.yaml',
      'model: { kind: replay, file: arrivals.csv, speed: 2 }\nscenarios: { a: { steps: [GET /a] }, b: { steps: [GET /b] } }',
    );
    const { plan } = await makePlan(site.context(), { ...REQUEST, scenario: 'shop.yaml' });
    expect(plan.model).toEqual({
      kind: 'replay',
      atMs: Float64Array.of(0, 10.5),
      scenario: Uint16Array.of(1, 0),
      speed: 2,
    });
  });

  it('lets flags replace its load', async () => {
    await site.write('shop.yaml', 'model: { kind: users, users: 3, duration: 5s }\nsteps: [GET /]');
    const modelOf = async (load: object) =>
      (await makePlan(site.context(), { ...REQUEST, scenario: 'shop.yaml', load })).plan.model;
    expect(await modelOf({ durationMs: 9_000 })).toMatchObject({
      kind: 'users',
      stages: [{ from: 3 }, { from: 3, to: 3, durationMs: 4_000 }],
    });
    expect(await modelOf({ ratePerSecond: 5 })).toEqual({
      kind: 'arrivals',
      spacing: 'poisson',
      stages: [{ from: 5, to: 5, durationMs: 5_000 }],
    });
    expect(await modelOf({ users: 9, iterations: 18 })).toMatchObject({
      kind: 'iterations',
      users: 9,
      iterations: 18,
    });
  });
});
