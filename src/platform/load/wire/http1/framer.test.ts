import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../types.ts';
import { FAILED, NEED_MORE, ResponseFramer } from './framer.ts';
import { type CorpusCase, type FramedResponse, RESPONSE_CORPUS } from './response-corpus-fixtures.ts';

/** As the socket gives it: each piece stands at the beginning of the one buffer, over what stood there before. */
const SHARED = Buffer.allocUnsafeSlow(128 * 1024);

function exchangeOf(headOnly: boolean): Exchange {
  return { headOnly, wantsHead: true, wantsBody: true, onEvent: null };
}

/** Feeds the pieces and then the end of the connection; bytes after a response are the beginning of the next. */
function frame(
  pieces: readonly Buffer[],
  { asked, expected }: Omit<CorpusCase, 'text' | 'name'>,
): FramedResponse[] {
  const framer = new ResponseFramer(1_000_000);
  const seen: FramedResponse[] = [];
  const expectNext = (): void => framer.expect(exchangeOf(asked[seen.length]?.headOnly ?? false));
  const take = (): void => {
    const { response, isReusable } = framer;
    const wanted = expected[seen.length];
    const names = typeof wanted === 'object' ? Object.keys(wanted.fields) : [];
    seen.push({
      status: response.status,
      body: response.body()?.toString('latin1') ?? '',
      bodyBytes: response.bodyBytes,
      isReusable,
      fields: Object.fromEntries(names.map((name) => [name, response.header(name) ?? 'absent'])),
    });
  };
  expectNext();
  for (const piece of pieces) {
    SHARED.fill(0xee, 0, piece.length + 64);
    piece.copy(SHARED);
    let at = 0;
    while (at < piece.length && seen.length < asked.length) {
      const next = framer.read(SHARED, at, piece.length, 1);
      if (next === FAILED) return [...seen, 'invalid'];
      if (next === NEED_MORE) break;
      at = next;
      take();
      expectNext();
    }
  }
  if (seen.length === asked.length) return seen;
  if (!framer.end()) return [...seen, 'cut'];
  take();
  return seen;
}

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

/** In pieces of these sizes, again and again. */
function cut(bytes: Buffer, pieceSizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = pieceSizes[pieces.length % pieceSizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
