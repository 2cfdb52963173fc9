import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer, DEFAULT_CIPHERS } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { serveDns } from '../test-support/dns-server.ts';
import {
  createLocalAuthority,
  type IssuedCertificate,
  type LocalAuthority,
} from '../test-support/local-ca.ts';
import { sumOf } from '../test-support/probe.ts';
import { closedPort } from '../test-support/servers.ts';
import type { ProbeContext } from './http-probe.ts';
import type { TlsPlan } from './plans.ts';
import { probe } from './probe.ts';
import type { ProbeOutcome } from './types.ts';

const NAME = 'shop.test';
let authority: LocalAuthority;
let intermediate: LocalAuthority;
let good: IssuedCertificate;
let expired: IssuedCertificate;
beforeAll(async () => {
  authority = await createLocalAuthority();
  intermediate = await authority.intermediate('Rearguard Test Intermediate');
  good = await authority.issue({ names: [NAME] });
  expired = await authority.issue({ names: [NAME], expiresInDays: -3 });
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

type Backend = { certPem: string; keyPem: string } | 'silent';

/** One port on several addresses of loopback, each with a certificate of its own. */
async function backends(...all: readonly Backend[]): Promise<{ port: number; addresses: string[] }> {
  const port = await closedPort();
  const addresses = all.map((_, index) => `127.0.0.${index + 1}`);
  for (const [index, backend] of all.entries()) {
    const sockets = new Set<{ destroy(): void }>();
    const server: Server =
      backend === 'silent'
        ? createTcpServer()
        : createTlsServer({
            cert: backend.certPem,
            key: backend.keyPem,
            ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=1`,
          });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(port, addresses[index], resolve));
    open.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
  }
  return { port, addresses };
}

async function run(
  port: number,
  addresses: readonly string[],
  more: Partial<TlsPlan> = {},
  context: Partial<ProbeContext> = {},
): Promise<ProbeOutcome> {
  const dns = await serveDns((name, type) => ({
    records: type === 'A' ? addresses.map((data) => ({ type: 'A', name, ttl: 60, data })) : [],
  }));
  open.push(() => dns.close());
  const plan: TlsPlan = {
    id: 'tls',
    kind: 'tls',
    host: NAME,
    port,
    resolver: 'own',
    timeoutMs: 20_000,
    tls: { ca: authority.certPem },
    nameServers: [dns.server],
    ...more,
  };
  const guard = createNetGuard({ allowHosts: [] });
  return (await probe(plan, { clock: systemClock, guard, ...context })).cold;
}

describe('TLS on every address behind a name', () => {
  it('is a hop for each address, once', async () => {
    const { port, addresses } = await backends(good, good);
    const outcome = await run(port, [...addresses, '127.0.0.1']);
    expect(outcome).toMatchObject({ success: true, cause: null, facts: { addresses: 2, failed: 0 } });
    expect(outcome.hops.map(({ url }) => url)).toEqual([
      `tls://127.0.0.1:${port}`,
      `tls://127.0.0.2:${port}`,
    ]);
    expect(outcome.hops.map(({ tls }) => tls?.problems)).toEqual([[], []]);
    expect(outcome.phases.dns).not.toBeNull();
    expect(outcome.phases.tls).not.toBeNull();
    expect(sumOf(outcome.phases)).toBeCloseTo(outcome.totalMs, 6);
  });

  it('one backend with an old certificate fails the probe, and is named', async () => {
    const { port, addresses } = await backends(good, expired, good);
    const outcome = await run(port, addresses);
    expect(outcome).toMatchObject({
      success: false,
      cause: 'tls-failed',
      facts: { addresses: 3, failed: 1 },
    });
    expect(outcome.message).toMatch(/^127\.0\.0\.2: .*it has expired/);
    expect(outcome.hops.map(({ tls }) => tls?.problems)).toEqual([[], ['expired'], []]);
  });

  it('one that is silent does not hide what the others serve', async () => {
    const { port, addresses } = await backends('silent', good, expired);
    const outcome = await run(port, addresses, { timeoutMs: 2_000 });
    expect(outcome).toMatchObject({ success: false, cause: 'tls-timeout', facts: { failed: 2 } });
    expect(outcome.message).toContain('127.0.0.1: ');
    expect(outcome.message).toContain('2 of 3 addresses fail');
    expect(outcome.hops.map(({ tls }) => tls?.problems)).toEqual([undefined, [], ['expired']]);
  });

  it('one where nothing listens is refused', async () => {
    const { port, addresses } = await backends(good);
    expect(await run(port, [...addresses, '127.0.0.9'])).toMatchObject({ success: false, cause: 'refused' });
  });

  it('more addresses than are tried at once are all tried', async () => {
    const { port, addresses } = await backends(...Array.from({ length: 10 }, () => good));
    const outcome = await run(port, addresses);
    expect(outcome).toMatchObject({ success: true, facts: { addresses: 10, failed: 0 } });
    expect(outcome.hops.map(({ address }) => address)).toEqual(addresses);
  });

  it('an intermediate that was served is in the chain', async () => {
    const leaf = await intermediate.issue({ names: [NAME] });
    const { port, addresses } = await backends({
      ...leaf,
      certPem: `${leaf.certPem}\n${intermediate.certPem}`,
    });
    const outcome = await run(port, addresses);
    expect(outcome.success).toBe(true);
    expect(outcome.hops[0]?.tls?.chain.map(({ subject }) => subject)).toEqual([
      `CN=${NAME}`,
      'CN=Rearguard Test Intermediate',
    ]);
  });

  it('a literal address is one, and its name is that of the options', async () => {
    const { port } = await backends(good);
    const tls = { ca: authority.certPem, serverName: NAME };
    const outcome = await run(port, [], { host: '127.0.0.1', tls });
    expect(outcome).toMatchObject({ success: true, facts: { addresses: 1 } });
    expect(outcome.phases.dns).toBeNull();
    expect((await run(port, [], { host: '127.0.0.1' })).hops[0]?.tls?.problems).toEqual(['name-mismatch']);
  });

  it('goes nowhere when one of the addresses is not allowed', async () => {
    const { port, addresses } = await backends(good);
    const outcome = await run(port, [...addresses, '169.254.169.254']);
    expect(outcome).toMatchObject({ success: false, cause: 'target-refused', hops: [] });
  });

  it('a name without an address, and the time in our own queue, are said', async () => {
    expect(await run(1, [])).toMatchObject({ success: false, cause: 'dns-not-found', hops: [] });
    const { port, addresses } = await backends(good);
    const late = { intendedAtMonotonicMs: systemClock.monotonicMs() - 50 };
    expect((await run(port, addresses, {}, late)).phases.queue).toBeGreaterThanOrEqual(50);
    expect(await run(port, addresses, { timeoutMs: 20 }, late)).toMatchObject({ cause: 'cancelled' });
  });
});
