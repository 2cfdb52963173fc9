import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed } from '../test-support/debian-program.ts';
import {
  createLocalAuthority,
  type IssuedCertificate,
  type LocalAuthority,
  selfSigned,
} from '../test-support/local-ca.ts';
import { serveHttps } from '../test-support/servers.ts';
import { describeTls, type TlsDescription } from './describe.ts';
import { handshake } from './handshake.ts';
import { untrustedMessage } from './untrusted.ts';

interface Served extends IssuedCertificate {
  chainPem?: string;
}

const OPENSSL = 'openssl';

let directory: string;
let root: LocalAuthority;
let intermediate: LocalAuthority;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rearguard-verify-'));
  root = await createLocalAuthority();
  intermediate = await root.intermediate('Rearguard Test Intermediate');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function ourVerdict(served: Served): Promise<TlsDescription> {
  const server = await serveHttps((_, response) => response.end(), served);
  const socket = connectTcp(server.port, '127.0.0.1');
  try {
    const tls = { ca: root.certPem };
    const signal = new AbortController().signal;
    const secure = await handshake(socket, 'localhost', { tls, signal });
    return describeTls(secure, 'localhost', { nowMs: Date.now(), ca: root.certPem });
  } finally {
    socket.destroy();
    await server.close();
  }
}

/** `0` when it verifies, else the numbers of the errors that `openssl verify` names. */
async function opensslVerdict({ certPem, chainPem = '' }: Served): Promise<string> {
  const [leaf, chain, ca] = ['leaf.pem', 'chain.pem', 'ca.pem'].map((name) => join(directory, name));
  await writeFile(leaf ?? '', certPem);
  await writeFile(chain ?? '', chainPem);
  await writeFile(ca ?? '', root.certPem);
  const untrusted = chainPem === '' ? [] : ['-untrusted', chain ?? ''];
  const options = ['-no-CApath', '-no-CAstore', '-CAfile', ca ?? '', '-verify_hostname', 'localhost'];
  return new Promise((resolve) => {
    execFile(OPENSSL, ['verify', ...options, ...untrusted, leaf ?? ''], (error, _, stderr) => {
      const numbers = [...stderr.matchAll(/^error (\d+) at/gm)].map((match) => match[1]);
      resolve(error === null ? '0' : [...new Set(numbers)].join(' '));
    });
  });
}

const withChain = async (leaf: Promise<IssuedCertificate>, chain: LocalAuthority): Promise<Served> => ({
  ...(await leaf),
  chainPem: chain.certPem,
});

const hasOpenssl = installed(OPENSSL);
describe.skipIf(!hasOpenssl)(
  `agrees with openssl verify${hasOpenssl ? '' : ' (openssl is not installed)'}`,
  () => {
    it.each<[string, string, readonly string[], () => Promise<Served>]>([
      ['nothing wrong', '0', [], () => withChain(intermediate.issue(), intermediate)],
      ['expired', '10', ['expired'], () => root.issue({ expiresInDays: -1 })],
      ['not yet valid', '9', ['not-yet-valid'], () => root.issue({ startsInDays: 2 })],
      ['another name', '62', ['name-mismatch'], () => root.issue({ names: ['other.test'] })],
      [
        'unknown issuer',
        '20',
        ['unknown-issuer'],
        async () => (await createLocalAuthority('Stranger')).issue(),
      ],
      [
        'an issuer of a trusted name with another key',
        '7',
        ['unknown-issuer'],
        async () => (await createLocalAuthority('Rearguard Test Root')).issue(),
      ],
      ['signed by itself', '18', ['self-signed'], () => selfSigned()],
      [
        'missing intermediate',
        '20',
        ['missing-intermediate'],
        () => intermediate.issue({ issuerUrl: 'http://ca.test/intermediate.crt' }),
      ],
      ['weak key', '0', ['weak-key'], () => root.issue({ rsaBits: 1_024 })],
      [
        'expired intermediate',
        '10',
        ['expired'],
        async () => {
          const old = await root.intermediate('Old Intermediate', { expiresInDays: -5 });
          return withChain(old.issue(), old);
        },
      ],
    ])('on %s: error %s', async (_, errors, problems, issue) => {
      const served = await issue();
      const ours = await ourVerdict(served);
      expect(await opensslVerdict(served)).toBe(errors);
      expect(ours.summary.problems).toEqual(problems);
      expect(ours.trusted).toBe(errors === '0');
    });
  },
);

describe('what OpenSSL cannot tell', () => {
  it('which certificate expired: the dates of the chain and the message do', async () => {
    const old = await root.intermediate('Old Intermediate', { expiresInDays: -5 });
    const { summary } = await ourVerdict(await withChain(old.issue(), old));
    const isOld = summary.chain.map(({ notAfterMs }) => notAfterMs < Date.now());
    expect(isOld).toEqual([false, true]);
    expect(untrustedMessage(summary, 'localhost')).toContain('its issuer CN=Old Intermediate, valid until');
    const { summary: leafOnly } = await ourVerdict(await root.issue({ expiresInDays: -1 }));
    expect(untrustedMessage(leafOnly, 'localhost')).toContain('(CN=localhost, valid until');
  });

  it('an authority of the same name with another key is a stranger, whatever the leaf says of its issuer', async () => {
    const impostor = await createLocalAuthority('Rearguard Test Root');
    const { summary } = await ourVerdict(await impostor.issue({ issuerUrl: 'http://ca.test/root.crt' }));
    expect(summary.problems).toEqual(['unknown-issuer']);
  });

  it("a link of a known authority's organization that was not served is missing, without any address too", async () => {
    root = await createLocalAuthority('House Root, O=House');
    const first = await root.intermediate('House One, O=House');
    const second = await first.intermediate('House Two, O=House');
    expect((await ourVerdict(await second.issue())).summary.problems).toEqual(['missing-intermediate']);
    const half = await ourVerdict(await withChain(second.issue(), second));
    expect(half.summary.problems).toEqual(['missing-intermediate']);
    const stranger = await createLocalAuthority('Stranger, O=Elsewhere');
    expect((await ourVerdict(await stranger.issue())).summary.problems).toEqual(['unknown-issuer']);
  });
});
