import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_NAMES, FAULTS, type FaultName, VISIBLE_TOGETHER } from './faults.ts';
import { type Answer, type ShopUnderTest, startShop } from './test-support.ts';

const DAY_MS = 86_400_000;

let shop: ShopUnderTest;
const call: ShopUnderTest['call'] = (...request) => shop.call(...request);
const monitor: ShopUnderTest['monitor'] = (path) => shop.monitor(path);

beforeAll(async () => {
  shop = await startShop();
});
afterAll(async () => {
  await shop.stop();
});
afterEach(async () => {
  await shop.demo.setFaults([]);
});

describe('faults', () => {
  it('names for each what and where it is', () => {
    const endpoints = FAULT_NAMES.map((name) => FAULTS[name].endpoint).filter(
      (endpoint) => endpoint !== null,
    );
    expect(new Set(endpoints).size).toBe(endpoints.length);
    const documented = Object.entries(shop.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented).toEqual(expect.arrayContaining(endpoints));
    const rules = FAULT_NAMES.flatMap((name) => FAULTS[name].rule ?? []);
    const tools = FAULT_NAMES.filter((name) => FAULTS[name].rule !== null).map((name) => FAULTS[name].tool);
    expect(rules.map((rule) => rule.replace(/\/.*/, ''))).toEqual(tools);
  });

  it('refuses one it does not have', async () => {
    await expect(shop.demo.setFaults(['rain' as FaultName])).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(shop.demo.faults()).toEqual([]);
  });

  it('slow-endpoint spends its time in the database', async () => {
    const before = await sleepCalls();
    await monitor('/api/products/1');
    expect(await sleepCalls()).toBe(before);
    await shop.demo.setFaults(['slow-endpoint']);
    const [durationMs] = await shop.durations([await monitor('/api/products/1')]);
    expect(durationMs).toBeGreaterThanOrEqual(350);
  });

  it('slow-tail makes some searches slow', async () => {
    const SLOW_MS = 98;
    await shop.demo.setFaults(['slow-tail']);
    const slowest = async (): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => monitor('/api/search?q=lamp')));
      return Math.max(...(await shop.durations(answers)));
    };
    await expect.poll(slowest, { timeout: 40_000 }).toBeGreaterThanOrEqual(SLOW_MS);
  });

  it('error-burst fails some order lists, with a stack in the log', async () => {
    await shop.demo.setFaults(['error-burst']);
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async () => (await monitor('/api/orders')).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
    expect(await readFile(shop.demo.logPath, 'utf8')).toContain('at applyLoyaltyDiscount');
    await shop.demo.setFaults([]);
    const after = await Promise.all(
      Array.from({ length: 20 }, async () => (await monitor('/api/orders')).status),
    );
    expect(new Set(after)).toEqual(new Set([200]));
  });

  it('flapping answers in turns', async () => {
    await shop.demo.setFaults(['flapping']);
    for (const status of [503, 200, 503]) {
      await expect
        .poll(async () => (await call('GET', '/api/auth')).status, { timeout: 20_000 })
        .toBe(status);
    }
  });

  it('down refuses connections until it is over', async () => {
    await shop.demo.setFaults(['down']);
    await expect(fetch(`${shop.demo.url}/healthz`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(peerCertificate()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await shop.demo.setFaults([]);
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect((await peerCertificate()).authorized).toBe(true);
  });

  it('hang holds requests, and answers them when it is over', async () => {
    await shop.demo.setFaults(['hang']);
    let answered = false;
    const held = monitor('/api/admin/stats').finally(() => (answered = true));
    // Others are served meanwhile; the first is still held after them.
    for (let i = 0; i < 20; i += 1) expect((await monitor('/api/admin/orders')).status).toBe(200);
    expect(answered).toBe(false);
    await shop.demo.setFaults([]);
    expect((await held).status).toBe(200);
  });

  it('cert-expiring serves a certificate of five days', async () => {
    const healthy = await peerCertificate();
    expect(healthy.authorized).toBe(true);
    expect(healthy.days).toBeGreaterThanOrEqual(90);
    await shop.demo.setFaults(['cert-expiring']);
    expect(await peerCertificate()).toEqual({ authorized: true, days: 5 });
  });

  it('slow-after-deploy shows with another release only', async () => {
    const list = (): Promise<Answer> => monitor('/api/products');
    await shop.demo.setFaults(['slow-after-deploy']);
    const before = await sleepCalls();
    await list();
    expect(await sleepCalls()).toBe(before);
    await shop.demo.deploy('1.1.0');
    expect((await call('GET', '/healthz')).body.data['release']).toBe('1.1.0');
    await list();
    expect(await sleepCalls()).toBe(before + 1);
    await shop.demo.deploy('1.0.0');
    await list();
    expect(await sleepCalls()).toBe(before + 1);
  });

  it('can be on together, but for those that hide others', async () => {
    await shop.demo.setFaults(VISIBLE_TOGETHER);
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect((await monitor('/api/users')).status).toBe(200);
  });
});

/** How often the shop let the database sleep, from the server's own statistics of statements. */
async function sleepCalls(): Promise<number> {
  const { rows } = await shop.database.query<{ calls: number }>(
    "select coalesce(sum(calls), 0)::int as calls from pg_stat_statements where query like '%pg_sleep($1)%'",
  );
  return rows[0]?.calls ?? 0;
}

/** What the TLS listener serves to a client that trusts the demo's authority. */
async function peerCertificate(): Promise<{ authorized: boolean; days: number }> {
  const request = getTls(`${shop.demo.tlsUrl}/healthz`, {
    ca: await readFile(shop.demo.caCertificatePath),
    agent: false,
    family: 4,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  const socket = response.socket as TLSSocket;
  const validTo = Date.parse(socket.getPeerCertificate().valid_to);
  return { authorized: socket.authorized, days: Math.floor((validTo - Date.now()) / DAY_MS) };
}
