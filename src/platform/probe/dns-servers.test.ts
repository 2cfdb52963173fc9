import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { installed } from '../test-support/debian-program.ts';
import { startDnsmasq } from '../test-support/debian-servers.ts';
import { type DnsReply, serveDns } from '../test-support/dns-server.ts';
import { closedPort } from '../test-support/servers.ts';
import { sumOf } from '../test-support/probe.ts';
import type { ProbeContext } from './http-probe.ts';
import type { DnsPlan } from './plans.ts';
import { probe } from './probe.ts';
import type { ProbeOutcome } from './types.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function server(reply: DnsReply): Promise<{ address: string; port: number }> {
  const local = await serveDns(() => reply);
  open.push(() => local.close());
  return local.server;
}

async function run(more: Partial<DnsPlan>, context: Partial<ProbeContext> = {}): Promise<ProbeOutcome> {
  const plan: DnsPlan = { id: 'dns', kind: 'dns', name: 'shop.test', type: 'A', timeoutMs: 20_000, ...more };
  const guard = createNetGuard({ allowHosts: [] });
  return (await probe(plan, { clock: systemClock, guard, ...context })).cold;
}

const records = (ttl: number, ...addresses: string[]): DnsReply => ({
  records: addresses.map((data) => ({ type: 'A', name: 'shop.test', ttl, data })),
});

describe('DNS probe of each server', () => {
  it('gives the values in order, the shortest time to live, and each server as a hop', async () => {
    const servers = [
      await server(records(300, '192.0.2.9', '192.0.2.1')),
      await server(records(60, '192.0.2.1', '192.0.2.9')),
    ];
    const outcome = await run({ servers });
    expect(outcome).toMatchObject({
      success: true,
      cause: null,
      facts: { answer: '192.0.2.1, 192.0.2.9', ttlSeconds: 60, agree: true },
    });
    expect(outcome.facts[`rcode 127.0.0.1:${servers[0]?.port}`]).toBe('NOERROR');
    expect(outcome.hops.map(({ url }) => url)).toEqual(
      servers.map(({ port }) => `dns://127.0.0.1:${port}/shop.test?type=A`),
    );
    expect(sumOf(outcome.phases)).toBeCloseTo(outcome.totalMs, 6);
  });

  it('servers that differ do not agree, which alone is no failure', async () => {
    const servers = [await server(records(60, '192.0.2.1')), await server(records(60, '192.0.2.2'))];
    expect(await run({ servers })).toMatchObject({ success: true, facts: { agree: false } });
  });

  it('one silent server of three fails the probe, and is named', async () => {
    const good = records(60, '192.0.2.1');
    const servers = [await server(good), await server('silence'), await server(good)];
    const outcome = await run({ servers, timeoutMs: 600 });
    expect(outcome).toMatchObject({
      success: false,
      cause: 'dns-timeout',
      message: `127.0.0.1:${servers[1]?.port} is silent`,
      facts: { answer: '192.0.2.1', agree: true },
    });
    expect(outcome.facts[`rcode 127.0.0.1:${servers[1]?.port}`]).toBe('timeout');
    expect(outcome.hops).toHaveLength(3);
  });

  it.each([
    ['NXDOMAIN', 'dns-not-found', 'does not exist', { rcode: 'NXDOMAIN' }],
    ['an empty answer', 'dns-not-found', 'has no A record', { records: [] }],
    ['SERVFAIL', 'dns-failed', 'SERVFAIL', { rcode: 'SERVFAIL' }],
    ['REFUSED', 'dns-failed', 'REFUSED', { rcode: 'REFUSED' }],
  ] as const)('%s is told apart', async (_, cause, words, reply: DnsReply) => {
    const servers = [await server(records(60, '192.0.2.1')), await server(reply)];
    const outcome = await run({ servers });
    expect(outcome).toMatchObject({ success: false, cause, facts: { agree: false } });
    expect(outcome.message).toContain(words);
  });

  it('every server that fails is named', async () => {
    const servers = [await server({ rcode: 'NXDOMAIN' }), { address: '127.0.0.1', port: await closedPort() }];
    const outcome = await run({ servers });
    expect(outcome.message).toContain(`127.0.0.1:${servers[0]?.port} says`);
    expect(outcome.message).toContain(`127.0.0.1:${servers[1]?.port} cannot be reached`);
    expect(outcome.facts['agree']).toBeNull();
  });

  it('what is expected and not answered is an assertion', async () => {
    const servers = [await server(records(60, '203.0.113.9'))];
    expect(await run({ servers, expect: ['192.0.2.1'] })).toMatchObject({ cause: 'assertion' });
  });

  it('what a record says is text from the other side', async () => {
    const hostile = ['first\u001b[2Jline\n', 'x'.repeat(250), 'y'.repeat(250)];
    const servers = [await server({ records: [{ type: 'TXT', name: 'shop.test', ttl: 5, data: hostile }] })];
    const answer = String((await run({ servers, type: 'TXT' })).facts['answer']);
    expect(answer).toHaveLength(200);
    expect(answer).not.toMatch(/\p{Cc}/u);
  });

  it('the name servers of the plan are asked where it names none for the question', async () => {
    const nameServers = [await server(records(60, '192.0.2.7'))];
    expect(await run({ nameServers })).toMatchObject({ success: true, facts: { answer: '192.0.2.7' } });
  });

  it('the time in our own queue counts', async () => {
    const servers = [await server(records(60, '192.0.2.1'))];
    const intendedAtMonotonicMs = systemClock.monotonicMs() - 50;
    const outcome = await run({ servers }, { intendedAtMonotonicMs });
    expect(outcome.phases.queue).toBeGreaterThanOrEqual(50);
    expect(sumOf(outcome.phases)).toBeCloseTo(outcome.totalMs, 6);
  });

  it('a deadline that passed in our own queue is no silence of a server', async () => {
    const servers = [await server(records(60, '192.0.2.1'))];
    const intendedAtMonotonicMs = systemClock.monotonicMs() - 50;
    const outcome = await run({ servers, timeoutMs: 20 }, { intendedAtMonotonicMs });
    expect(outcome).toMatchObject({ success: false, cause: 'cancelled', hops: [], facts: {} });
  });
});

const hasDnsmasq = installed('dnsmasq');
describe.skipIf(!hasDnsmasq)(`dnsmasq${hasDnsmasq ? '' : ' (not installed)'}`, () => {
  it('answers, does not know, and falls silent', async () => {
    const dnsmasq = await startDnsmasq({
      args: ['--host-record=shop.test,192.0.2.1', '--local=/shop.test/', '--address=/gone.test/'],
    });
    open.push(() => dnsmasq.stop());
    const servers = [{ address: '127.0.0.1', port: dnsmasq.port }];
    expect(await run({ servers })).toMatchObject({
      success: true,
      facts: { answer: '192.0.2.1', ttlSeconds: 0 },
    });
    expect(await run({ servers, name: 'gone.test' })).toMatchObject({ cause: 'dns-not-found' });
    expect(await run({ servers, type: 'MX' })).toMatchObject({ cause: 'dns-not-found' });
    await dnsmasq.freeze();
    expect(await run({ servers, timeoutMs: 500 })).toMatchObject({ cause: 'dns-timeout' });
  });
});
