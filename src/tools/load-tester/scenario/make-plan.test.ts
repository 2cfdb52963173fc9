import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlan } from './make-plan.ts';
import { LIMITS, openTestSite, sendJson, type TestSite } from './scenario-fixture.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  paths: {
    '/api/products': { get: { parameters: [{ name: 'page', in: 'query', required: true, example: 2 }] } },
    '/api/products/{id}': { get: { parameters: [{ name: 'id', in: 'path', required: true, example: 7 }] } },
    '/api/orders/{id}': { get: { parameters: [{ name: 'id', in: 'path', required: true }] } },
    '/api/orders': { post: { requestBody: { content: { 'application/json': { example: { item: 1 } } } } } },
  },
};

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite((request, response) => {
    if (request.url === '/token') sendJson(response, { access_token: 'fetched-token-1', expires_in: 60 });
    else sendJson(response, DOCUMENT);
  });
});
afterEach(() => site.close());

const REQUEST = { unsafe: false, limits: LIMITS };

describe('makePlan without a scenario', () => {
  it('takes the safe operations of the OpenAPI document, and says what it leaves out', async () => {
    site.target.openapi = '/openapi.json';
    const { plan, notes, source } = await makePlan(site.context(), REQUEST);
    expect(plan.scenarios.map(({ steps }) => steps.map(({ name, path }) => [name, path]))).toEqual([
      [['GET /api/products', '/api/products?page=2']],
      [['GET /api/products/{id}', '/api/products/7']],
    ]);
    expect(plan.origins).toEqual([{ url: site.url, protocol: 'http/1.1' }]);
    expect(source).toBe('2 endpoints of the OpenAPI document of shop');
    expect(notes.map(({ subject, reason }) => [subject?.name, reason])).toEqual([
      ['shop GET /api/orders/{id}', 'its parameter id has no example'],
      ['shop POST /api/orders', 'it may change something'],
    ]);
  });

  it('takes unsafe operations with their example when that is asked for', async () => {
    site.target.openapi = '/openapi.json';
    const { plan } = await makePlan(site.context(), { ...REQUEST, unsafe: true });
    const step = plan.scenarios.flatMap(({ steps }) => steps).find(({ method }) => method === 'POST');
    expect(step).toMatchObject({ path: '/api/orders', body: '{"item":1}' });
    expect(step?.headers).toContainEqual(['content-type', 'application/json']);
  });

  it('gets the base URL where nothing is known, and takes a URL without any target', async () => {
    site.target.baseUrl = `${site.url}/shop`;
    const { plan } = await makePlan(site.context(), REQUEST);
    expect(plan.scenarios).toMatchObject([{ steps: [{ method: 'GET', path: '/shop/', name: 'GET /' }] }]);
    const bare = await makePlan(site.context({ targets: [] }), { ...REQUEST, baseUrl: 'http://localhost:1' });
    expect(bare.target.name).toBe('localhost:1');
    await expect(makePlan(site.context({ targets: [] }), REQUEST)).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('has one hash wherever it goes, another with another load, and none of the secrets in it', async () => {
    site.target.auth = { kind: 'bearer', token: 'one-token' };
    const first = await makePlan(site.context(), REQUEST);
    site.target.auth = { kind: 'bearer', token: 'another-token' };
    const elsewhere = await makePlan(site.context(), {
      ...REQUEST,
      baseUrl: 'http://localhost:1',
      target: 'shop',
    });
    const faster = await makePlan(site.context(), { ...REQUEST, load: { ratePerSecond: 20 } });
    expect(elsewhere.hash).toBe(first.hash);
    expect(faster.hash).not.toBe(first.hash);
    expect(JSON.stringify(first.plan.scenarios)).not.toContain('one-token');
    expect(Object.values(first.plan.variables)).toEqual(['Bearer one-token']);
  });

  it('fetches an access token before, and has it hidden', async () => {
    site.target.auth = {
      kind: 'oauth2-client-credentials',
      tokenUrl: `${site.url}/token`,
      clientId: 'me',
      clientSecret: 'hush',
    };
    const { plan } = await makePlan(site.context(), REQUEST);
    expect(Object.values(plan.variables)).toEqual(['Bearer fetched-token-1']);
    expect(site.hidden).toContain('fetched-token-1');
  });

  it('refuses signed requests', async () => {
    site.target.auth = { kind: 'aws-sigv4', accessKeyId: 'a', secretAccessKey: 'b', region: 'c' };
    await expect(makePlan(site.context(), REQUEST)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
