import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { sumOf } from '../test-support/probe.ts';
import { closedPort, type LocalServer, serveTcp } from '../test-support/servers.ts';
import { probeTcp, type TcpProbePlan, type TcpProbeResult } from './tcp-probe.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function probe(
  onConnection: (socket: Socket) => void,
  more: Partial<TcpProbePlan> = {},
): Promise<TcpProbeResult> {
  const server = await serveTcp(onConnection);
  open.push(server);
  return run({ port: server.port, ...more });
}

function run(more: Partial<TcpProbePlan> & { port: number }): Promise<TcpProbeResult> {
  const plan: TcpProbePlan = { host: '127.0.0.1', resolver: 'own', timeoutMs: 20_000, ...more };
  return probeTcp(plan, { clock: systemClock, guard: createNetGuard({ allowHosts: [] }) });
}

const redis = (socket: Socket) => socket.once('data', () => socket.write('+PONG\r\n'));

describe('TCP probe', () => {
  it('a connection alone is all it says when nothing is asked', async () => {
    const result = await probe(() => undefined);
    expect(result).toMatchObject({ success: true, cause: null, address: '127.0.0.1', received: null });
    expect(result.phases).toMatchObject({ dns: null, tls: null, request: null, ttfb: null, transfer: null });
    expect(sumOf(result.phases)).toBeCloseTo(result.totalMs, 6);
  });

  it('an expected answer is success, with the time to its first byte', async () => {
    const result = await probe(redis, { send: 'PING\r\n', expect: 'PONG' });
    expect(result).toMatchObject({ success: true, received: '+PONG' });
    expect(result.phases.ttfb).not.toBeNull();
    expect(sumOf(result.phases)).toBeCloseTo(result.totalMs, 6);
  });

  it('a banner needs no question', async () => {
    const result = await probe((socket) => socket.write('220 mail.test ready\r\n'), { expect: '220 ' });
    expect(result).toMatchObject({ success: true, received: '220 mail.test ready' });
    expect(result.phases.request).toBeNull();
  });

  it('accepted and silent is no response, not health', async () => {
    const result = await probe((socket) => void socket.resume(), { send: 'PING\r\n', timeoutMs: 200 });
    expect(result).toMatchObject({ success: false, cause: 'no-response', received: null });
    expect(result.phases.connect).not.toBeNull();
  });

  it('another answer than the expected one is told, fit to show', async () => {
    const result = await probe(
      (socket) => socket.once('data', () => socket.end('-ERR \u001b[31mno\u0007 password=hunter2secret\r\n')),
      { send: 'PING\r\n', expect: 'PONG' },
    );
    expect(result.cause).toBe('assertion');
    expect(result.received).not.toMatch(/\p{Cc}|hunter2secret/u);
  });

  it('closed and refused are told apart', async () => {
    const closed = await probe((socket) => socket.end(), { expect: 'PONG' });
    expect(closed.cause).toBe('reset');
    expect((await run({ port: await closedPort() })).cause).toBe('refused');
  });

  it('a host that is not ours is refused before any packet', async () => {
    expect((await run({ host: '10.255.255.1', port: 6_379 })).cause).toBe('target-refused');
  });
});
