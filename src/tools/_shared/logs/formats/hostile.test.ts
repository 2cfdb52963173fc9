import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordView, setSlice, type ByteSlice } from '../../../../core/log/record-view.ts';
import type { LogFormat } from '../format.ts';
import { createDecodeContext } from '../time/decode-context.ts';
import { TEXT_FORMATS } from './text-formats.ts';

const SAMPLES = TEXT_FORMATS.flatMap((format) => format.samples.map((sample) => sample.text));

/** Samples of any format, with bytes changed, left out or put in, and cut anywhere. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255), fc.constantFrom('set', 'insert', 'remove')), {
      maxLength: 6,
    }),
    fc.nat(400),
  )
  .map(([text, changes, cut]) => {
    const bytes = [...new TextEncoder().encode(text)];
    for (const [place, byte, kind] of changes) {
      const at = place % Math.max(1, bytes.length);
      bytes.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [byte]));
    }
    return Uint8Array.from(bytes.slice(0, Math.max(0, bytes.length - (cut % 60))));
  });

/** Slices of the decoded record that hold bytes of something else, by name. */
function strays(format: LogFormat, record: Uint8Array): string[] {
  const bytes = new Uint8Array(record.length + 8).fill(0x31);
  bytes.set(record, 4);
  const view = createRecordView();
  const end = 4 + record.length;
  setSlice(view.raw, bytes, 4, end);
  view.lines = record.filter((byte) => byte === 0x0a).length + 1;
  const context = createDecodeContext({ modifiedMs: 0, zoneOffsetMinutes: 0 });
  format.startsRecord(bytes, 4, end);
  format.score(new TextDecoder().decode(record));
  format.decode(view, context);
  format.fields(view, () => undefined);
  const { message, stack, exceptionType, logger } = view;
  return Object.entries({ message, stack, exceptionType, logger })
    .filter(([, slice]) => !isWithin(slice, context.scratch, end))
    .map(([name]) => name);
}

function isWithin({ bytes, start, end }: ByteSlice, scratch: Uint8Array, recordEnd: number): boolean {
  if (start < 0 || start > end || end > bytes.length) return false;
  return start === end || bytes === scratch || (start >= 4 && end <= recordEnd);
}

const NAMED = TEXT_FORMATS.map((format) => [format.name, format] as const);

describe('records that are broken', () => {
  it.each(NAMED)('%s reads nothing beyond them', (_, format) => {
    fc.assert(
      fc.property(mutated, (record) => {
        expect(strays(format, record)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it.each(NAMED)('%s stands lines of one byte, over and over', (_, format) => {
    for (const byte of [0x00, 0x20, 0x22, 0x3c, 0x3d, 0x5b, 0x5c, 0xff]) {
      for (const length of [0, 1, 20_000]) {
        expect(strays(format, new Uint8Array(length).fill(byte))).toEqual([]);
      }
    }
  });

  // A pattern that tries every way to divide such a line would not come to an end here.
  it.each(NAMED)('%s stands beginnings that go on for long', (_, format) => {
    for (const { text } of format.samples) {
      for (const unit of ['a', 'a.', ' a', '[', '/?']) {
        for (const cut of [0.3, 0.6, 0.9]) {
          const line = text.slice(0, Math.floor(text.length * cut)) + unit.repeat(10_000);
          expect(strays(format, new TextEncoder().encode(line))).toEqual([]);
        }
      }
    }
  });
});
