import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { answer } from '../cache/commands.ts';
import { createMemory } from '../cache/memory.ts';
import { createParser } from '../cache/resp.ts';
import { type Cache, createCache } from './cache.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A cache server that can be made to hold its tongue. */
async function serveCache(): Promise<{ port: number; commands: string[]; silence(on: boolean): void }> {
  const memory = createMemory(10_000, () => 0);
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let silent = false;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const push = createParser(10_000);
    socket.on('data', (chunk) => {
      for (const words of push(chunk) as string[][]) {
        commands.push(words[0] ?? '');
        if (!silent) socket.write(answer(words, memory));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, commands, silence: (on) => (silent = on) };
}

function cacheAt(port: number): Cache {
  const cache = createCache(port);
  open.push(() => cache.close());
  return cache;
}

it('remembers, once the server has answered', async () => {
  const { port } = await serveCache();
  const cache = cacheAt(port);
  const remembered = async (): Promise<string | null> => {
    cache.set('a', 'one', 60);
    return cache.get('a');
  };
  await expect.poll(remembered, { timeout: 10_000 }).toBe('one');
  expect(await cache.get('b')).toBeNull();
});

it('is empty while the server is silent, asks nothing meanwhile, and comes back', async () => {
  const server = await serveCache();
  const cache = cacheAt(server.port);
  const remembered = async (): Promise<string | null> => {
    cache.set('a', 'one', 60);
    return cache.get('a');
  };
  await expect.poll(remembered, { timeout: 10_000 }).toBe('one');
  server.silence(true);
  expect(await cache.get('a')).toBeNull();
  const asked = server.commands.filter((name) => name === 'GET').length;
  for (let i = 0; i < 50; i += 1) expect(await cache.get('a')).toBeNull();
  expect(server.commands.filter((name) => name === 'GET')).toHaveLength(asked);
  server.silence(false);
  await expect.poll(() => cache.get('a'), { timeout: 10_000 }).toBe('one');
});

it('is empty where nobody listens', async () => {
  const cache = cacheAt(1);
  cache.set('a', 'one', 60);
  expect(await cache.get('a')).toBeNull();
});
