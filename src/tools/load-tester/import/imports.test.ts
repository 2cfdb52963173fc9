import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compilePlan } from '../../../platform/load/session/compile-plan.ts';
import type { PlanContext } from '../scenario/make-plan.ts';
import { makePlan } from '../scenario/make-plan.ts';
import { LIMITS, openTestSite, type TestSite } from '../scenario/scenario-fixture.ts';

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite((_, response) => response.end(), {
    LOAD_PASSWORD: 'hunter2-hunter2',
    LOAD_API_KEY: 'k-0123456789',
  });
});
afterEach(() => site.close());

const REQUEST = { unsafe: true, limits: LIMITS };

function entry(
  method: string,
  path: string,
  more: {
    at?: number;
    body?: unknown;
    answer?: unknown;
    headers?: [string, string][];
    status?: number;
    type?: string;
  } = {},
) {
  const pair = ([name, value]: [string, string]) => ({ name, value });
  return {
    startedDateTime: new Date(1_700_000_000_000 + (more.at ?? 0)).toISOString(),
    time: 50,
    _resourceType: more.type ?? 'fetch',
    request: {
      method,
      url: path.startsWith('http') ? path : site.url + path,
      headers: [['Content-Type', 'application/json'] as [string, string], ...(more.headers ?? [])].map(pair),
      ...(more.body === undefined ? {} : { postData: { text: JSON.stringify(more.body) } }),
    },
    response: {
      status: more.status ?? 200,
      headers: [pair(['Content-Type', 'application/json'])],
      content: { text: JSON.stringify(more.answer ?? {}) },
    },
  };
}

describe('a HAR file', () => {
  it('becomes a session with its pauses, values taken from answers, and no secret', async () => {
    const entries = [
      entry('POST', '/login', {
        body: { email: 'a@b.test', password: 'hunter2-hunter2' },
        answer: { data: { token: 'tok-123456789' } },
      }),
      entry('GET', '/products', {
        at: 2_050,
        answer: { items: [{ id: 7 }, { id: 9 }] },
        headers: [
          ['Authorization', 'Bearer tok-123456789'],
          ['Cookie', 'sid=abcdefgh'],
        ],
      }),
      entry('GET', '/products/9', { at: 2_200 }),
      entry('POST', '/orders', { at: 4_000, body: { productId: 9 } }),
      entry('GET', '/app.css', { at: 4_100, type: 'stylesheet' }),
      entry('GET', 'https://cdn.test/x', { at: 4_200 }),
      entry('GET', '/gone', { at: 4_300, status: 404 }),
    ];
    await site.write('visit.har', JSON.stringify({ log: { entries } }));
    const { plan, notes, source } = await makePlan(site.context(), { ...REQUEST, scenario: 'visit.har' });
    const [{ steps } = { steps: [] }] = plan.scenarios;
    expect(steps.map(({ name }) => name)).toEqual([
      'POST /login',
      'GET /products',
      'GET /products/{id}',
      'POST /orders',
    ]);
    expect(steps[0]).toMatchObject({
      body: '{"email":"a@b.test","password":"{{secret.env_LOAD_PASSWORD}}"}',
      extract: [{ variable: 'token', from: 'json', path: '$.data.token' }],
      think: { kind: 'fixed', ms: 2_000 },
    });
    expect(steps[1]).toMatchObject({ extract: [{ path: '$.items[*].id', pick: 'random' }] });
    expect(steps[1]?.headers).toContainEqual(['authorization', 'Bearer {{token}}']);
    expect(steps[2]?.path).toBe('/products/{{item_id}}');
    expect(steps[3]?.body).toBe('{"productId":{{item_id|raw}}}');
    expect(JSON.stringify(plan.scenarios)).not.toMatch(/hunter2|tok-1|sid=/);
    expect(source).toBe('visit.har: 4 requests');
    expect(notes.map(({ reason }) => reason)).toEqual([
      '1 requests of the HAR file go to other origins',
      '1 requests of the HAR file are for files of its pages',
      '1 requests of the HAR file were not answered, or with an error',
      'cookies and credentials of the HAR file are not used',
    ]);
  });

  it('keeps what is safe where nothing else was asked for', async () => {
    const entries = [
      entry('POST', '/login', { body: {}, answer: { token: 'tok-123456789' } }),
      entry('GET', '/me', { headers: [['X-Session', 'tok-123456789']] }),
      entry('GET', '/products'),
    ];
    await site.write('visit.har', JSON.stringify({ log: { entries } }));
    const { plan, notes } = await makePlan(site.context(), {
      ...REQUEST,
      unsafe: false,
      scenario: 'visit.har',
    });
    expect(plan.scenarios.flatMap(({ steps }) => steps.map(({ name }) => name))).toEqual(['GET /products']);
    expect(notes.map(({ subject }) => subject?.name)).toContain('shop POST /login');
  });

  it('is refused where nothing in it is for the target', async () => {
    await site.write('visit.har', '{"log":{"entries":[]}}');
    await expect(makePlan(site.context(), { ...REQUEST, scenario: 'visit.har' })).rejects.toMatchObject({
      code: 'E_IMPORT',
    });
  });
});

describe('a Postman collection', () => {
  it('becomes a scenario of each folder, with its variables', async () => {
    const collection = {
      info: { name: 'Shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      variable: [
        { key: 'page', value: '2' },
        { key: 'api_key', value: 'in-the-file' },
      ],
      item: [
        {
          name: 'Browse',
          item: [
            {
              name: 'List',
              event: [
                {
                  listen: 'test',
                  script: {
                    exec: ['pm.test("ok", () => pm.response.to.have.status(200))', 'pm.globals.set("a", 1)'],
                  },
                },
              ],
              request: {
                method: 'GET',
                url: { raw: '{{baseUrl}}/products?page={{page}}&key={{api_key}}' },
                header: [{ key: 'X-Id', value: '{{$guid}}' }],
              },
            },
            {
              name: 'One',
              request: {
                method: 'GET',
                url: { raw: 'https://old.test/products/:id', variable: [{ key: 'id', value: '7' }] },
              },
            },
          ],
        },
        {
          name: 'Order',
          request: {
            method: 'POST',
            url: '{{baseUrl}}/orders',
            body: { mode: 'raw', raw: '{"item": 7}' },
            header: [{ key: 'content-type', value: 'application/json' }],
          },
        },
      ],
    };
    await site.write('shop.json', JSON.stringify(collection));
    const { plan, notes } = await makePlan(site.context(), { ...REQUEST, scenario: 'shop.json' });
    expect(plan.scenarios.map(({ name }) => name)).toEqual(['Browse', 'Shop']);
    expect(plan.scenarios[0]?.steps).toMatchObject([
      {
        name: 'GET List',
        path: '/products?page={{page}}&key={{secret.env_LOAD_API_KEY}}',
        checks: [{ kind: 'status', ranges: [{ from: 200, to: 200 }] }],
      },
      { name: 'GET One', path: '/products/7' },
    ]);
    expect(plan.scenarios[0]?.steps[0]?.headers).toContainEqual(['x-id', '{{$uuid}}']);
    expect(plan.scenarios[1]?.steps).toMatchObject([{ method: 'POST', body: '{"item": 7}' }]);
    expect(plan.variables).toMatchObject({ page: '2', 'secret.env_LOAD_API_KEY': 'k-0123456789' });
    expect(notes.map(({ reason }) => reason)).toEqual([
      'scripts of 1 requests of the collection are not run',
    ]);
  });
});

describe('health', () => {
  it('takes the endpoints that api-health-monitor has stored', async () => {
    const endpoints = [
      'shop GET /api/products/7',
      'shop GET /api/search?q=lamp',
      'shop GET /x?token=[redacted]',
    ];
    const series = () => endpoints.map((endpoint) => ({ metric: '', unit: 'ms', attributes: { endpoint } }));
    const store = { samples: { series } } as unknown as PlanContext['store'];
    const { plan, notes, source } = await makePlan(site.context({ store }), {
      ...REQUEST,
      scenario: 'health',
    });
    expect(plan.scenarios.flatMap(({ steps }) => steps.map(({ name, path }) => [name, path]))).toEqual([
      ['GET /api/products/{id}', '/api/products/7'],
      ['GET /api/search', '/api/search?q=lamp'],
    ]);
    expect(source).toBe('2 endpoints that api-health-monitor watches');
    expect(notes).toHaveLength(1);
    const empty = { samples: { series: () => [] } } as unknown as PlanContext['store'];
    await expect(
      makePlan(site.context({ store: empty }), { ...REQUEST, scenario: 'health' }),
    ).rejects.toMatchObject({ code: 'E_IMPORT' });
  });
});

describe('an access log', () => {
  it('is replayed at its own times when a speed is given', async () => {
    const line = (second: number) =>
      JSON.stringify({
        msec: `${1_700_000_000 + second}.5`,
        remote_addr: '1.1.1.1',
        request_method: 'GET',
        request_uri: `/p/${second}`,
        status: 200,
      });
    await site.write('access.log', [0, 1, 4].map(line).join('\n'));
    const { plan } = await makePlan(site.context(), {
      ...REQUEST,
      scenario: 'access.log',
      load: { speed: 2 },
    });
    const model = plan.model.kind === 'replay' ? plan.model : undefined;
    expect(model?.speed).toBe(2);
    const offset = model?.atMs[0] ?? 0;
    expect([...(model?.atMs ?? [])].map((atMs) => atMs - offset)).toEqual([0, 1_000, 4_000]);
    expect(plan.feeders[0]).toMatchObject({ rows: 3, order: 'random' });
    expect(compilePlan(plan, () => ({ bytes: 0 }), { variables: {} }).scenarios).toHaveLength(1);
    const usual = await makePlan(site.context(), { ...REQUEST, scenario: 'access.log' });
    expect(usual.plan.model.kind).toBe('arrivals');
  });
});
