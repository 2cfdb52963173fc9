import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sumOf } from '../../test-support/probe.ts';
import { closedPort, type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeOutcome } from '../types.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function probe(
  onConnection: (socket: Socket) => void,
  more: Partial<WirePlan> = {},
): Promise<ProbeOutcome> {
  const server = await serveTcp(onConnection);
  open.push(server);
  return runWire('tcp', server.port, more);
}

const redis = (socket: Socket) => socket.once('data', () => socket.write('+PONG\r\n'));

describe('TCP probe', () => {
  it('a connection alone is all it says when nothing is asked', async () => {
    const result = await probe(() => undefined);
    expect(result).toMatchObject({ success: true, cause: null, facts: {} });
    expect(result.hops[0]?.address).toBe('127.0.0.1');
    expect(result.phases).toMatchObject({ dns: null, tls: null, request: null, ttfb: null, transfer: null });
    expect(sumOf(result.phases)).toBeCloseTo(result.totalMs, 6);
  });

  it('an expected answer is success, with the time to its first byte', async () => {
    const result = await probe(redis, { send: 'PING\r\n', expect: 'PONG' });
    expect(result).toMatchObject({ success: true, facts: { received: '+PONG' } });
    expect(result.phases.ttfb).not.toBeNull();
    expect(result.hops[0]?.bytes).toBe(7);
    expect(sumOf(result.phases)).toBeCloseTo(result.totalMs, 6);
  });

  it('an answer in pieces is put together', async () => {
    const inPieces = (socket: Socket) =>
      socket.once('data', () => {
        socket.write('+PO');
        setImmediate(() => socket.write('NG\r\n'));
      });
    expect(await probe(inPieces, { send: 'PING\r\n', expect: 'PONG' })).toMatchObject({ success: true });
  });

  it('a banner needs no question', async () => {
    const result = await probe((socket) => socket.write('220 mail.test ready\r\n'), { expect: '220 ' });
    expect(result).toMatchObject({ success: true, facts: { received: '220 mail.test ready' } });
    expect(result.phases.request).toBeNull();
  });

  it('accepted and silent is no response, not health', async () => {
    const result = await probe((socket) => void socket.resume(), { send: 'PING\r\n', timeoutMs: 200 });
    expect(result).toMatchObject({ success: false, cause: 'no-response' });
    expect(result.phases.connect).not.toBeNull();
    expect(result.phases.ttfb).not.toBeNull();
  });

  it('another answer than the expected one is told, fit to show', async () => {
    const result = await probe(
      (socket) => socket.once('data', () => socket.end('-ERR \u001b[31mno\u0007 password=hunter2secret\r\n')),
      { send: 'PING\r\n', expect: 'PONG' },
    );
    expect(result.cause).toBe('assertion');
    expect(result.message).toContain('-ERR');
    expect(result.message).not.toMatch(/\p{Cc}|hunter2secret/u);
  });

  it('an answer without end is not read to its end', async () => {
    const endless = (socket: Socket) => {
      const feed = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(16_384)));
      };
      socket.on('drain', feed);
      feed();
    };
    expect((await probe(endless, { expect: 'PONG' })).cause).toBe('assertion');
  });

  it('closed and refused are told apart', async () => {
    const closed = await probe((socket) => socket.end(), { expect: 'PONG' });
    expect(closed.cause).toBe('reset');
    expect((await runWire('tcp', await closedPort(), {})).cause).toBe('refused');
  });

  it('a host that is not ours is refused before any packet', async () => {
    expect((await runWire('tcp', 6_379, { host: '10.255.255.1' })).cause).toBe('target-refused');
  });
});
