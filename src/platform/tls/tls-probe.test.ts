import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { createLocalAuthority, type LocalAuthority } from '../test-support/local-ca.ts';
import { sumOf } from '../test-support/probe.ts';
import { type LocalServer, serveHttps, type ServerIdentity, serveTcp } from '../test-support/servers.ts';
import { probeTls, type TlsProbePlan } from './tls-probe.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

let authority: LocalAuthority;
beforeAll(async () => {
  authority = await createLocalAuthority();
});

async function secure(identity: ServerIdentity): Promise<LocalServer> {
  const server = await serveHttps((_, response) => response.end(), identity);
  open.push(server);
  return server;
}

function run(port: number, more: Partial<TlsProbePlan> = {}) {
  const plan: TlsProbePlan = {
    host: 'localhost',
    port,
    resolver: 'own',
    timeoutMs: 20_000,
    tls: { ca: authority.certPem },
    ...more,
  };
  return probeTls(plan, { clock: systemClock, guard: createNetGuard({ allowHosts: [] }) });
}

describe('TLS probe', () => {
  it('is a handshake and no more', async () => {
    const result = await run((await secure(await authority.issue())).port);
    expect(result).toMatchObject({ success: true, cause: null, address: '127.0.0.1' });
    expect(result.tls?.problems).toEqual([]);
    expect(result.phases).toMatchObject({ request: null, ttfb: null, transfer: null });
    expect(sumOf(result.phases)).toBeCloseTo(result.totalMs, 6);
  });

  it('an expired certificate fails and still gives its dates', async () => {
    const result = await run((await secure(await authority.issue({ expiresInDays: -2 }))).port);
    expect(result).toMatchObject({ success: false, cause: 'tls-failed' });
    expect(result.message).toContain('it has expired');
    expect(result.tls?.chain[0]?.notAfterMs).toBeLessThan(Date.now());
  });

  it('looks at one address behind a name', async () => {
    const server = await secure(await authority.issue({ names: ['shop.test'] }));
    const tls = { ca: authority.certPem, serverName: 'shop.test' };
    expect(await run(server.port, { host: '127.0.0.1', tls })).toMatchObject({ success: true });
  });

  it('a port that accepts and does not speak TLS is a timeout, one that speaks otherwise a failure', async () => {
    const silent = await serveTcp(() => undefined);
    const chatty = await serveTcp((socket) => socket.once('data', () => socket.end('220 mail.test\r\n')));
    open.push(silent, chatty);
    expect((await run(silent.port, { timeoutMs: 200 })).cause).toBe('tls-timeout');
    expect((await run(chatty.port)).cause).toBe('tls-failed');
  });
});
