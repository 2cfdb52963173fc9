import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { type DnsReply, type LocalDnsServer, serveDns } from '../test-support/dns-server.ts';
import { type DnsProbePlan, type DnsProbeResult, probeDns } from './dns-probe.ts';

const open: LocalDnsServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function run(replies: readonly DnsReply[], more: Partial<DnsProbePlan> = {}): Promise<DnsProbeResult> {
  const servers = await Promise.all(replies.map((reply) => serveDns(() => reply)));
  open.push(...servers);
  const plan: DnsProbePlan = {
    name: 'shop.test',
    type: 'A',
    servers: servers.map(({ server }) => server),
    timeoutMs: 20_000,
    ...more,
  };
  return probeDns(plan, { clock: systemClock });
}

const answer = (...addresses: string[]): DnsReply => ({
  records: addresses.map((data) => ({ type: 'A', name: 'shop.test', ttl: 60, data })),
});

describe('DNS probe', () => {
  it('asks every server', async () => {
    const result = await run([answer('192.0.2.1'), answer('192.0.2.1')], { expect: ['192.0.2.1'] });
    expect(result).toMatchObject({ success: true, cause: null });
    expect(result.responses.map(({ outcome }) => outcome)).toEqual(['answer', 'answer']);
    expect(result.phases.dns).toBe(result.totalMs);
  });

  it.each([
    ['dns-not-found', { rcode: 'NXDOMAIN' }],
    ['dns-not-found', { records: [] }],
    ['dns-failed', { rcode: 'SERVFAIL' }],
    ['dns-timeout', 'silence'],
  ] as const)('one server that fails is %s, and the other answers stay', async (cause, reply: DnsReply) => {
    const result = await run([answer('192.0.2.1'), reply], { timeoutMs: 500 });
    expect(result).toMatchObject({ success: false, cause });
    expect(result.responses[0]).toMatchObject({ outcome: 'answer' });
  });

  it('says what a server answered instead of what was expected', async () => {
    const result = await run([answer('192.0.2.1', '203.0.113.9')], { expect: ['192.0.2.1'] });
    expect(result.cause).toBe('assertion');
    expect(result.message).toContain('203.0.113.9');
  });
});
