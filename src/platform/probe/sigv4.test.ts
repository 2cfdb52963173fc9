import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { runProbe } from '../test-support/probe.ts';
import { serveHttp } from '../test-support/servers.ts';
import { signRequest } from './sigv4.ts';
import type { ProbeAuth } from './types.ts';

/** The examples of "Authenticating Requests: Using the Authorization Header" in Amazon's S3 API reference. */
const EXAMPLE = {
  kind: 'aws-sigv4',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
} as const;
const AT_MS = Date.UTC(2013, 4, 24);
const BUCKET = 'https://examplebucket.s3.amazonaws.com';

describe('AWS Signature Version 4', () => {
  it.each([
    [
      'GET',
      '/test.txt',
      { range: 'bytes=0-9' },
      undefined,
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT',
      '/test$file.text',
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    ['GET', '/?lifecycle', {}, undefined, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    [
      'GET',
      '/?max-keys=2&prefix=J',
      {},
      undefined,
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const)('%s %s of the reference', (method, path, headers, body, signature) => {
    const added = signRequest({ url: new URL(BUCKET + path), method, headers, body }, EXAMPLE, AT_MS);
    expect(added['x-amz-date']).toBe('20130524T000000Z');
    expect(added['authorization']).toContain(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=',
    );
    expect(added['authorization']?.split('Signature=')[1]).toBe(signature);
  });

  it('the order and the spelling of a query do not matter, its values do', () => {
    const sign = (query: string): string | undefined =>
      signRequest(
        { url: new URL(`${BUCKET}/a%20b?${query}`), method: 'GET', headers: {}, body: undefined },
        EXAMPLE,
        AT_MS,
      )['authorization'];
    expect(sign('b=%7e+1&a=2')).toBe(sign('a=2&b=~%201'));
    expect(sign('a=2&a=10')).toBe(sign('a=10&a=2'));
    expect(sign('a=2')).not.toBe(sign('a=3'));
    expect(sign('a=100%')).toBe(sign('a=100%25'));
  });
});

describe('a signed probe', () => {
  const auth: ProbeAuth = { ...EXAMPLE, sessionToken: 'session-9d81f0c2' };

  it('carries a signature over what the server gets, made anew for each probe', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const server = await serveHttp((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const url = `${server.origin}/bucket?list-type=2`;
    const laterMs = AT_MS + 86_400_000;
    for (const wallMs of [AT_MS, laterMs]) {
      const clock = { ...systemClock, wallMs: () => wallMs };
      const { cold } = await runProbe(url, { auth, headers: { 'X-Amz-Meta': 'a' } }, { clock });
      expect(cold.success).toBe(true);
    }
    await server.close();
    expect(seen.map((headers) => headers['x-amz-date'])).toEqual(['20130524T000000Z', '20130525T000000Z']);
    const [first] = seen;
    const again = signRequest(
      { url: new URL(url), method: 'GET', headers: { 'x-amz-meta': 'a' }, body: undefined },
      { ...EXAMPLE, sessionToken: 'session-9d81f0c2' },
      AT_MS,
    );
    expect(first?.authorization).toBe(again['authorization']);
    expect(first?.authorization).toContain(
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-meta;x-amz-security-token,',
    );
    expect(first).toMatchObject({ host: new URL(url).host, 'x-amz-security-token': 'session-9d81f0c2' });
  });

  it('keeps its secrets: from another origin, and out of the result', async () => {
    const strangers: IncomingMessage['headers'][] = [];
    const stranger = await serveHttp((request, response) => {
      strangers.push(request.headers);
      response.end();
    });
    const server = await serveHttp((request, response) => {
      const echo = [request.headers['x-amz-security-token'], EXAMPLE.secretAccessKey].join(' ');
      response.writeHead(307, { location: stranger.origin, 'x-echo': echo }).end();
    });
    await runProbe(server.origin, { auth });
    const { cold } = await runProbe(server.origin, { auth, maxRedirects: 0, captureHeaders: ['x-echo'] });
    await Promise.all([server.close(), stranger.close()]);
    expect(strangers).toHaveLength(1);
    expect(strangers[0]).not.toHaveProperty('authorization');
    expect(strangers[0]).not.toHaveProperty('x-amz-security-token');
    expect(cold.facts['x-echo']).not.toMatch(/session-9d81f0c2|wJalrXUtnFEMI/);
  });
});
