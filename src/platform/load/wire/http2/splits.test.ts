import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG, FRAME } from './constants.ts';
import { data, frame, goAway, head, number, settings, trailers } from './frames-fixture.ts';
import { replay } from './replay-fixture.ts';

const longHead = head(7, 200, { fields: [['set-cookie', 'c'.repeat(300)]], end: true }).subarray(9);

/** What a server may send for six requests: interleaved, padded, in pieces, with all that stands between. */
const RECORDED = Buffer.concat([
  frame(FRAME.PING, 0, 0, '12345678'),
  head(1, 103, { fields: [['link', '</a>']] }),
  head(3, 404, {
    fields: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  }),
  data(3, 'not '),
  head(1, 200),
  data(1, 'x'.repeat(600)),
  settings([3, 50]),
  data(3, 'found', { padding: 255 }),
  data(1, 'y'.repeat(300), { end: true, padding: 17 }),
  frame(0x99, 0xff, 3, 'unknown'),
  trailers(3, [['x-sum', '1']]),
  number(FRAME.RST_STREAM, 5, 7),
  frame(FRAME.HEADERS, FLAG.END_STREAM, 7, longHead.subarray(0, 100)),
  frame(FRAME.CONTINUATION, 0, 7),
  frame(FRAME.CONTINUATION, FLAG.END_HEADERS, 7, longHead.subarray(100)),
  head(9, 204, { end: true }),
  head(11, 200),
  data(11, ''),
  goAway(11, 0),
  data(11, 'last', { end: true }),
]);

function told(cuts: readonly number[]): string[] {
  const run = replay(6);
  // One buffer for all reads, as in a thread: what is kept without a copy is overwritten by the next one.
  const shared = Buffer.alloc(RECORDED.length);
  let from = 0;
  for (const to of [...cuts, RECORDED.length]) {
    RECORDED.copy(shared, 0, from, to);
    run.feed(shared.subarray(0, to - from));
    shared.fill(0xee);
    from = to;
  }
  return run.told;
}

const WHOLE = told([]);

describe('a recorded stream of frames', () => {
  it('is understood when it comes in one piece', () => {
    expect(WHOLE).toEqual([
      `0 200 900 ${'x'.repeat(600)}${'y'.repeat(300)} `,
      '1 404 9 not found a=1,b=2',
      '2 retry',
      `3 200 0  ${'c'.repeat(300)}`,
      '4 204 0  ',
      '5 200 4 last ',
    ]);
  });

  it('gives the same at every single split', () => {
    for (let cut = 1; cut < RECORDED.length; cut += 1) {
      expect(told([cut]), `split at ${cut}`).toEqual(WHOLE);
    }
  });

  it('gives the same byte by byte', () => {
    expect(told(Array.from({ length: RECORDED.length - 1 }, (_, index) => index + 1))).toEqual(WHOLE);
  });

  it('gives the same however it is split', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: RECORDED.length - 1 }), { maxLength: 60 });
    fc.assert(
      fc.property(cuts, (places) => {
        expect(told(places.sort((a, b) => a - b))).toEqual(WHOLE);
      }),
      { numRuns: 100 },
    );
  });
});

describe('whatever a server sends', () => {
  const anyFrame = fc
    .record({
      type: fc.integer({ min: 0, max: 11 }),
      flags: fc.integer({ min: 0, max: 0xff }),
      streamId: fc.integer({ min: 0, max: 9 }),
      payload: fc.uint8Array({ maxLength: 40 }),
    })
    .map(({ type, flags, streamId, payload }) => frame(type, flags, streamId, payload));
  const likely = fc.constantFrom(
    head(1, 200),
    head(3, 500),
    data(1, 'body'),
    data(3, '', { end: true }),
    settings([4, 9]),
  );
  const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  const damaged = fc
    .tuple(fc.integer({ min: 0, max: RECORDED.length - 1 }), fc.integer({ min: 0, max: 0xff }))
    .map(([at, byte]) => {
      const bytes = Buffer.from(RECORDED);
      bytes[at] = byte;
      return bytes;
    });

  it('each exchange is told of once at most, nothing throws, and what is held stays small', () => {
    const pieces = fc.array(fc.oneof(anyFrame, likely, noise, damaged), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (sent) => {
        const run = replay(6);
        for (const bytes of sent) run.feed(bytes);
        const exchanges = run.told.map((line) => line.split(' ', 1)[0]);
        expect(new Set(exchanges).size).toBe(exchanges.length);
        expect(run.heldBytes()).toBeLessThan(100_000);
      }),
      { numRuns: 1_000 },
    );
  });
});
