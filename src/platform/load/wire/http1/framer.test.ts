import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, frame } from './frame-fixture.ts';
import { ResponseFramer } from './framer.ts';
import { RESPONSE_CORPUS } from './response-corpus-fixtures.ts';

describe('every case of the corpus', () => {
  test.each(RESPONSE_CORPUS)('$name', (entry) => {
    const bytes = Buffer.from(entry.text, 'latin1');
    expect(frame([bytes], entry)).toEqual(entry.expected);
    // Again: the head is known now, which must make no difference.
    expect(frame([bytes], entry)).toEqual(entry.expected);
  });

  test('split in two at every place, in three around every place, and byte by byte', () => {
    let splits = 0;
    const wrong: string[] = [];
    for (const entry of RESPONSE_CORPUS) {
      const bytes = Buffer.from(entry.text, 'latin1');
      const expected = JSON.stringify(entry.expected);
      const step = bytes.length > 5_000 ? 997 : 1;
      for (let at = 0; at <= bytes.length; at += step) {
        const two = [bytes.subarray(0, at), bytes.subarray(at)];
        const three = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)];
        for (const pieces of [two, three]) {
          splits += 1;
          const seen = frame(pieces, entry);
          // As text, because 20,000 deep comparisons by expect() take a minute.
          if (JSON.stringify(seen) !== expected)
            wrong.push(`${entry.name}: at ${at}: ${JSON.stringify(seen)}`);
        }
      }
      const single = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
      expect(frame(single, entry)).toEqual(entry.expected);
    }
    expect(wrong).toEqual([]);
    expect(splits).toBeGreaterThan(10_000);
  });
});

test('cookies and codings are those of the response itself, however they are written and split', () => {
  const framer = new ResponseFramer(1_000);
  const end = 'Content-Length: 0\r\n\r\n';
  const texts = [
    `HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nCONTENT-ENCODING: gzip\r\nset-cookie: b=2\r\n${end}`,
    `HTTP/1.1 200 OK\r\nSet-Cookies: a=1\r\nContent-Encodings: gzip\r\n${end}`,
  ];
  const seen: unknown[] = [];
  for (let at = 0; at < 60; at += 1) {
    for (const text of texts) {
      framer.expect({ headOnly: false, wantsHead: true, wantsBody: true, onEvent: null });
      for (const piece of [text.slice(0, at), text.slice(at)]) {
        const bytes = Buffer.from(piece, 'latin1');
        framer.read(bytes, 0, bytes.length, 1);
      }
      const { response } = framer;
      seen.push([response.headers('set-cookie'), response.header('content-encoding')]);
    }
  }
  const expected = [
    [['a=1', 'b=2'], 'gzip'],
    [[], null],
  ];
  expect(seen).toEqual(Array.from({ length: 60 }, () => expected).flat());
});

describe('properties', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });

  test('a body of any bytes comes back as it was, in chunks or by its length, however it was split', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        sizes,
        sizes,
        fc.boolean(),
        (body, chunkSizes, pieceSizes, isChunked) => {
          const payload = Buffer.from(body);
          const text = isChunked
            ? `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunksOf(payload, chunkSizes)}0\r\n\r\n`
            : `HTTP/1.1 200 OK\r\nContent-Length: ${payload.length}\r\n\r\n${payload.toString('latin1')}`;
          const [seen] = frame(cut(Buffer.from(text, 'latin1'), pieceSizes), {
            asked: [{ headOnly: false }],
            expected: [],
          });
          expect(seen).toMatchObject({
            status: 200,
            body: payload.toString('latin1'),
            bodyBytes: payload.length,
          });
        },
      ),
    );
  });

  test('damaged responses give the same result however they were split', () => {
    const damage = fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom('\r', '\n', '\0', ' ', '\t', ':', ';', ',', '0', 'a', 'F', '9', '\xff', 'T', 'c'),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(fc.constantFrom(...RESPONSE_CORPUS), damage, sizes, (entry, places, pieceSizes) => {
        const bytes = Buffer.from(entry.text, 'latin1');
        for (const [place, char] of places) {
          if (bytes.length > 0) bytes.write(char, place % bytes.length, 'latin1');
        }
        expect(frame(cut(bytes, pieceSizes), entry)).toEqual(frame([bytes], entry));
      }),
      { numRuns: 3_000 },
    );
  });

  test('any bytes: an answer or none, without an exception, and no more kept than the limit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), sizes, (bytes, pieceSizes) => {
        const seen = frame(cut(Buffer.from(bytes), pieceSizes), {
          asked: [{ headOnly: false }],
          expected: [],
        });
        expect(seen).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });
});

function chunksOf(payload: Buffer, chunkSizes: readonly number[]): string {
  return cut(payload, chunkSizes)
    .map((chunk) => `${chunk.length.toString(16)};n=1\r\n${chunk.toString('latin1')}\r\n`)
    .join('');
}
