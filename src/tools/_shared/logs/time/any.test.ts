import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnyTime } from './any.ts';
import { createDecodeContext } from './decode-context.ts';
import { createTimeReading } from './reading.ts';

const MODIFIED_MS = Date.UTC(2026, 5, 30);

/** ISO time and what is left of the text behind it; null when nothing was read, `unknown` for a time of day alone. */
function read(text: string, zoneOffsetMinutes = 0): [string | null, string] {
  const bytes = new TextEncoder().encode(text);
  const reading = createTimeReading();
  const context = createDecodeContext({ modifiedMs: MODIFIED_MS, zoneOffsetMinutes });
  if (!readAnyTime(bytes, 0, bytes.length, context, reading)) return [null, text];
  const time = Number.isNaN(reading.ms) ? 'unknown' : new Date(reading.ms).toISOString();
  return [time, new TextDecoder().decode(bytes.subarray(reading.end))];
}

describe('a time of any layout', () => {
  it.each([
    ['2026-03-01T08:15:30Z x', '2026-03-01T08:15:30.000Z', ' x'],
    ['2026-03-01T08:15:30.123456789Z', '2026-03-01T08:15:30.123Z', ''],
    ['2026-03-01 08:15:30,123 [x]', '2026-03-01T08:15:30.123Z', ' [x]'],
    ['2026-03-01T08:15:30+05:30', '2026-03-01T02:45:30.000Z', ''],
    ['2026-03-01 08:15:30-05 x', '2026-03-01T13:15:30.000Z', ' x'],
    ['2026-03-01 08:15:30 +0100]', '2026-03-01T07:15:30.000Z', ']'],
    ['2026-03-01 08:15:30 -12 left', '2026-03-01T08:15:30.000Z', ' -12 left'],
    ['2026-03-01 08:15:30.5 CEST [9]', '2026-03-01T06:15:30.500Z', ' [9]'],
    ['2026-03-01 08:15:30 INFO x', '2026-03-01T08:15:30.000Z', ' INFO x'],
    ['2026-07-01 08:15:30 Europe/Berlin x', '2026-07-01T06:15:30.000Z', ' x'],
    ['2026-03-01 08:15:30 America/Nowhere x', '2026-03-01T08:15:30.000Z', ' America/Nowhere x'],
    ['2026/03/01 08:15:30 x', '2026-03-01T08:15:30.000Z', ' x'],
    ['01/Mar/2026:08:15:30 +0100', '2026-03-01T07:15:30.000Z', ''],
    ['01-Mar-2026 08:15:30.250 x', '2026-03-01T08:15:30.250Z', ' x'],
    ['1 Mar 2026 08:15:30.123 *', '2026-03-01T08:15:30.123Z', ' *'],
    ['Mar  1 08:15:30 host', '2026-03-01T08:15:30.000Z', ' host'],
    ['Mar 1 08:15:30.5 host', '2026-03-01T08:15:30.500Z', ' host'],
    ['Mar 01 2024 08:15:30 host', '2024-03-01T08:15:30.000Z', ' host'],
    ['Nov 30 08:15:30 host', '2025-11-30T08:15:30.000Z', ' host'],
    ['Sun Mar  1 08:15:30.123456 2026] x', '2026-03-01T08:15:30.123Z', '] x'],
    ['Mar 1, 2026 8:15:30 PM com', '2026-03-01T20:15:30.000Z', ' com'],
    ['Mar 1, 2026 12:15:30 AM com', '2026-03-01T00:15:30.000Z', ' com'],
    ['26/03/01 08:15:30 INFO', '2026-03-01T08:15:30.000Z', ' INFO'],
    ['20260301-08:15:30.250|x', '2026-03-01T08:15:30.250Z', '|x'],
    ['260301  8:15:30 [Note]', '2026-03-01T08:15:30.000Z', ' [Note]'],
    ['03-01 08:15:30.250 x', '2026-03-01T08:15:30.250Z', ' x'],
    ['1772352930 x', '2026-03-01T08:15:30.000Z', ' x'],
    ['1772352930.25 x', '2026-03-01T08:15:30.250Z', ' x'],
    ['1772352930123 x', '2026-03-01T08:15:30.123Z', ' x'],
    ['1772352930123456789 x', '2026-03-01T08:15:30.123Z', ' x'],
    ['08:15:30.123 [main]', 'unknown', ' [main]'],
    ['2016-12-31 23:59:60Z', '2017-01-01T00:00:00.000Z', ''],
  ])('%s', (text, time, rest) => {
    expect(read(text)).toEqual([time, rest]);
  });

  it.each([
    '2026-13-01 08:15:30',
    '2026-02-29 08:15:30',
    '2026-03-01 24:15:30',
    '2026-03-01x08:15:30',
    '01/02/2026 08:15:30',
    '123456789012 items',
    'Mars 1 08:15:30 x',
    'Marching on, 12:00:00',
    '99:15:30.123 [main]',
    '',
  ])('%s is none', (text) => {
    expect(read(text)[0]).toBeNull();
  });

  it('is of the zone that is given where it names none', () => {
    expect(read('2026-03-01 08:15:30', 90)[0]).toBe('2026-03-01T06:45:30.000Z');
    expect(read('Mar  1 08:15:30 host', -60)[0]).toBe('2026-03-01T09:15:30.000Z');
    expect(read('2026-03-01 08:15:30Z', 90)[0]).toBe('2026-03-01T08:15:30.000Z');
  });

  it('says that a zone or a year was assumed', () => {
    const context = createDecodeContext({ modifiedMs: MODIFIED_MS, zoneOffsetMinutes: 0 });
    const bytes = new TextEncoder().encode('2026-03-01 08:15:30Z Mar  1 08:15:30 host');
    readAnyTime(bytes, 0, bytes.length, context, createTimeReading());
    expect([context.assumedZone, context.assumedYear]).toEqual([false, false]);
    readAnyTime(bytes, 21, bytes.length, context, createTimeReading());
    expect([context.assumedZone, context.assumedYear]).toEqual([true, true]);
  });

  it('is what Date writes, for any date of the calendar', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(read(date.toISOString())).toEqual([date.toISOString(), '']);
        },
      ),
    );
  });

  it('never reads past what it was given, and never fails', () => {
    const pieces = [
      '2026-03-01',
      'T',
      ' ',
      '08:15:30',
      '.123',
      'Z',
      '+01:00',
      'Mar',
      '1',
      'Sun',
      '/',
      ':',
      'UTC',
      'Europe/',
      '17',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), fc.nat(60), (parts, end) => {
        const bytes = new TextEncoder().encode(parts.join('').padEnd(64, '9'));
        const reading = createTimeReading();
        const context = createDecodeContext({ modifiedMs: MODIFIED_MS, zoneOffsetMinutes: 0 });
        const isTime = readAnyTime(bytes, 0, end, context, reading);
        expect(!isTime || reading.end <= end).toBe(true);
      }),
    );
  });
});
