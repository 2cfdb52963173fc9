import { connect as connectTcp, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { installed, type RunningProgram } from '../../test-support/debian-program.ts';
import { startRedis } from '../../test-support/debian-servers.ts';
import { createLocalAuthority } from '../../test-support/local-ca.ts';
import { type LocalServer, closedPort, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';

const PROGRAM = 'redis-server';
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(args: readonly string[] = []): Promise<RunningProgram> {
  const server = await startRedis({ args });
  running.push(server);
  return server;
}

describe.skipIf(!installed(PROGRAM))(`Redis (needs ${PROGRAM})`, () => {
  it('tells its version and role', async () => {
    const { port } = await start();
    const outcome = await runWire('redis', port);
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true, role: 'master' } });
    expect(outcome.facts['version']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(outcome.hops[0]?.bytes).toBeGreaterThan(100);
  });

  it('with a password: up without ours, in with it, refused with another', async () => {
    const { port } = await start(['--requirepass secret-of-redis']);
    expect(await runWire('redis', port)).toMatchObject({ success: true, facts: { authenticated: false } });
    expect(await runWire('redis', port, { password: 'secret-of-redis' })).toMatchObject({
      success: true,
      facts: { authenticated: true },
    });
    expect(await runWire('redis', port, { username: 'default', password: 'other' })).toMatchObject({
      success: false,
      cause: 'auth-failed',
    });
  });

  it('a password for a server that has none, and a database that it has not', async () => {
    const { port } = await start();
    expect(await runWire('redis', port, { password: 'secret' })).toMatchObject({ cause: 'auth-failed' });
    expect(await runWire('redis', port, { database: '3' })).toMatchObject({ success: true });
    expect(await runWire('redis', port, { database: '99' })).toMatchObject({ cause: 'auth-failed' });
  });

  it('INFO may be forbidden', async () => {
    const { port } = await start(['--user probe on >secret-of-probe +ping']);
    const outcome = await runWire('redis', port, { username: 'probe', password: 'secret-of-probe' });
    expect(outcome).toMatchObject({ success: true, facts: { authenticated: true } });
    expect(outcome.facts).not.toHaveProperty('version');
  });

  it('a replica says whether it hears its master', async () => {
    const { port } = await start([`--replicaof 127.0.0.1 ${await closedPort()}`]);
    expect(await runWire('redis', port)).toMatchObject({
      success: true,
      facts: { role: 'slave', masterLink: 'down' },
    });
  });

  it('is not ready when it takes no more clients', async () => {
    const { port } = await start(['--maxclients 1']);
    const other = await onlyClient(port);
    expect(await runWire('redis', port)).toMatchObject({ success: false, cause: 'not-ready' });
    other.destroy();
  });

  it('is down when frozen, and up when it goes on', async () => {
    const server = await start();
    await server.freeze();
    expect(await runWire('redis', server.port, { timeoutMs: 300, confirmations: 2 })).toMatchObject({
      success: false,
      cause: 'no-response',
    });
    server.thaw();
    expect(await runWire('redis', server.port)).toMatchObject({ success: true });
  });

  it('behind TLS: in with its authority, refused without, silent when the server is', async () => {
    const server = await start();
    const authority = await createLocalAuthority();
    const front = await terminateTls(server.port, await authority.issue());
    const tls = { ca: authority.certPem };
    const outcome = await runWire('redis', front.port, { encryption: 'implicit', tls });
    expect(outcome).toMatchObject({ success: true, facts: { role: 'master' } });
    expect(outcome.phases.tls).not.toBeNull();
    expect(outcome.phases.request).not.toBeNull();
    expect(await runWire('redis', front.port, { encryption: 'implicit' })).toMatchObject({
      cause: 'tls-failed',
    });
    await server.freeze();
    expect(await runWire('redis', front.port, { encryption: 'implicit', tls, timeoutMs: 500 })).toMatchObject(
      {
        cause: 'no-response',
      },
    );
  });
});

describe('what Redis says when it cannot serve', () => {
  it.each([
    ['-LOADING Redis is loading the dataset in memory\r\n', 'not-ready'],
    ['-MISCONF Redis is configured to save RDB snapshots\r\n', 'not-ready'],
    ['-DENIED Redis is running in protected mode\r\n', 'auth-failed'],
    ['-ERR unknown command\r\n', 'protocol-error'],
    [':1\r\n', 'protocol-error'],
  ])('%j is %s', async (line, cause) => {
    const server = await answering(line);
    expect(await runWire('redis', server.port)).toMatchObject({ success: false, cause });
  });
});

/** Whoever asked whether the server was ready may still have its place. */
async function onlyClient(port: number): Promise<Socket> {
  for (;;) {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (answer.toString() === '+PONG\r\n') return socket;
    socket.destroy();
  }
}

async function answering(line: string): Promise<LocalServer> {
  const server = await serveTcp((socket) => socket.once('data', () => socket.write(line)));
  running.push({ stop: () => server.close() });
  return server;
}

/** TLS in front of a server that speaks none. */
async function terminateTls(
  backendPort: number,
  { certPem, keyPem }: { certPem: string; keyPem: string },
): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ cert: certPem, key: keyPem }, (front) => {
    const back = connectTcp(backendPort, '127.0.0.1');
    for (const socket of [front, back]) sockets.add(socket.on('error', () => socket.destroy()));
    front.pipe(back).pipe(front);
  });
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  return { port: (server.address() as AddressInfo).port };
}
