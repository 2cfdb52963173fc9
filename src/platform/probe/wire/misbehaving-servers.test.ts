import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function port(onConnection: (socket: Socket) => void): Promise<number> {
  const server = await serveTcp(onConnection);
  open.push(server);
  return server.port;
}

const NOISE = Buffer.from('!? this is no protocol that anybody speaks\r\n\r\n'.repeat(20));

describe.each(['amqp', 'kafka', 'nats', 'mqtt', 'grpc', 'websocket'] as const)('%s', (kind) => {
  it('a server that accepts and never answers gives no-response', async () => {
    const outcome = await runWire(kind, await port(() => undefined), { timeoutMs: 300 });
    expect(outcome).toMatchObject({ success: false, cause: 'no-response' });
  });

  it('one that accepts and closes is a reset', async () => {
    const outcome = await runWire(kind, await port((socket) => socket.end()));
    expect(outcome).toMatchObject({ success: false, cause: 'reset' });
  });

  it('one that aborts at the first byte is a reset', async () => {
    const aborting = await port((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
      if (kind === 'nats') socket.resetAndDestroy();
    });
    expect(await runWire(kind, aborting)).toMatchObject({ success: false, cause: 'reset' });
  });

  it('noise is a protocol error, at once', async () => {
    const noisy = await port((socket) => socket.write(NOISE));
    expect(await runWire(kind, noisy)).toMatchObject({ success: false, cause: 'protocol-error' });
  });

  it('noise without end is a protocol error, whatever it weighs', async () => {
    const flooding = await port((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0x11)));
      };
      socket.on('drain', pour);
      pour();
    });
    expect(await runWire(kind, flooding)).toMatchObject({ success: false, cause: 'protocol-error' });
  });
});
