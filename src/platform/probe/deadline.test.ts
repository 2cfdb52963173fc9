import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { resolveAddress } from '../dns/resolve-address.ts';
import { serveDns } from '../test-support/dns-server.ts';
import { runProbe, sumOf } from '../test-support/probe.ts';
import { serveHttp, serveTcp } from '../test-support/servers.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function started<T extends { close(): Promise<void> }>(server: Promise<T>): Promise<T> {
  const one = await server;
  open.push(one);
  return one;
}

const hello = () => started(serveHttp((_, response) => response.end('hello')));

describe('one deadline, and the phase it met', () => {
  it('a silent name server', async () => {
    const { server } = await started(serveDns(() => 'silence'));
    const settings = { servers: [server], search: [], ndots: 1, timeoutMs: 25_000, attempts: 1 };
    const { cold, retryOf } = await runProbe(
      'http://shop.test/',
      { timeoutMs: 400 },
      { resolver: (host, request) => resolveAddress(host, { ...request, settings }) },
    );
    expect(cold).toMatchObject({ success: false, cause: 'dns-timeout', status: null });
    expect(cold.phases).toMatchObject({ connect: null, request: null, ttfb: null });
    expect(retryOf?.cause).toBe('dns-timeout');
  });

  it('names without an answer hold up no other target', async () => {
    const { server: nameServer } = await started(serveDns(() => 'silence'));
    const settings = { servers: [nameServer], search: [], ndots: 1, timeoutMs: 25_000, attempts: 1 };
    const hosts = new Map([['healthy.test', ['127.0.0.1']]]);
    const server = await hello();
    const giveUp = new AbortController();
    const run = (url: string) =>
      runProbe(
        url,
        {},
        {
          signal: giveUp.signal,
          resolver: (host, request) => resolveAddress(host, { ...request, settings, hosts }),
        },
      );
    let ended = 0;
    const silent = Array.from({ length: 10 }, (_, index) =>
      run(`http://silent-${index}.test/`).finally(() => {
        ended += 1;
      }),
    );
    const healthy = await Promise.all(
      Array.from({ length: 50 }, () => run(`http://healthy.test:${server.port}/`)),
    );
    expect(healthy.every((result) => result.cold.success)).toBe(true);
    expect(ended).toBe(0);
    giveUp.abort();
    const causes = (await Promise.all(silent)).map((result) => result.cold.cause);
    expect(new Set(causes)).toEqual(new Set(['cancelled']));
  });

  it('a handshake that never ends', async () => {
    const server = await started(serveTcp(() => undefined));
    const { cold } = await runProbe(`https://127.0.0.1:${server.port}/`, { timeoutMs: 300 });
    expect(cold.cause).toBe('tls-timeout');
    expect(cold.phases.connect).not.toBeNull();
    expect(cold.phases.request).toBeNull();
  });

  it('a connection accepted and never answered', async () => {
    const server = await started(serveTcp((socket) => void socket.resume()));
    const { cold } = await runProbe(server.origin, { timeoutMs: 300 });
    expect(cold).toMatchObject({ cause: 'no-response', status: null });
    expect(cold.message).toContain('accepted');
    expect(cold.phases.transfer).toBeNull();
    for (const hop of cold.hops) expect(sumOf(hop.phases)).toBeCloseTo(hop.totalMs, 6);
  });

  it('headers and then nothing', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
      }),
    );
    const { cold } = await runProbe(server.origin, { timeoutMs: 300 });
    expect(cold).toMatchObject({ cause: 'body-timeout', status: 200 });
    expect(cold.hops[0]?.bytes).toBe(3);
  });

  it('a body that drips for ever, chunk by chunk', async () => {
    const server = await started(
      serveHttp((_, response) => {
        const drip = setInterval(() => response.write('.'), 10);
        response.on('close', () => clearInterval(drip));
      }),
    );
    const { cold } = await runProbe(server.origin, { timeoutMs: 300 });
    expect(cold).toMatchObject({ cause: 'body-timeout', status: 200 });
  });

  it('a slot whose deadline passed in our queue is not blamed on the target', async () => {
    const server = await hello();
    const intendedAtMonotonicMs = systemClock.monotonicMs() - 60_000;
    const { cold } = await runProbe(`http://localhost:${server.port}/`, {}, { intendedAtMonotonicMs });
    expect(cold.cause).toBe('cancelled');
    expect(server.connectionCount()).toBe(0);
  });

  it('the caller may give up', async () => {
    const server = await started(serveTcp((socket) => void socket.resume()));
    const giveUp = new AbortController();
    const pending = runProbe(server.origin, {}, { signal: giveUp.signal });
    giveUp.abort();
    expect((await pending).cold.cause).toBe('cancelled');
  });

  it('a request that is already cancelled sends nothing', async () => {
    const server = await hello();
    const { cold } = await runProbe(server.origin, {}, { signal: AbortSignal.abort() });
    expect(cold.cause).toBe('cancelled');
    expect(server.connectionCount()).toBe(0);
  });
});
