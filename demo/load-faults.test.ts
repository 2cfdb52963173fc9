import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SHOPPER_PASSWORD } from './seed.ts';
import { type ShopUnderTest, startShop } from './test-support.ts';

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

async function slowestOf(calls: number, path: string): Promise<number> {
  const answers = await Promise.all(Array.from({ length: calls }, () => shop.monitor(path)));
  return Math.max(...(await shop.durations(answers)));
}

async function statusesOfSignUps(email: string): Promise<number[]> {
  const body = { email, name: 'Twin', password: SHOPPER_PASSWORD };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => shop.call('POST', '/api/auth/signup', { body })),
  );
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}

describe('faults that need many callers', () => {
  it('pool-too-small lets two callers in at a time', async () => {
    await shop.demo.setFaults(['pool-too-small']);
    expect(await slowestOf(6, '/api/users')).toBeGreaterThanOrEqual(3 * 120 - 5);
  });

  it('lock-convoy lets one caller in at a time', async () => {
    await shop.demo.setFaults(['lock-convoy']);
    expect(await slowestOf(4, '/api/users/me')).toBeGreaterThanOrEqual(4 * 50 - 5);
  });

  it('duplicate-key-race fails where a careful shop says that the address is taken', async () => {
    expect(await statusesOfSignUps('careful@shop.example')).toEqual([201, ...Array<number>(7).fill(409)]);
    await shop.demo.setFaults(['duplicate-key-race']);
    const statuses = await statusesOfSignUps('careless@shop.example');
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses).toContain(500);
  });

  it('no-keep-alive closes after each answer', async () => {
    const connection = async (): Promise<string | null> => (await shop.monitor('/api/products')).connection;
    expect(await connection()).not.toBe('close');
    await shop.demo.setFaults(['no-keep-alive']);
    expect(await connection()).toBe('close');
  });

  it('stall stops everything now and then', async () => {
    await shop.demo.setFaults(['stall']);
    const longest = async (): Promise<number> => {
      const startedAt = performance.now();
      await shop.monitor('/healthz');
      return performance.now() - startedAt;
    };
    await expect.poll(longest, { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(200);
  });
});
