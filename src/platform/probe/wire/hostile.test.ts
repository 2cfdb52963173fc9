import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire, runWirePlan, wirePlan } from '../../test-support/wire.ts';
import type { WireKind, WirePlan } from '../plans.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const server = await serveTcp((socket) => {
    socket.resume();
    onConnection(socket);
  });
  open.push(server);
  return server.port;
}

/** Sends it again and again, as fast as it is taken. */
function endless(socket: Socket, text: string | Uint8Array): void {
  const chunk = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from(text)));
  const feed = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', feed);
  feed();
}

const password = 'hunter2secret';
const KINDS: readonly [WireKind, Partial<WirePlan>][] = [
  ['postgres', { username: 'shop', password }],
  ['postgres', { encryption: 'starttls' }],
  ['mysql', { username: 'shop', password }],
  ['redis', { password }],
  ['mongodb', {}],
  ['smtp', { username: 'shop', password }],
];

describe.each(KINDS)('%s over a server that is none, %j', (kind, more) => {
  it('accepted and silent is no response', async () => {
    const port = await serve(() => undefined);
    expect(await runWire(kind, port, { ...more, timeoutMs: 150 })).toMatchObject({
      success: false,
      cause: 'no-response',
    });
  });

  it('silent three times over is certain at the deadline of one', async () => {
    const port = await serve(() => undefined);
    const result = await runWirePlan(wirePlan(kind, port, { ...more, timeoutMs: 300, confirmations: 2 }));
    expect(result).toMatchObject({ attempts: 3, cold: { success: false, cause: 'no-response' } });
    expect(open[0]?.connectionCount()).toBe(3);
  });

  it('accepted and closed is a reset', async () => {
    const port = await serve((socket) => socket.end());
    expect((await runWire(kind, port, more)).cause).toBe('reset');
  });

  it.each([
    ['text', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n'],
    ['an answer of HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['high bytes', Buffer.alloc(64, 0xff)],
    ['a text that does not end', 'hello there, who are you? '.repeat(4)],
  ])('%s is a protocol error, and what was sent is shown fit to show', async (_, garbage) => {
    const port = await serve((socket) => socket.write(garbage));
    const outcome = await runWire(kind, port, more);
    expect(outcome.cause).toBe('protocol-error');
    expect(outcome.message).not.toMatch(/\p{Cc}|hunter2secret/u);
  });
});

/** The beginnings that each protocol would go on reading after. */
const LIES: readonly [string, WireKind, string | Uint8Array][] = [
  ['an error of two billion bytes', 'postgres', Buffer.from('E\x7f\xff\xff\xff', 'latin1')],
  ['a message of negative length', 'postgres', Buffer.from('R\xff\xff\xff\x00', 'latin1')],
  ['notices without end', 'postgres', Buffer.from('N\0\0\0\x05\0', 'latin1')],
  ['a packet of sixteen million bytes', 'mysql', Buffer.from([0xff, 0xff, 0xff, 0])],
  ['an empty packet', 'mysql', Buffer.from([0, 0, 0, 0])],
  ['a greeting that stops in the middle', 'mysql', Buffer.from('\x08\0\0\0\x0a8.0.35\0', 'latin1')],
  ['a line without end', 'redis', '+PONG'],
  ['lines without end', 'smtp', '220-mail.test\r\n'],
  ['a line without end', 'smtp', '220 mail.test '],
  ['a message of negative length', 'mongodb', mongoHeader(-5)],
  ['a message of two billion bytes', 'mongodb', mongoHeader(0x7fffffff)],
  ['a document of zeros', 'mongodb', Buffer.concat([mongoHeader(40), Buffer.alloc(24)])],
];

function mongoHeader(length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(1, 8);
  header.writeInt32LE(2013, 12);
  return header;
}

describe('lies about lengths', () => {
  it.each(LIES)('%s is a protocol error of %s', async (_, kind, bytes) => {
    const port = await serve((socket) => endless(socket, bytes));
    expect(await runWire(kind, port)).toMatchObject({ success: false, cause: 'protocol-error' });
  });

  it('an INFO of Redis that announces more than there can be is a protocol error', async () => {
    const port = await serve((socket) => {
      socket.once('data', () => socket.write('+PONG\r\n$99999999999999999999\r\n'));
    });
    expect((await runWire('redis', port)).cause).toBe('protocol-error');
  });

  it('an answer that begins and stops is told from silence', async () => {
    const port = await serve((socket) => socket.write('220-mail'));
    expect((await runWire('smtp', port, { timeoutMs: 200 })).cause).toBe('body-timeout');
  });
});
