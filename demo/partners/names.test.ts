import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNameServer } from './names.ts';

const server = createNameServer(() => false);
let port = 0;
const resolver = new dns.Resolver({ timeout: 5_000, tries: 1 });

beforeAll(async () => {
  port = await server.open();
  resolver.setServers([`127.0.0.1:${port}`]);
});
afterAll(() => server.close());

it('knows one name, in any case, and its address alone', async () => {
  expect(await resolver.resolve4('Payments.Shop.TEST', { ttl: true })).toEqual([
    { address: '127.0.0.1', ttl: 5 },
  ]);
  await expect(resolver.resolve6('payments.shop.test')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolve4('other.shop.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it('survives what is no question', async () => {
  const socket = createSocket('udp4');
  for (const rubbish of [Buffer.alloc(0), Buffer.from('not dns'), Buffer.alloc(600, 0xff)]) {
    await new Promise((resolve) => socket.send(rubbish, port, '127.0.0.1', resolve));
  }
  socket.close();
  expect(await resolver.resolve4('payments.shop.test')).toEqual(['127.0.0.1']);
});
