import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { type RunningPostgres, startPostgres } from '../src/platform/postgres/embedded.ts';
import { demoConfig } from './config.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts';
import { type RunningDemo, startDemo } from './start.ts';

const SCALE = 0.02;
const DAY_MS = 86_400_000;

interface Operation {
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; example?: unknown }[];
  responses: Record<string, { content: { 'application/json': { schema: object } } }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

let server: RunningPostgres;
let statistics: Client;
let demo: RunningDemo;
let document: Document;
let monitorToken: string;

// On a server of the user's: the way DEMO_DATABASE_URL goes. The embedded way has its own test below.
beforeAll(async () => {
  server = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  statistics = new Client({ connectionString: server.url });
  await statistics.connect();
  demo = await startDemo({ databaseUrl: server.url, traffic: false, scale: SCALE });
  await statistics.query('create extension pg_stat_statements');
  document = (await (await fetch(demo.openapiUrl)).json()) as Document;
  monitorToken = await readFile(demo.monitorTokenPath, 'utf8');
});
afterAll(async () => {
  await demo.stop();
  await statistics.end();
  await server.stop();
});
afterEach(async () => {
  await demo.setFaults([]);
});

interface Answer {
  status: number;
  requestId: string | null;
  body: { success: boolean; data: Record<string, unknown>; message: string; errors: unknown[] };
}

async function call(
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(demo.url + path, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    body: (await response.json()) as Answer['body'],
  };
}

const monitor = (path: string): Promise<Answer> => call('GET', path, { token: monitorToken });

/** What of an answer the OpenAPI document does not allow; a status it does not name is one such thing. */
function undocumented(method: string, template: string, answer: Answer): unknown[] {
  const responses = document.paths[template]?.[method.toLowerCase()]?.responses ?? {};
  const schema = responses[answer.status]?.content['application/json'].schema;
  if (!schema) return [`${method} ${template} does not document ${answer.status}`];
  const ajv = addFormats.default(new Ajv2020({ allErrors: true }));
  return ajv.validate(schema, answer.body) ? [] : [method, template, ajv.errors, answer.body];
}

describe('the healthy shop', () => {
  it('answers every GET of its OpenAPI document as documented, and refuses strangers', async () => {
    expect(document.openapi).toBe('3.1.0');
    const statuses: Record<string, number[]> = {};
    for (const [path, { get }] of Object.entries(document.paths)) {
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
      ...(path === '/api/orders' ? { token: monitorToken } : {}),
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
    await durations([await monitor('/api/users/me')]);
    const log = await readFile(demo.logPath, 'utf8');
    const requests = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; route?: string });
    expect(requests.some(({ msg, route }) => msg === 'request' && route === '/api/users/me')).toBe(true);
    for (const secret of [monitorToken, 'correct horse', 'a guess']) expect(log).not.toContain(secret);
  });
});

describe('faults', () => {
  it('names for each what and where it is', () => {
    const endpoints = FAULT_NAMES.map((name) => FAULTS[name].endpoint).filter(
      (endpoint) => endpoint !== null,
    );
    expect(new Set(endpoints).size).toBe(endpoints.length);
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented).toEqual(expect.arrayContaining(endpoints));
  });

  it('refuses one it does not have', async () => {
    await expect(demo.setFaults(['rain' as FaultName])).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(demo.faults()).toEqual([]);
  });

  it('slow-endpoint spends its time in the database', async () => {
    const before = await sleepCalls();
    await monitor('/api/products/1');
    expect(await sleepCalls()).toBe(before);
    await demo.setFaults(['slow-endpoint']);
    const [durationMs] = await durations([await monitor('/api/products/1')]);
    expect(durationMs).toBeGreaterThanOrEqual(350);
  });

  it('slow-tail makes some searches slow', async () => {
    const SLOW_MS = 98;
    await demo.setFaults(['slow-tail']);
    const slowest = async (): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => monitor('/api/search?q=lamp')));
      return Math.max(...(await durations(answers)));
    };
    await expect.poll(slowest, { timeout: 40_000 }).toBeGreaterThanOrEqual(SLOW_MS);
  });

  it('error-burst fails some order lists, with a stack in the log', async () => {
    await demo.setFaults(['error-burst']);
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await monitor('/api/orders')).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
    expect(await readFile(demo.logPath, 'utf8')).toContain('at applyLoyaltyDiscount');
    await demo.setFaults([]);
    const after = await Promise.all(
      Array.from({ length: 20 }, async () => (await monitor('/api/orders')).status),
    );
    expect(new Set(after)).toEqual(new Set([200]));
  });

  it('flapping answers in turns', async () => {
    await demo.setFaults(['flapping']);
    for (const status of [503, 200, 503]) {
      await expect
        .poll(async () => (await call('GET', '/api/auth')).status, { timeout: 20_000 })
        .toBe(status);
    }
  });

  it('down refuses connections until it is over', async () => {
    await demo.setFaults(['down']);
    await expect(fetch(`${demo.url}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await expect(peerCertificate()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await demo.setFaults([]);
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect((await peerCertificate()).authorized).toBe(true);
  });

  it('hang holds requests, and answers them when it is over', async () => {
    await demo.setFaults(['hang']);
    let answered = false;
    const held = monitor('/api/admin/stats').finally(() => (answered = true));
    // Others are served meanwhile; the first is still held after them.
    for (let i = 0; i < 20; i += 1) expect((await monitor('/api/admin/orders')).status).toBe(200);
    expect(answered).toBe(false);
    await demo.setFaults([]);
    expect((await held).status).toBe(200);
  });

  it('cert-expiring serves a certificate of five days', async () => {
    const healthy = await peerCertificate();
    expect(healthy.authorized).toBe(true);
    expect(healthy.days).toBeGreaterThanOrEqual(90);
    await demo.setFaults(['cert-expiring']);
    expect(await peerCertificate()).toEqual({ authorized: true, days: 5 });
  });

  it('slow-after-deploy shows with another release only', async () => {
    const list = (): Promise<Answer> => monitor('/api/products');
    await demo.setFaults(['slow-after-deploy']);
    const before = await sleepCalls();
    await list();
    expect(await sleepCalls()).toBe(before);
    await demo.deploy('1.1.0');
    expect((await call('GET', '/healthz')).body.data['release']).toBe('1.1.0');
    await list();
    expect(await sleepCalls()).toBe(before + 1);
    await demo.deploy('1.0.0');
    await list();
    expect(await sleepCalls()).toBe(before + 1);
  });

  it('can all be on together, but for down', async () => {
    await demo.setFaults(FAULT_NAMES.filter((name) => name !== 'down'));
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect((await monitor('/api/users')).status).toBe(200);
  });
});

it('describes itself as a Rearguard config without a secret in it', async () => {
  const config = demoConfig(demo);
  expect(configSchema.safeParse(config).error).toBeUndefined();
  expect(JSON.stringify(config)).not.toContain(monitorToken);
  expect(JSON.stringify(config)).not.toContain(new URL(demo.databaseUrl).password);
  expect(config.targets?.['shop']).toMatchObject({ baseUrl: demo.url, openapi: demo.openapiUrl });
});

/** How often the shop let the database sleep, from the server's own statistics of statements. */
async function sleepCalls(): Promise<number> {
  const { rows } = await statistics.query<{ calls: number }>(
    "select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where query like '%pg_sleep($1)%'",
  );
  return rows[0]?.calls ?? 0;
}

/** How long the shop itself says that the calls took, from its log. */
async function durations(answers: readonly Answer[]): Promise<number[]> {
  const ids = new Set(answers.map((answer) => answer.requestId));
  const found = async (): Promise<number[]> =>
    (await readFile(demo.logPath, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; reqId: string; durationMs: number })
      .filter((line) => line.msg === 'request' && ids.has(line.reqId))
      .map((line) => line.durationMs);
  // A line is written after its answer.
  await expect.poll(async () => (await found()).length, { timeout: 10_000 }).toBe(answers.length);
  return found();
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

/** What the TLS listener serves to a client that trusts the demo's authority. */
async function peerCertificate(): Promise<{ authorized: boolean; days: number }> {
  const request = getTls(`${demo.tlsUrl}/healthz`, {
    ca: await readFile(demo.caCertificatePath),
    agent: false,
    family: 4,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  const socket = response.socket as TLSSocket;
  const validTo = Date.parse(socket.getPeerCertificate().valid_to);
  return { authorized: socket.authorized, days: Math.floor((validTo - Date.now()) / DAY_MS) };
}
