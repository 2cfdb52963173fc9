import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { streamEncode } from 'dns-packet';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoConfig } from './config.ts';
import { DEPENDENCY_FAULTS } from './dependency-faults.ts';
import { PAYMENTS_NAME, SHIPMENTS_COMPONENT } from './partners/settings.ts';
import { type Answer, type ShopUnderTest, startShop } from './test-support.ts';

const REFUSED = { cause: { code: 'ECONNREFUSED' } };

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

const at = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;
const payment = (): string => at(shop.demo.partners.payment, '/health');
const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

function order(): Promise<Answer> {
  const body = { items: [{ productId: 1, quantity: 1 }] };
  return shop.call('POST', '/api/orders', { token: shop.monitorToken, body });
}

describe('faults of what the shop needs', () => {
  it('are at dependencies that the config of the demo has', () => {
    const listed = Object.keys(demoConfig(shop.demo).dependencies ?? {});
    for (const { subject } of Object.values(DEPENDENCY_FAULTS)) expect(listed).toContain(subject);
  });

  it('payment-down refuses connections, and orders are not paid', async () => {
    expect((await order()).status).toBe(201);
    await shop.demo.setFaults(['payment-down']);
    await expect(fetch(payment())).rejects.toMatchObject(REFUSED);
    expect((await order()).status).toBe(502);
    await shop.demo.setFaults([]);
    expect(await statusOf(payment())).toBe(200);
    expect((await order()).status).toBe(201);
  });

  it('payment-slow makes each answer wait, and orders with it', async () => {
    const DELAY_MS = 400;
    const [usualMs] = await shop.durations([await order()]);
    expect(usualMs).toBeLessThan(DELAY_MS);
    await shop.demo.setFaults(['payment-slow']);
    const [slowMs] = await shop.durations([await order()]);
    expect(slowMs).toBeGreaterThanOrEqual(DELAY_MS);
    expect(await statusOf(payment())).toBe(200);
  });

  it('payment-frozen accepts and holds, until it is over', async () => {
    await shop.demo.setFaults(['payment-frozen']);
    const socket = connect(shop.demo.partners.payment, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    let answered = false;
    const held = statusOf(payment()).finally(() => (answered = true));
    // The order is given up by the shop; the health check is still held after that.
    expect((await order()).status).toBe(502);
    expect(answered).toBe(false);
    // Others of the provider, and other faults, are not touched by it.
    await shop.demo.setFaults(['payment-frozen', 'vendor-page-red']);
    await shop.demo.setFaults([]);
    expect(await held).toBe(200);
    expect((await order()).status).toBe(201);
  });

  it('redis-frozen holds commands, and the product pages come from the database', async () => {
    const page = async (): Promise<unknown> => (await shop.monitor('/api/products/2')).body.data;
    const healthy = await page();
    const socket = connect(shop.demo.partners.cache, '127.0.0.1').setEncoding('utf8');
    const replies: string[] = [];
    socket.on('data', (text: string) => replies.push(text));
    socket.write('*1\r\n$4\r\nPING\r\n');
    await expect.poll(() => replies, { timeout: 10_000 }).toEqual(['+PONG\r\n']);
    await shop.demo.setFaults(['redis-frozen']);
    socket.write('*1\r\n$4\r\nPING\r\n');
    for (let i = 0; i < 10; i += 1) expect(await page()).toEqual(healthy);
    expect(replies).toHaveLength(1);
    await shop.demo.setFaults([]);
    await expect.poll(() => replies, { timeout: 10_000 }).toHaveLength(2);
    socket.destroy();
  });

  it('certificate-chain makes clients refuse the provider, the shop too', async () => {
    expect(await verification()).toBe('trusted');
    await shop.demo.setFaults(['certificate-chain']);
    expect(await verification()).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect((await order()).status).toBe(502);
    await shop.demo.setFaults([]);
    expect(await verification()).toBe('trusted');
    expect((await order()).status).toBe(201);
  });

  it('dns-silent makes one name server answer no question, neither over UDP nor over TCP', async () => {
    const socket = connect(shop.demo.partners.names[0], '127.0.0.1');
    let repliedBytes = 0;
    socket.on('data', ({ length }) => (repliedBytes += length));
    const askOverTcp = (): unknown =>
      socket.write(streamEncode({ type: 'query', id: 7, questions: [{ type: 'A', name: PAYMENTS_NAME }] }));
    askOverTcp();
    await expect.poll(() => repliedBytes, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await addresses(0)).toEqual(['127.0.0.1']);

    await shop.demo.setFaults(['dns-silent']);
    const repliedBefore = repliedBytes;
    askOverTcp();
    expect(await addresses(0)).toBe('ETIMEOUT');
    expect(repliedBytes).toBe(repliedBefore);
    socket.destroy();
    expect(await addresses(1)).toEqual(['127.0.0.1']);
    expect((await order()).status).toBe(201);
    await shop.demo.setFaults([]);
    expect(await addresses(0)).toEqual(['127.0.0.1']);
  });

  it('vendor-page-red is only a page', async () => {
    const { gateway, statusPage } = shop.demo.partners;
    const page = async (): Promise<unknown> => (await fetch(at(statusPage, '/api/v2/summary.json'))).json();
    expect(await page()).toMatchObject({ status: { indicator: 'none' }, incidents: [] });
    await shop.demo.setFaults(['vendor-page-red']);
    expect(await page()).toMatchObject({
      status: { indicator: 'major' },
      components: expect.arrayContaining([
        expect.objectContaining({ name: SHIPMENTS_COMPONENT, status: 'major_outage' }),
      ]) as unknown,
      incidents: [expect.objectContaining({ status: 'investigating' })],
    });
    expect(await statusOf(at(gateway, '/shipping/health'))).toBe(200);
    await shop.demo.setFaults([]);
    expect(await page()).toMatchObject({ status: { indicator: 'none' }, incidents: [] });
  });

  it('parent-down takes the shipping with it; the shop asks its own services directly', async () => {
    const { gateway } = shop.demo.partners;
    const children = ['delivery', 'ranking', 'shipping'].map((name) => at(gateway, `/${name}/health`));
    for (const child of children) expect(await statusOf(child)).toBe(200);
    const days = async (): Promise<unknown[]> =>
      ((await shop.monitor('/api/products')).body.data['items'] as { deliveryDays: unknown }[]).map(
        ({ deliveryDays }) => deliveryDays,
      );
    const healthyDays = await days();
    expect(healthyDays).not.toContain(null);

    await shop.demo.setFaults(['parent-down']);
    for (const child of children) await expect(fetch(child)).rejects.toMatchObject(REFUSED);
    expect(await days()).toEqual(healthyDays);
    expect((await order()).body.data['order']).toMatchObject({ status: 'paid' });
    await expect
      .poll(() => readFile(shop.demo.logPath, 'utf8'), { timeout: 10_000 })
      .toContain('shipment not booked');
    await shop.demo.setFaults([]);
    for (const child of children) expect(await statusOf(child)).toBe(200);
  });
});

/** What a client thinks of the provider's certificate that has the authority's root alone. */
async function verification(): Promise<string> {
  const socket = connectTls({
    host: '127.0.0.1',
    port: shop.demo.partners.paymentTls,
    servername: PAYMENTS_NAME,
    ca: await readFile(shop.demo.caCertificatePath),
  });
  try {
    await once(socket, 'secureConnect');
    return 'trusted';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no code';
  } finally {
    socket.destroy();
  }
}

async function addresses(server: 0 | 1): Promise<string[] | string> {
  const resolver = new dns.Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${shop.demo.partners.names[server]}`]);
  return resolver
    .resolve4(PAYMENTS_NAME)
    .catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? 'no code');
}
