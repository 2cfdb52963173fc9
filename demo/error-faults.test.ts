import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tenantOf } from './shop/tenants.ts';
import { SHOPPER_PASSWORD } from './seed.ts';
import { type Answer, type ShopUnderTest, startShop } from './test-support.ts';

/** What the tests look at of a line of the shop's log. */
interface LogLine {
  level: number;
  msg: string;
  reqId?: string;
  route?: string;
  release?: string;
  userId?: number;
  tenant?: string;
  err?: { type: string; message: string; stack: string; code?: string };
}

const ERROR_LEVEL = 50;

let shop: ShopUnderTest;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  await shop.stop();
});
afterEach(async () => {
  await shop.demo.setFaults([]);
});

async function linesOf(path: string): Promise<LogLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}

/** The errors that the shop logged of a request. */
async function errorsOf({ requestId }: Answer): Promise<LogLine[]> {
  const lines = async (): Promise<LogLine[]> =>
    (await linesOf(shop.demo.logPath)).filter(({ reqId }) => reqId === requestId);
  // A line is written after its answer.
  await expect.poll(async () => (await lines()).map(({ msg }) => msg)).toContain('request');
  return (await lines()).filter(({ err }) => err !== undefined);
}

async function login(customer: number): Promise<string> {
  const body = { email: `shopper${customer}@shop.example`, password: SHOPPER_PASSWORD };
  return (await shop.call('POST', '/api/auth/login', { body })).body.data['token'] as string;
}

function order(productId: number): Promise<Answer> {
  const body = { items: [{ productId, quantity: 1 }] };
  return shop.call('POST', '/api/orders', { token: shop.monitorToken, body });
}

describe('faults that only the log tells of', () => {
  it('pool-exhaustion lets three callers in and no more, and gives back when it is over', async () => {
    await shop.demo.setFaults(['pool-exhaustion']);
    const logout = async (): Promise<Answer> =>
      shop.call('POST', '/api/auth/logout', { token: await login(7) });
    const answers: Answer[] = [];
    for (let call = 0; call < 4; call += 1) answers.push(await logout());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 500]);
    expect(await errorsOf(answers[3] as Answer)).toMatchObject([
      {
        level: ERROR_LEVEL,
        route: '/api/auth/logout',
        err: { message: 'timeout exceeded when trying to connect' },
      },
    ]);
    await shop.demo.setFaults([]);
    await shop.demo.setFaults(['pool-exhaustion']);
    expect((await logout()).status).toBe(200);
  });

  it('third-party-timeout pays orders and books no shipment, while the vendor says that it is well', async () => {
    await shop.demo.setFaults(['third-party-timeout']);
    const answer = await order(1);
    expect(answer.status).toBe(201);
    expect(await errorsOf(answer)).toMatchObject([
      {
        msg: 'shipment not booked',
        err: { message: 'shipping: request timed out after 1000 ms' },
      },
    ]);
    const health = await fetch(`http://127.0.0.1:${shop.demo.partners.gateway}/shipping/health`);
    expect(health.status).toBe(200);
  });

  it('new-error-after-deploy throws for some categories, with another release only', async () => {
    await shop.demo.setFaults(['new-error-after-deploy']);
    expect((await order(1)).status).toBe(201);
    await shop.demo.deploy('1.1.0');
    const answer = await order(1);
    expect(answer.status).toBe(500);
    expect(await errorsOf(answer)).toMatchObject([
      { release: '1.1.0', err: { type: 'RangeError', message: 'Invalid currency code : EURO' } },
    ]);
    expect((await order(3)).status).toBe(201);
    await shop.demo.deploy('1.0.0');
    expect((await order(1)).status).toBe(201);
  });

  it('noisy-but-harmless says much, and no line of it is an error', async () => {
    await shop.demo.setFaults(['noisy-but-harmless']);
    const answer = await shop.call('GET', '/api/products/1');
    expect(answer.status).toBe(200);
    expect(await errorsOf(answer)).toEqual([]);
    const own = (await linesOf(shop.demo.logPath)).filter(({ reqId }) => reqId === answer.requestId);
    expect(own.filter(({ level }) => level === 40)).toHaveLength(2);
    await expect
      .poll(() => readFile(shop.demo.logPath, 'utf8'), { timeout: 10_000 })
      .toContain('failed jobs: 0');
  });
});

describe('what the log tells of other faults', () => {
  it('error-burst is one tenant alone', async () => {
    await shop.demo.setFaults(['error-burst']);
    const other = [1, 2, 3].find((customer) => tenantOf(customer + 1) !== tenantOf(1)) ?? 1;
    const token = await login(other);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => shop.call('GET', '/api/orders', { token })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const failing = async (): Promise<Answer | undefined> => {
      const tried = await Promise.all(Array.from({ length: 20 }, () => shop.monitor('/api/orders')));
      return tried.find(({ status }) => status === 500);
    };
    await expect.poll(failing, { timeout: 20_000 }).toBeDefined();
    const failed = (await linesOf(shop.demo.logPath)).filter(({ err }) => err?.type === 'TypeError');
    expect(new Set(failed.map(({ tenant }) => tenant))).toEqual(new Set([tenantOf(1)]));
  });

  it('duplicate-key-race is a unique violation of the database', async () => {
    await shop.demo.setFaults(['duplicate-key-race']);
    const body = { email: 'twin@shop.example', name: 'Twin', password: SHOPPER_PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => shop.call('POST', '/api/auth/signup', { body })),
    );
    const failed = answers.find(({ status }) => status === 500);
    expect(await errorsOf(failed as Answer)).toMatchObject([
      { level: ERROR_LEVEL, route: '/api/auth/signup', err: { code: '23505' } },
    ]);
  });
});
