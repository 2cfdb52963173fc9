import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeHttp1 } from './encode.ts';

const GET = { method: 'GET', path: '/', headers: [], body: null };
const KEPT = { tls: false, keepAlive: true };

describe('encodeHttp1', () => {
  test('a request without a body, and what says that the connection closes', () => {
    const headers = [['accept', '*/*']] as const;
    expect(encodeHttp1({ ...GET, headers }, 'shop.test:81', KEPT).data).toBe(
      'GET / HTTP/1.1\r\nhost: shop.test:81\r\naccept: */*\r\n\r\n',
    );
    expect(encodeHttp1(GET, 'a.test', { tls: false, keepAlive: false }).data).toBe(
      'GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n',
    );
  });

  test('a body has its length in bytes; a POST without one has none', () => {
    const { data, bytes } = encodeHttp1({ ...GET, method: 'PUT', body: 'é😀' }, 'a.test', KEPT);
    expect(Buffer.from(data as string, 'latin1').toString('utf8')).toContain('content-length: 6\r\n\r\né😀');
    expect(bytes).toBe(Buffer.byteLength(data as string, 'latin1'));
    expect(encodeHttp1({ ...GET, method: 'POST' }, 'a.test', KEPT).data).toContain('content-length: 0\r\n');
  });

  test('another host may be named; lengths and codings are the encoder’s own', () => {
    const headers = [
      ['host', 'other.test'],
      ['content-length', '99'],
      ['transfer-encoding', 'chunked'],
    ] as const;
    expect(encodeHttp1({ ...GET, headers, body: 'x' }, 'a.test', KEPT).data).toBe(
      'GET / HTTP/1.1\r\nhost: other.test\r\ncontent-length: 1\r\n\r\nx',
    );
  });

  test('for TLS, the same bytes in a buffer', () => {
    const request = { ...GET, method: 'PUT', body: 'é😀' };
    const { data, bytes } = encodeHttp1(request, 'a.test', { tls: true, keepAlive: true });
    expect(data).toEqual(Buffer.from(encodeHttp1(request, 'a.test', KEPT).data as string, 'latin1'));
    expect(bytes).toBe(data.length);
  });

  test('no value adds a line, whatever is in it', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (path, value, body) => {
        const encoded = encodeHttp1(
          { method: 'POST', path, headers: [['x-value', value]], body },
          'a.test',
          KEPT,
        );
        const [head = '', ...rest] = (encoded.data as string).split('\r\n\r\n');
        expect(head.split(/[\r\n]/).filter((line) => line !== '')).toHaveLength(4);
        expect(head.split('\r\n')[0]?.split(' ')).toHaveLength(3);
        expect(Buffer.from(rest.join('\r\n\r\n'), 'latin1')).toEqual(Buffer.from(body, 'utf8'));
      }),
    );
  });
});
