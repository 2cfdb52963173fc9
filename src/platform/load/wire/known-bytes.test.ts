import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isKnown, knownBytes } from './known-bytes.ts';

test('bytes are known by all of them, wherever they stand', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 700 }),
      fc.uint8Array({ maxLength: 9 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, before, position, change) => {
        const source = Buffer.concat([before, bytes, Buffer.from('after')]);
        const end = before.length + bytes.length;
        const known = knownBytes(source.subarray(before.length, end));
        expect(isKnown(known, source, before.length, end)).toBe(true);
        expect(isKnown(known, source, before.length, end + 1)).toBe(false);
        if (bytes.length === 0) return;
        // What is read into again is a copy no more.
        source[before.length + (position % bytes.length)]! ^= change;
        expect(isKnown(known, source, before.length, end)).toBe(false);
      },
    ),
  );
});
