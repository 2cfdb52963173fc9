import { connect as connectTcp } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createLocalAuthority,
  type IssuedCertificate,
  type LocalAuthority,
  selfSigned,
} from '../test-support/local-ca.ts';
import { serveHttps, type ServerIdentity } from '../test-support/servers.ts';
import { describeTls, type TlsDescription } from './describe.ts';
import { handshake } from './handshake.ts';

const DAY_MS = 86_400_000;
let root: LocalAuthority;
let intermediate: LocalAuthority;

beforeAll(async () => {
  root = await createLocalAuthority();
  intermediate = await root.intermediate('Rearguard Test Intermediate', { expiresInDays: 2 });
});

async function describeServer(
  identity: ServerIdentity,
  options: { ca?: string; name?: string } = {},
): Promise<TlsDescription> {
  const server = await serveHttps((_, response) => response.end(), identity);
  const socket = connectTcp(server.port, '127.0.0.1');
  const name = options.name ?? 'localhost';
  const ca = options.ca ?? root.certPem;
  try {
    const secure = await handshake(socket, name, { tls: { ca }, signal: AbortSignal.timeout(30_000) });
    return describeTls(secure, name, { nowMs: Date.now(), ca });
  } finally {
    socket.destroy();
    await server.close();
  }
}

function inDays(atMs: number | undefined): number {
  return Math.round(((atMs ?? Number.NaN) - Date.now()) / DAY_MS);
}

describe('what is wrong with a certificate', () => {
  it('is nothing when the chain verifies and the name fits', async () => {
    const { trusted, summary } = await describeServer(await root.issue());
    expect(trusted).toBe(true);
    expect(summary.problems).toEqual([]);
    expect(summary.protocol).toBe('TLSv1.3');
    expect(summary.chain).toHaveLength(1);
    expect(summary.chain[0]).toMatchObject({
      subject: 'CN=localhost',
      issuer: 'CN=Rearguard Test Root',
      names: ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'],
    });
  });

  it('shows every served certificate, leaf first, with its own dates', async () => {
    const leaf = await intermediate.issue({ expiresInDays: 5 });
    const { trusted, summary } = await describeServer({ ...leaf, chainPem: intermediate.certPem });
    expect(trusted).toBe(true);
    expect(summary.chain.map((certificate) => certificate.subject)).toEqual([
      'CN=localhost',
      'CN=Rearguard Test Intermediate',
    ]);
    expect(summary.chain.map((certificate) => inDays(certificate.notAfterMs))).toEqual([5, 2]);
  });

  it('an expired certificate still gives its data', async () => {
    const { trusted, summary } = await describeServer(await root.issue({ expiresInDays: -3 }));
    expect(trusted).toBe(false);
    expect(summary.problems).toEqual(['expired']);
    expect(inDays(summary.chain[0]?.notAfterMs)).toBe(-3);
  });

  it.each([
    ['not-yet-valid', () => root.issue({ startsInDays: 2 })],
    ['name-mismatch', () => root.issue({ names: ['other.test'] })],
    ['unknown-issuer', async () => (await createLocalAuthority('Stranger')).issue()],
    ['missing-intermediate', () => intermediate.issue({ issuerUrl: 'http://ca.test/intermediate.crt' })],
    ['self-signed', () => selfSigned()],
  ] as const)('%s is told apart', async (problem, issue: () => Promise<IssuedCertificate>) => {
    const { trusted, summary } = await describeServer(await issue());
    expect(summary.problems).toEqual([problem]);
    expect(trusted).toBe(false);
  });

  it('an unknown authority is named with its whole served chain', async () => {
    const stranger = await createLocalAuthority('Stranger');
    const leaf = await stranger.issue();
    const { summary } = await describeServer({ ...leaf, chainPem: stranger.certPem });
    expect(summary.problems).toEqual(['unknown-issuer']);
    expect(summary.chain).toHaveLength(2);
  });

  it('several problems are all said', async () => {
    const stranger = await createLocalAuthority('Stranger');
    const leaf = await stranger.issue({ names: ['other.test'], expiresInDays: -1 });
    const { summary } = await describeServer(leaf);
    expect(summary.problems.toSorted()).toEqual(['expired', 'name-mismatch', 'unknown-issuer']);
  });

  it('an expired leaf of a trusted authority is not blamed on the authority', async () => {
    const leaf = await intermediate.issue({ expiresInDays: -1 });
    const { summary } = await describeServer({ ...leaf, chainPem: intermediate.certPem });
    expect(summary.problems).toEqual(['expired']);
  });

  it('a weak key is said, and does not stop a client', async () => {
    // 1024 bits pass OpenSSL at the security level Node ships with.
    const { trusted, summary } = await describeServer(await root.issue({ rsaBits: 1_024 }));
    expect(summary.problems).toEqual(['weak-key']);
    expect(trusted).toBe(true);
  });

  it('an address is matched against the addresses of the certificate', async () => {
    const fits = await describeServer(await root.issue(), { name: '127.0.0.1' });
    expect(fits.summary.problems).toEqual([]);
    const other = await describeServer(await root.issue({ names: ['localhost'] }), { name: '127.0.0.1' });
    expect(other.summary.problems).toEqual(['name-mismatch']);
  });
});

it('a local authority is unknown to the public trust store', async () => {
  const server = await serveHttps((_, response) => response.end(), await root.issue());
  const socket = connectTcp(server.port, '127.0.0.1');
  const signal = AbortSignal.timeout(30_000);
  const secure = await handshake(socket, 'localhost', { tls: undefined, signal });
  const { trusted, summary } = describeTls(secure, 'localhost', { nowMs: Date.now() });
  socket.destroy();
  await server.close();
  expect(trusted).toBe(false);
  expect(summary.problems).toEqual(['unknown-issuer']);
});
