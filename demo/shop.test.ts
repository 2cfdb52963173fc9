import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { demoConfig } from './config.ts';
import { type Answer, type Operation, type ShopUnderTest, startShop } from './test-support.ts';

let shop: ShopUnderTest;
const call: ShopUnderTest['call'] = (...request) => shop.call(...request);
const monitor: ShopUnderTest['monitor'] = (path) => shop.monitor(path);

beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  await shop.stop();
});

describe('the healthy shop', () => {
  it('answers every GET of its OpenAPI document as documented, and refuses strangers', async () => {
    expect(shop.document.openapi).toBe('3.1.0');
    const statuses: Record<string, number[]> = {};
    for (const [path, { get }] of Object.entries(shop.document.paths)) {
      if (!get) continue;
      const url = withExamples(path, get.parameters);
      const answers = [await monitor(url), await call('GET', url)];
      for (const answer of answers) expect(undocumented('GET', path, answer)).toEqual([]);
      expect(answers[1]?.status).toBe(get.security.length > 0 ? 401 : 200);
      statuses[path] = answers.map((answer) => answer.status);
    }
    expect(statuses).toEqual({
      '/openapi.json': [200, 200],
      '/healthz': [200, 200],
      '/api/auth': [200, 200],
      '/api/users': [200, 401],
      '/api/users/me': [200, 401],
      '/api/users/{id}': [200, 401],
      '/api/products': [200, 200],
      '/api/products/{id}': [200, 200],
      '/api/search': [200, 200],
      '/api/orders': [200, 401],
      '/api/orders/{id}': [200, 401],
      '/api/admin/stats': [200, 401],
      '/api/admin/orders': [200, 401],
    });
  });

  it('takes a customer from sign-up to a paid order', async () => {
    const account = { email: 'New.Customer@shop.example', name: 'New Customer', password: 'correct horse' };
    const signup = await call('POST', '/api/auth/signup', { body: account });
    expect(signup.status).toBe(201);
    expect(undocumented('POST', '/api/auth/signup', signup)).toEqual([]);
    expect((await call('POST', '/api/auth/signup', { body: account })).status).toBe(409);

    const login = await call('POST', '/api/auth/login', {
      body: { email: account.email, password: account.password },
    });
    expect(undocumented('POST', '/api/auth/login', login)).toEqual([]);
    const token = login.body.data['token'] as string;
    expect((await call('GET', '/api/users/me', { token })).body.data['email']).toBe(
      'new.customer@shop.example',
    );
    expect((await call('GET', '/api/users', { token })).status).toBe(403);
    expect((await call('GET', '/api/users/1', { token })).status).toBe(403);
    expect((await call('GET', '/api/orders/1', { token })).status).toBe(404);

    const basket = {
      items: [
        { productId: 3, quantity: 2 },
        { productId: 1, quantity: 1 },
        { productId: 3, quantity: 1 },
      ],
    };
    const placed = await call('POST', '/api/orders', { token, body: basket });
    expect(placed.status).toBe(201);
    expect(undocumented('POST', '/api/orders', placed)).toEqual([]);
    const { order, items } = placed.body.data as {
      order: { id: number; status: string; totalCents: number };
      items: { quantity: number; priceCents: number }[];
    };
    expect(order.status).toBe('paid');
    expect(items.map((item) => item.quantity)).toEqual([1, 3]);
    expect(order.totalCents).toBe(items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0));
    expect((await call('GET', '/api/orders', { token })).body.data['items']).toEqual([order]);

    expect((await call('POST', '/api/auth/logout', { token })).status).toBe(200);
    expect((await call('GET', '/api/orders', { token })).status).toBe(401);
  });

  it.each([
    ['POST', '/api/auth/login', { email: 'shopper1@shop.example', password: 'a guess' }, 401],
    ['POST', '/api/auth/login', { email: 'nobody@shop.example', password: 'a guess' }, 401],
    ['POST', '/api/auth/login', { email: 'not an address', password: 'a guess' }, 400],
    ['POST', '/api/auth/signup', { email: 'x@shop.example' }, 400],
    ['POST', '/api/orders', { items: [{ productId: 1, quantity: 20_000 }] }, 400],
    ['POST', '/api/orders', { items: [{ productId: 2_000_000, quantity: 1 }] }, 409],
    ['GET', '/api/products/999999', undefined, 404],
    ['GET', '/api/products/lamp', undefined, 400],
    ['GET', '/api/products?pageSize=5000', undefined, 400],
    ['GET', '/api/search', undefined, 400],
    ['GET', '/nothing/here', undefined, 404],
  ])('refuses %s %s with %j: %i', async (method, path, body, status) => {
    const answer = await call(method, path, {
      body,
      ...(path === '/api/orders' ? { token: shop.monitorToken } : {}),
    });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, data: null, errors: expect.any(Array) as unknown });
  });

  it('pages through its lists', async () => {
    interface Page {
      items: { id: number }[];
      hasMore: boolean;
    }
    const second = (await monitor('/api/products?page=2&pageSize=7')).body.data as unknown as Page;
    expect(second.items.map((item) => item.id)).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(second.hasMore).toBe(true);
    const last = (await monitor('/api/products?page=3&pageSize=20')).body.data as unknown as Page;
    expect(last.items).toHaveLength(20);
    expect(last.hasMore).toBe(false);
  });

  it('treats a search as text, not as a pattern', async () => {
    expect((await call('GET', '/api/search?q=%25')).body.data['items']).toEqual([]);
    expect((await call('GET', '/api/search?q=lamp')).body.data['items']).not.toEqual([]);
  });

  it('logs JSON lines without tokens or passwords', async () => {
    await shop.durations([await monitor('/api/users/me')]);
    const log = await readFile(shop.demo.logPath, 'utf8');
    const requests = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; route?: string });
    expect(requests.some(({ msg, route }) => msg === 'request' && route === '/api/users/me')).toBe(true);
    for (const secret of [shop.monitorToken, 'correct horse', 'a guess']) expect(log).not.toContain(secret);
  });
});

it('describes itself as a Rearguard config without a secret in it', async () => {
  const config = demoConfig(shop.demo);
  expect(configSchema.safeParse(config).error).toBeUndefined();
  expect(JSON.stringify(config)).not.toContain(shop.monitorToken);
  expect(JSON.stringify(config)).not.toContain(new URL(shop.demo.databaseUrl).password);
  expect(config.targets?.['shop']).toMatchObject({ baseUrl: shop.demo.url, openapi: shop.demo.openapiUrl });
});

/** What of an answer the OpenAPI document does not allow; a status it does not name is one such thing. */
function undocumented(method: string, template: string, answer: Answer): unknown[] {
  const responses = shop.document.paths[template]?.[method.toLowerCase()]?.responses ?? {};
  const schema = responses[answer.status]?.content['application/json'].schema;
  if (!schema) return [`${method} ${template} does not document ${answer.status}`];
  const ajv = addFormats.default(new Ajv2020({ allErrors: true }));
  return ajv.validate(schema, answer.body) ? [] : [method, template, ajv.errors, answer.body];
}

/** A path template with the document's own examples for what is required. */
function withExamples(template: string, parameters: Operation['parameters']): string {
  let path = template;
  const query = new URLSearchParams();
  for (const { name, in: place, example } of parameters.filter((parameter) => parameter.required)) {
    if (place === 'path') path = path.replace(`{${name}}`, String(example));
    else query.set(name, String(example));
  }
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}
