import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RearguardError } from '../../core/errors.ts';
import { systemClock } from '../clock.ts';
import type { AddressResolver } from '../dns/resolve-address.ts';
import { createNetGuard } from '../net-guard.ts';
import { type PinContext, pinOrigins } from './pin-origins.ts';
import type { PinnedOrigin } from './bus/messages.ts';

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Counts who connects. */
async function listen(host = '127.0.0.1'): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).end();
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** A name server of the test's own: each question for a name takes its next answer, and the last one stays. */
function resolverOf(
  names: Record<string, readonly (readonly string[])[]>,
): AddressResolver & { asked: string[] } {
  const asked: string[] = [];
  const resolver: AddressResolver = async (host) => {
    const answers = names[host] ?? [[host]];
    const times = asked.filter((name) => name === host).length;
    asked.push(host);
    const addresses = answers[Math.min(times, answers.length - 1)] ?? [];
    return {
      addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      source: 'dns',
      ttlSeconds: 0,
    };
  };
  return Object.assign(resolver, { asked });
}

function pin(urls: readonly string[], more: Partial<PinContext> = {}): Promise<PinnedOrigin[]> {
  return pinOrigins(
    urls.map((url) => ({ url, protocol: 'http/1.1' })),
    {
      guard: createNetGuard({ allowHosts: [] }),
      clock: systemClock,
      signal: new AbortController().signal,
      confirmed: [],
      connectTimeoutMs: 30_000,
      ...more,
    },
  );
}

const refusal = async (pinned: Promise<unknown>): Promise<RearguardError> => {
  const error = await pinned.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof RearguardError) return error;
  throw error;
};

describe('pinning origins', () => {
  it('takes the address of a name that accepts, once for all ports of a host', async () => {
    const [one, two] = [await listen(), await listen()];
    const resolver = resolverOf({ 'shop.test': [['::1', '127.0.0.1']] });
    const urls = [`http://shop.test:${one.port}`, `http://shop.test:${two.port}`];
    expect(await pin(urls, { resolver })).toEqual([
      { url: urls[0], address: '127.0.0.1', port: one.port },
      { url: urls[1], address: '127.0.0.1', port: two.port },
    ]);
    expect(resolver.asked).toEqual(['shop.test']);
  });

  it('reads literal addresses of both families', async () => {
    const { port } = await listen('::1');
    expect(await pin([`http://[::1]:${port}`])).toMatchObject([{ address: '::1', port }]);
  });

  it('refuses a name one of whose addresses is not allowed, before it connects to any', async () => {
    const { port, connections } = await listen();
    const resolver = resolverOf({ 'shop.test': [['127.0.0.1', '203.0.113.7']] });
    const error = await refusal(pin([`http://127.0.0.1:${port}`, `http://shop.test:${port}`], { resolver }));
    expect(error.code).toBe('E_TARGET_REFUSED');
    expect(error.message).toContain('shop.test (203.0.113.7)');
    expect(connections()).toBe(0);
  });

  it('asks for confirmation of what is not this machine, by the address and not by the name', async () => {
    const resolver = resolverOf({ localhost: [['203.0.113.7']], 'api.test': [['203.0.113.8']] });
    const guard = createNetGuard({ allowHosts: ['localhost', 'api.test'] });
    const urls = ['http://localhost:1', 'https://api.test'];
    const none = await refusal(pin(urls, { resolver, guard }));
    expect(none).toMatchObject({ code: 'E_CONFIRMATION', exitCode: 4 });
    expect(none.message).toContain('localhost (203.0.113.7) and api.test (203.0.113.8)');
    expect(none.hint).toContain('--confirm localhost,api.test');
    const half = await refusal(pin(urls, { resolver, guard, confirmed: ['LOCALHOST'] }));
    expect(half.hint).toMatch(/--confirm api\.test$/);
  });

  it('needs no confirmation of a name that leads to this machine', async () => {
    const { port } = await listen();
    const resolver = resolverOf({ 'shop.test': [['127.0.0.1']] });
    expect(await pin([`http://shop.test:${port}`], { resolver })).toHaveLength(1);
  });

  it('a name that is bound to another address is judged again by the next run', async () => {
    const { port, connections } = await listen();
    const resolver = resolverOf({ 'shop.test': [['127.0.0.1'], ['169.254.169.254']] });
    await pin([`http://shop.test:${port}`], { resolver });
    const before = connections();
    const guard = createNetGuard({ allowHosts: ['shop.test'] });
    const again = pin([`http://shop.test:${port}`], { resolver, guard, confirmed: ['shop.test'] });
    expect((await refusal(again)).code).toBe('E_TARGET_REFUSED');
    expect(connections()).toBe(before);
  });

  it('says when a name does not exist, and when nothing accepts', async () => {
    const unknown = await refusal(pin(['http://no-such-name.invalid']));
    expect(unknown).toMatchObject({ code: 'E_UNREACHABLE', exitCode: 3 });
    expect(unknown.message).toContain('no-such-name.invalid');
    const { port } = await listen();
    await new Promise((resolve) => open.pop()?.close(resolve));
    const closed = await refusal(pin([`http://127.0.0.1:${port}`]));
    expect(closed.code).toBe('E_UNREACHABLE');
    expect(closed.message).toContain('ECONNREFUSED');
  });

  it('ends with the signal', async () => {
    const stopping = new AbortController();
    const silent: AddressResolver = (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const pinned = pin(['http://shop.test'], { resolver: silent, signal: stopping.signal });
    stopping.abort(new Error('enough'));
    await expect(pinned).rejects.toThrow('enough');
  });
});
