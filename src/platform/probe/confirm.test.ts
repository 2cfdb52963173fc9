import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { closedPort, type LocalServer, serveTcp } from '../test-support/servers.ts';
import { runWirePlan, wirePlan } from '../test-support/wire.ts';
import { Cancelled } from './deadline.ts';
import type { WirePlan } from './plans.ts';
import { createStopper } from './stop-signal.ts';
import type { ProbeResult } from './types.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

type Behaviour = 'answer' | 'silent' | 'close';

/** Each connection by its turn; the last goes for all that follow. */
async function serve(...turns: readonly Behaviour[]): Promise<LocalServer> {
  let at = 0;
  const server = await serveTcp((socket: Socket) => {
    const turn = turns[Math.min(at++, turns.length - 1)];
    socket.resume();
    if (turn === 'answer') socket.once('data', () => socket.write('+PONG\r\n'));
    if (turn === 'close') socket.end();
  });
  open.push(server);
  return server;
}

function confirm(port: number, more: Partial<WirePlan> = {}): Promise<ProbeResult> {
  return runWirePlan(
    wirePlan('tcp', port, { send: 'PING\r\n', confirmations: 2, timeoutMs: 3_000, ...more }),
  );
}

describe('a failure that is confirmed', () => {
  it('a success needs no confirmation', async () => {
    const server = await serve('answer');
    expect(await confirm(server.port)).toMatchObject({ attempts: 1, retryOf: null, cold: { success: true } });
    expect(server.connectionCount()).toBe(1);
  });

  it('silent on the first connection only: a success that says so', async () => {
    const server = await serve('silent', 'answer');
    expect(await confirm(server.port)).toMatchObject({
      attempts: 3,
      cold: { success: true },
      retryOf: { cause: 'no-response' },
    });
  });

  it('always silent: certain at the one deadline, with the cause of the first', async () => {
    const server = await serve('silent');
    expect(await confirm(server.port, { timeoutMs: 500 })).toMatchObject({
      attempts: 3,
      cold: { success: false, cause: 'no-response' },
    });
    expect(server.connectionCount()).toBe(3);
  });

  it('closed, then silent, then answered: the silent one is doubted as the first would be', async () => {
    const server = await serve('close', 'silent', 'answer');
    expect(await confirm(server.port)).toMatchObject({
      attempts: 3,
      cold: { success: true },
      retryOf: { cause: 'reset' },
    });
  });

  it('closed, then silent for good: the cause is that of the first', async () => {
    const server = await serve('close', 'silent');
    expect(await confirm(server.port, { timeoutMs: 500 })).toMatchObject({
      attempts: 3,
      cold: { success: false, cause: 'reset' },
    });
    expect(server.connectionCount()).toBe(3);
  });

  it('a slow first answer wins over tries that are silent', async () => {
    let first: Socket | undefined;
    let count = 0;
    const server = await serveTcp((socket) => {
      socket.resume();
      count += 1;
      first ??= socket;
      // The first is answered once the others are there.
      if (count === 3) first.write('+PONG\r\n');
    });
    open.push(server);
    const result = await confirm(server.port);
    expect(result).toMatchObject({ attempts: 3, cold: { success: true }, retryOf: null });
  });

  it('refuses, then accepts: a restart is no outage', async () => {
    const port = await closedPort();
    const server = createServer((socket) => socket.on('error', () => undefined).write('+PONG\r\n'));
    // The pause after the first try is as long as the server needs.
    const sleep = async (): Promise<void> => {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    };
    const plan = wirePlan('tcp', port, { send: 'PING\r\n', confirmations: 2 });
    const result = await runWirePlan(plan, { clock: { ...systemClock, sleep } });
    server.close();
    expect(result).toMatchObject({ attempts: 2, cold: { success: true }, retryOf: { cause: 'refused' } });
  });

  it('refused every time: down', async () => {
    expect(await confirm(await closedPort())).toMatchObject({
      attempts: 3,
      cold: { success: false, cause: 'refused' },
      retryOf: null,
    });
  });

  it('a target that is not ours is not asked again, and neither is anybody after the end', async () => {
    expect(await confirm(6_379, { host: '10.255.255.1' })).toMatchObject({
      attempts: 1,
      cold: { cause: 'target-refused' },
    });
    const server = await serve('silent');
    const stopper = createStopper();
    const plan = wirePlan('tcp', server.port, { send: 'PING\r\n', confirmations: 2 });
    const running = runWirePlan(plan, { signal: stopper.signal });
    stopper.stop(new Cancelled('enough'));
    expect(await running).toMatchObject({ attempts: 1, cold: { success: false, cause: 'cancelled' } });
  });
});
