import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createLocalAuthority, type LocalAuthority } from '../test-support/local-ca.ts';
import { runProbe } from '../test-support/probe.ts';
import { type LocalServer, serveHttp, serveHttps } from '../test-support/servers.ts';
import type { ProbeAuth } from './types.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  open.push(await server);
  return server;
}

/** 200 for this Authorization header, 401 for any other. */
const guarded = (authorization: () => string): Promise<LocalServer> =>
  started(
    serveHttp((request, response) => {
      response.writeHead(request.headers.authorization === authorization() ? 200 : 401).end();
    }),
  );

describe('basic and bearer', () => {
  it('basic in UTF-8', async () => {
    const expected = `Basic ${Buffer.from('ada:pässword').toString('base64')}`;
    const server = await guarded(() => expected);
    const auth: ProbeAuth = { kind: 'basic', username: 'ada', password: 'pässword' };
    expect((await runProbe(server.origin, { auth })).cold.status).toBe(200);
    expect((await runProbe(server.origin)).cold).toMatchObject({ status: 401, cause: 'status-4xx' });
  });

  it('from the URL, which does not show it', async () => {
    const server = await guarded(() => `Basic ${Buffer.from('ada:pw').toString('base64')}`);
    const { cold } = await runProbe(`http://ada:pw@127.0.0.1:${server.port}/`);
    expect(cold.status).toBe(200);
    expect(cold.hops[0]?.url).toBe(`${server.origin}/`);
  });

  it('bearer', async () => {
    const server = await guarded(() => 'Bearer abc');
    expect((await runProbe(server.origin, { auth: { kind: 'bearer', token: 'abc' } })).cold.status).toBe(200);
  });
});

interface Issuer {
  server: LocalServer;
  requests: { authorization: string; body: string }[];
  /** The header that the newest token makes. */
  current: () => string;
}

/** A token endpoint that issues token-1, token-2 and so on. */
async function tokenIssuer(expiresInSeconds: number): Promise<Issuer> {
  const requests: Issuer['requests'] = [];
  const current = (): string => `Bearer token-${requests.length}`;
  const server = await started(
    serveHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        requests.push({ authorization: request.headers.authorization ?? '', body });
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            access_token: `token-${requests.length}`,
            token_type: 'Bearer',
            expires_in: expiresInSeconds,
          }),
        );
      });
    }),
  );
  return { server, requests, current };
}

const oauth = (issuer: Issuer): ProbeAuth => ({
  kind: 'oauth2-client-credentials',
  tokenUrl: `${issuer.server.origin}/token`,
  clientId: 'client one',
  clientSecret: 's:cret',
  scope: 'read write',
});

describe('OAuth2 client credentials', () => {
  it('the token is fetched once, by the RFC, and is no part of the measurement', async () => {
    const issuer = await tokenIssuer(3_600);
    const server = await guarded(issuer.current);
    const auth = oauth(issuer);
    const both = await Promise.all([runProbe(server.origin, { auth }), runProbe(server.origin, { auth })]);
    const third = await runProbe(server.origin, { auth });
    expect([...both, third].map((result) => result.cold.status)).toEqual([200, 200, 200]);
    expect(third.cold.hops).toHaveLength(1);
    expect(issuer.requests).toEqual([
      {
        authorization: `Basic ${Buffer.from('client%20one:s%3Acret').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=read+write',
      },
    ]);
  });

  it('a token is renewed before it expires', async () => {
    const issuer = await tokenIssuer(60);
    const server = await guarded(issuer.current);
    let shiftMs = 0;
    const clock = { ...systemClock, monotonicMs: () => performance.now() + shiftMs };
    await runProbe(server.origin, { auth: oauth(issuer) }, { clock });
    shiftMs = 35_000;
    const { cold } = await runProbe(server.origin, { auth: oauth(issuer) }, { clock });
    expect(cold.status).toBe(200);
    expect(issuer.requests).toHaveLength(2);
  });

  it('a token that the server no longer takes is fetched anew the next time', async () => {
    const issuer = await tokenIssuer(3_600);
    let revoked = false;
    const server = await guarded(() => (revoked ? 'Bearer token-2' : 'Bearer token-1'));
    await runProbe(server.origin, { auth: oauth(issuer) });
    revoked = true;
    expect((await runProbe(server.origin, { auth: oauth(issuer) })).cold.status).toBe(401);
    expect((await runProbe(server.origin, { auth: oauth(issuer) })).cold.status).toBe(200);
  });

  it.each([
    [
      'refuses',
      (response: { writeHead(status: number): { end(text?: string): unknown } }) =>
        response.writeHead(401).end(),
    ],
    [
      'gives no JSON',
      (response: { writeHead(status: number): { end(text?: string): unknown } }) =>
        response.writeHead(200).end('<html>'),
    ],
    [
      'gives no token',
      (response: { writeHead(status: number): { end(text?: string): unknown } }) =>
        response.writeHead(200).end('{}'),
    ],
  ])('its own failure is told apart: it %s', async (_, answer) => {
    const tokenServer = await started(serveHttp((_request, response) => void answer(response)));
    const target = await guarded(() => 'never');
    const { cold } = await runProbe(target.origin, {
      auth: {
        kind: 'oauth2-client-credentials',
        tokenUrl: tokenServer.origin,
        clientId: 'a',
        clientSecret: 'b',
      },
    });
    expect(cold).toMatchObject({ success: false, cause: 'auth-failed', hops: [] });
    expect(target.connectionCount()).toBe(0);
  });
});

describe('mutual TLS', () => {
  let authority: LocalAuthority;
  beforeAll(async () => {
    authority = await createLocalAuthority();
  });

  it('shows the client certificate; without one the handshake fails', async () => {
    const identity = { ...(await authority.issue()), clientCaPem: authority.certPem };
    const server = await started(serveHttps((_, response) => response.end('in'), identity));
    const client = await authority.issue({ names: ['client.test'] });
    const tls = { ca: authority.certPem };
    const known = await runProbe(server.origin, {
      tls: { ...tls, cert: client.certPem, key: client.keyPem },
    });
    expect(known.cold).toMatchObject({ success: true, status: 200 });
    const unknown = await runProbe(server.origin, { tls });
    expect(unknown.cold).toMatchObject({ success: false, cause: 'tls-failed' });
  });

  it('a key that cannot be read is a TLS failure, not an exception', async () => {
    const server = await started(serveHttps((_, response) => response.end(), await authority.issue()));
    const tls = { ca: authority.certPem, cert: 'nonsense', key: 'nonsense' };
    expect((await runProbe(server.origin, { tls })).cold.cause).toBe('tls-failed');
  });
});
