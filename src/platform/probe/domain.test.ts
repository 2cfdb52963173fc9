import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { createLocalAuthority } from '../test-support/local-ca.ts';
import { type LocalServer, serveHttp, serveHttps, serveTcp } from '../test-support/servers.ts';
import type { DomainPlan } from './plans.ts';
import { probe } from './probe.ts';
import { parseRegistration } from './rdap-answer.ts';
import { guardForRegistries } from './registry-guard.ts';
import type { ProbeOutcome } from './types.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function started(starting: Promise<LocalServer>): Promise<LocalServer> {
  const server = await starting;
  open.push(server);
  return server;
}

async function run(rdapUrl: string, more: Partial<DomainPlan> = {}): Promise<ProbeOutcome> {
  const plan: DomainPlan = {
    id: 'domain',
    kind: 'domain',
    domain: 'example.com',
    rdapUrl,
    timeoutMs: 20_000,
    ...more,
  };
  return (await probe(plan, { clock: systemClock, guard: createNetGuard({ allowHosts: [] }) })).cold;
}

/** As registries answer, cut to what matters. */
const EXAMPLE = {
  objectClassName: 'domain',
  ldhName: 'EXAMPLE.COM',
  status: ['client transfer prohibited', 'client delete prohibited'],
  events: [
    { eventAction: 'registration', eventDate: '1995-08-14T04:00:00Z' },
    { eventAction: 'expiration', eventDate: '2027-08-13T04:00:00Z' },
  ],
  entities: [
    { roles: ['abuse'], handle: 'A-1' },
    {
      roles: ['registrar'],
      handle: '376',
      vcardArray: [
        'vcard',
        [
          ['version', {}, 'text', '4.0'],
          ['fn', {}, 'text', 'Example Registrar, Inc.'],
        ],
      ],
    },
  ],
};

const rdap = (body: unknown) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(JSON.stringify(body));

describe('the registration of a domain', () => {
  it('says when it ends, at whom, and in what state', async () => {
    let asked: { url: string | undefined; accept: string | undefined } | undefined;
    const registry = await started(
      serveHttp((request, response) => {
        asked = { url: request.url, accept: request.headers.accept };
        rdap(EXAMPLE)(request, response);
      }),
    );
    const outcome = await run(`${registry.origin}/`);
    expect(outcome).toMatchObject({
      success: true,
      status: 200,
      facts: {
        expires: '2027-08-13T04:00:00.000Z',
        registrar: 'Example Registrar, Inc.',
        status: 'client delete prohibited, client transfer prohibited',
      },
    });
    expect(asked).toEqual({
      url: '/domain/example.com',
      accept: 'application/rdap+json, application/json',
    });
  });

  it('is found by way of a directory that redirects', async () => {
    const directory = await started(
      serveHttp((request, response) => {
        if (request.url?.startsWith('/registry/')) rdap(EXAMPLE)(request, response);
        else response.writeHead(302, { location: `/registry${request.url}` }).end();
      }),
    );
    const outcome = await run(directory.origin);
    expect(outcome).toMatchObject({ success: true, facts: { registrar: 'Example Registrar, Inc.' } });
    expect(outcome.hops.map(({ status }) => status)).toEqual([302, 200]);
  });

  it.each([
    ['in clear text to another host', 'http://localhost:1/domain/example.com'],
    ['to a metadata address', 'https://169.254.169.254/latest'],
    ['to an address that is no name', 'https://192.0.2.1/domain/example.com'],
  ])('a redirect %s is refused', async (_, location) => {
    const directory = await started(serveHttp((__, response) => response.writeHead(302, { location }).end()));
    expect(await run(directory.origin)).toMatchObject({ success: false, cause: 'target-refused' });
  });

  it('a redirect over HTTPS is followed, and its certificate must be right', async () => {
    const authority = await createLocalAuthority();
    const registry = await started(serveHttps(rdap(EXAMPLE), await authority.issue()));
    const location = `https://localhost:${registry.port}/domain/example.com`;
    const directory = await started(serveHttp((_, response) => response.writeHead(302, { location }).end()));
    const outcome = await run(directory.origin);
    expect(outcome).toMatchObject({ success: false, cause: 'tls-failed' });
    expect(outcome.hops).toHaveLength(2);
  });

  it('redirects end somewhere', async () => {
    let count = 0;
    const maze = await started(
      serveHttp((_, response) => response.writeHead(302, { location: `/${(count += 1)}` }).end()),
    );
    const outcome = await run(maze.origin);
    expect(outcome).toMatchObject({ cause: 'too-many-redirects' });
    expect(outcome.hops).toHaveLength(4);
  });

  it('one that nobody registered is said to be so', async () => {
    const registry = await started(serveHttp((_, response) => response.writeHead(404).end()));
    const outcome = await run(registry.origin);
    expect(outcome).toMatchObject({ success: false, cause: 'status-4xx', status: 404 });
    expect(outcome.message).toContain('not registered');
  });

  it.each([
    ['in seconds', () => '120', 120],
    ['as a date', () => new Date(systemClock.wallMs() - 60_000).toUTCString(), 0],
    ['absurd', () => '99999999999999', 31_536_000],
  ])('429 is not ready, and its time to wait is kept: %s', async (_, value, seconds) => {
    const registry = await started(
      serveHttp((__, response) => response.writeHead(429, { 'retry-after': value() }).end()),
    );
    expect(await run(registry.origin)).toMatchObject({
      success: false,
      cause: 'not-ready',
      facts: { retryAfterSeconds: seconds },
    });
  });

  it.each([
    ['another domain', { ...EXAMPLE, ldhName: 'other.com' }],
    ['an error object', { errorCode: 500 }],
    ['a list', [EXAMPLE]],
    ['nothing', null],
  ])('an answer about %s is a protocol error', async (_, body) => {
    const registry = await started(serveHttp(rdap(body)));
    expect(await run(registry.origin)).toMatchObject({ success: false, cause: 'protocol-error' });
  });

  it('an answer without end is cut', async () => {
    const huge = { ...EXAMPLE, notices: 'x'.repeat(300_000) };
    const registry = await started(serveHttp(rdap(huge)));
    const outcome = await run(registry.origin);
    expect(outcome).toMatchObject({ cause: 'protocol-error' });
    expect(outcome.message).toContain('262144 bytes');
  });

  it('a registry that is silent, closes, or speaks otherwise is told apart', async () => {
    const silent = await started(serveTcp(() => undefined));
    const closing = await started(serveTcp((socket) => socket.end()));
    const chatty = await started(serveTcp((socket) => socket.once('data', () => socket.end('220 mail\r\n'))));
    expect(await run(silent.origin, { timeoutMs: 300 })).toMatchObject({ cause: 'no-response' });
    expect(await run(closing.origin)).toMatchObject({ cause: 'reset' });
    expect(await run(chatty.origin)).toMatchObject({ cause: 'protocol-error' });
  });

  it('an international name is asked for as it stands in DNS', async () => {
    const registry = await started(serveHttp(rdap({ ...EXAMPLE, ldhName: 'xn--bcher-kva.example' })));
    expect((await run(registry.origin, { domain: 'bücher.example' })).success).toBe(true);
  });
});

describe('an RDAP answer', () => {
  it.each([
    ['', null],
    ['{"objectClassName":"domain"', null],
    ['"domain"', null],
  ])('%s is none', (text, parsed) => {
    expect(parseRegistration(text)).toBe(parsed);
  });

  it('of the wrong shapes gives what can be read', () => {
    const strange = {
      objectClassName: 'domain',
      ldhName: 7,
      status: 'active',
      events: [null, 3, { eventAction: 'expiration', eventDate: 'soon' }],
      entities: [{ roles: ['registrar'], vcardArray: ['vcard', { 0: 'fn' }], handle: 'R\u001b[31m1' }],
    };
    expect(parseRegistration(JSON.stringify(strange))).toEqual({
      name: null,
      registration: { expires: null, registrar: 'R [31m1', status: null },
    });
  });
});

describe('the guard for registries', () => {
  const base = createNetGuard({ allowHosts: ['rdap.test'] });
  const guard = guardForRegistries(base, 'rdap.registry.test');

  it('lets the redirect reach the internet under its name, and what the config lists', () => {
    expect(() => guard.assertAllowed('rdap.registry.test', '192.0.2.1')).not.toThrow();
    expect(() => guard.assertAllowed('rdap.test', '10.0.0.1')).not.toThrow();
  });

  it.each([
    '10.0.0.1',
    '192.168.1.1',
    '172.20.0.1',
    'fd12::1',
    '::ffff:10.0.0.1',
    '169.254.169.254',
    'fe80::1',
  ])('refuses %s behind it', (address) => {
    expect(() => guard.assertAllowed('rdap.registry.test', address)).toThrow(
      expect.objectContaining({ code: 'E_TARGET_REFUSED' }),
    );
  });

  it('refuses any other name, and a literal address', () => {
    expect(() => guard.assertAllowed('evil.test', '192.0.2.1')).toThrow('evil.test');
    const literal = guardForRegistries(base, '169.254.169.254');
    expect(() => literal.assertAllowed('169.254.169.254', '169.254.169.254')).toThrow('169.254.169.254');
  });
});
