import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { type DnsReply, type LocalDnsServer, serveDns } from '../test-support/dns-server.ts';
import { closedPort } from '../test-support/servers.ts';
import { parseHosts } from './hosts-file.ts';
import { candidateNames } from './lookup.ts';
import { type DnsServer, queryServer } from './query.ts';
import { resolveAddress, type ResolveRequest } from './resolve-address.ts';
import { parseDnsServer, parseResolvConf } from './resolv-conf.ts';

const open: LocalDnsServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function nameServer(reply: (name: string, type: string) => DnsReply): Promise<LocalDnsServer> {
  const server = await serveDns(reply);
  open.push(server);
  return server;
}

const a = (name: string, data: string, ttl = 60) => ({ type: 'A' as const, name, ttl, data });
const aaaa = (name: string, data: string, ttl = 60) => ({ type: 'AAAA' as const, name, ttl, data });
const cname = (name: string, data: string, ttl = 60) => ({ type: 'CNAME' as const, name, ttl, data });

function request(servers: readonly DnsServer[], more: Partial<ResolveRequest> = {}): ResolveRequest {
  return {
    clock: systemClock,
    signal: AbortSignal.timeout(30_000),
    mode: 'own',
    hosts: new Map(),
    settings: { servers, search: [], ndots: 1, timeoutMs: 300, attempts: 1 },
    ...more,
  };
}

const ask = (server: DnsServer, timeoutMs = 10_000) =>
  queryServer({ name: 'shop.test', type: 'A' }, server, {
    clock: systemClock,
    timeoutMs,
    signal: AbortSignal.timeout(30_000),
  });

describe('one query to one server', () => {
  it('gives the answer with its time to live', async () => {
    const { server } = await nameServer(() => ({ records: [a('shop.test', '192.0.2.1', 42)] }));
    expect(await ask(server)).toMatchObject({
      outcome: 'answer',
      rcode: 'NOERROR',
      transport: 'udp',
      server,
      records: [{ name: 'shop.test', type: 'A', ttlSeconds: 42, value: '192.0.2.1' }],
    });
  });

  it.each([
    ['not-found', 'NXDOMAIN', { rcode: 'NXDOMAIN' }],
    ['server-failure', 'SERVFAIL', { rcode: 'SERVFAIL' }],
    ['server-failure', 'REFUSED', { rcode: 'REFUSED' }],
    ['empty', 'NOERROR', { records: [] }],
  ] as const)('tells %s (%s) apart', async (outcome, rcode, reply) => {
    const { server } = await nameServer(() => reply);
    expect(await ask(server)).toMatchObject({ outcome, rcode, records: [] });
  });

  it('a silent server is a timeout', async () => {
    const { server } = await nameServer(() => 'silence');
    expect(await ask(server, 50)).toMatchObject({ outcome: 'timeout', rcode: null });
  });

  it('a machine without a name server is unreachable at once', async () => {
    const server = { address: '127.0.0.1', port: await closedPort() };
    expect(await ask(server)).toMatchObject({ outcome: 'unreachable', rcode: null });
  });

  it('asks again over TCP when the answer was cut', async () => {
    const records = Array.from({ length: 200 }, (_, index) => a('shop.test', `192.0.2.${index}`));
    const { server } = await nameServer(() => ({ truncated: records }));
    const response = await ask(server);
    expect(response.transport).toBe('tcp');
    expect(response.records).toHaveLength(200);
  });

  it('does not believe an answer with another id', async () => {
    const { server } = await nameServer(() => ({
      forgedFirst: a('shop.test', '203.0.113.66'),
      records: [a('shop.test', '192.0.2.1')],
    }));
    expect((await ask(server)).records.map((record) => record.value)).toEqual(['192.0.2.1']);
  });
});

describe('name to addresses', () => {
  it('a literal address is itself', async () => {
    expect(await resolveAddress('[::1]', request([]))).toEqual({
      addresses: [{ address: '::1', family: 6 }],
      source: 'literal',
      ttlSeconds: null,
    });
  });

  it('the hosts file comes before any server, and localhost never leaves the machine', async () => {
    const { server, questions } = await nameServer(() => ({ rcode: 'NXDOMAIN' }));
    const hosts = parseHosts('10.0.0.9 Shop.test shop # the shop\n');
    const fromFile = await resolveAddress('shop.TEST', request([server], { hosts }));
    expect(fromFile).toMatchObject({ addresses: [{ address: '10.0.0.9', family: 4 }], source: 'hosts' });
    const local = await resolveAddress('api.localhost', request([server]));
    expect(local.addresses.map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    expect(questions).toEqual([]);
  });

  it('both families are asked, IPv6 is offered first', async () => {
    const { server } = await nameServer((name, type) => ({
      records: [type === 'A' ? a(name, '192.0.2.1', 30) : aaaa(name, '2001:db8::1', 90)],
    }));
    expect(await resolveAddress('shop.test', request([server]))).toEqual({
      addresses: [
        { address: '2001:db8::1', family: 6 },
        { address: '192.0.2.1', family: 4 },
      ],
      source: 'dns',
      ttlSeconds: 30,
    });
  });

  it('one silent family does not hold up the other', async () => {
    const { server } = await nameServer((name, type) =>
      type === 'A' ? { records: [a(name, '192.0.2.1')] } : 'silence',
    );
    const settings = { servers: [server], search: [], ndots: 1, timeoutMs: 25_000, attempts: 1 };
    const resolution = await resolveAddress('shop.test', request([], { settings }));
    expect(resolution.addresses).toEqual([{ address: '192.0.2.1', family: 4 }]);
  });

  it('a forced family is the only one asked', async () => {
    const { server, questions } = await nameServer((name) => ({ records: [a(name, '192.0.2.1')] }));
    await resolveAddress('shop.test', request([server], { family: 4 }));
    expect(questions).toEqual(['A shop.test']);
  });

  it('follows aliases in the answer and over further questions', async () => {
    const { server } = await nameServer((name) =>
      name === 'shop.test'
        ? { records: [cname('shop.test', 'edge.test', 5), cname('edge.test', 'node.test', 50)] }
        : { records: [a('node.test', '192.0.2.7', 20)] },
    );
    expect(await resolveAddress('shop.test', request([server], { family: 4 }))).toMatchObject({
      addresses: [{ address: '192.0.2.7', family: 4 }],
      ttlSeconds: 5,
    });
  });

  it('aliases in a circle are a failure', async () => {
    const { server } = await nameServer(() => ({
      records: [cname('shop.test', 'edge.test'), cname('edge.test', 'shop.test')],
    }));
    await expect(resolveAddress('shop.test', request([server], { family: 4 }))).rejects.toMatchObject({
      kind: 'failed',
    });
  });

  it.each([
    ['not-found', { rcode: 'NXDOMAIN' }],
    ['not-found', { records: [] }],
    ['failed', { rcode: 'SERVFAIL' }],
    ['timeout', 'silence'],
  ] as const)('fails as %s', async (kind, reply: DnsReply) => {
    const { server } = await nameServer(() => reply);
    await expect(resolveAddress('shop.test', request([server]))).rejects.toMatchObject({ kind });
  });

  it('goes on to the next server when one is silent or fails, and stops at a verdict', async () => {
    const silent = await nameServer(() => 'silence');
    const failing = await nameServer(() => ({ rcode: 'SERVFAIL' }));
    const good = await nameServer((name) => ({ records: [a(name, '192.0.2.1')] }));
    const spare = await nameServer((name) => ({ records: [a(name, '192.0.2.2')] }));
    const servers = [silent.server, failing.server, good.server, spare.server];
    const resolution = await resolveAddress('shop.test', request(servers, { family: 4 }));
    expect(resolution.addresses).toEqual([{ address: '192.0.2.1', family: 4 }]);
    expect(spare.questions).toEqual([]);
  });

  it('tries the search domains for a short name', async () => {
    const { server, questions } = await nameServer((name) =>
      name === 'shop.inner.test' ? { records: [a(name, '192.0.2.1')] } : { rcode: 'NXDOMAIN' },
    );
    const settings = {
      servers: [server],
      search: ['corp.test', 'inner.test'],
      ndots: 1,
      timeoutMs: 300,
      attempts: 1,
    };
    await resolveAddress('shop', request([], { family: 4, settings }));
    expect(questions).toEqual(['A shop.corp.test', 'A shop.inner.test']);
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    const { server } = await nameServer(() => 'silence');
    const giveUp = new AbortController();
    const settings = { servers: [server], search: [], ndots: 1, timeoutMs: 25_000, attempts: 1 };
    const pending = resolveAddress('shop.test', request([], { settings, signal: giveUp.signal }));
    giveUp.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });

  it('the system resolver is a named mode', async () => {
    const resolution = await resolveAddress('localhost', request([], { mode: 'system', family: 4 }));
    expect(resolution).toEqual({
      addresses: [{ address: '127.0.0.1', family: 4 }],
      source: 'system',
      ttlSeconds: null,
    });
  });
});

describe('resolver files', () => {
  it('reads what resolv.conf(5) says', () => {
    const text = [
      '# comment',
      'nameserver 192.0.2.53',
      'nameserver 2001:db8::53 ; trailing',
      'nameserver not-an-address',
      'search corp.test inner.test.',
      'options ndots:2 timeout:3 attempts:4 rotate',
    ].join('\n');
    expect(parseResolvConf(text)).toEqual({
      servers: [
        { address: '192.0.2.53', port: 53 },
        { address: '2001:db8::53', port: 53 },
      ],
      search: ['corp.test', 'inner.test'],
      ndots: 2,
      timeoutMs: 3_000,
      attempts: 4,
    });
  });

  it('keeps to the limits of the C library', () => {
    const text = 'options ndots:99 timeout:600 attempts:0\n' + 'nameserver 192.0.2.1\n'.repeat(5);
    expect(parseResolvConf(text)).toMatchObject({ ndots: 15, timeoutMs: 30_000, attempts: 1 });
    expect(parseResolvConf(text).servers).toHaveLength(3);
  });

  it('reads server specs with and without a port', () => {
    expect(parseDnsServer('192.0.2.1:5353')).toEqual({ address: '192.0.2.1', port: 5_353 });
    expect(parseDnsServer('[2001:db8::1]:5353')).toEqual({ address: '2001:db8::1', port: 5_353 });
    expect(parseDnsServer('2001:db8::1')).toEqual({ address: '2001:db8::1', port: 53 });
    expect(parseDnsServer('dns.example')).toBeUndefined();
  });

  it('orders candidates by ndots, and takes a final dot literally', () => {
    const settings = { search: ['corp.test'], ndots: 1 };
    expect(candidateNames('shop', settings)).toEqual(['shop.corp.test', 'shop']);
    expect(candidateNames('shop.test', settings)).toEqual(['shop.test', 'shop.test.corp.test']);
    expect(candidateNames('shop.', settings)).toEqual(['shop']);
  });
});
