import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventStreamParser } from './event-stream.ts';

function read(pieces: readonly Buffer[], maxBytes = 10_000): string[] {
  const events: string[] = [];
  const parser = new EventStreamParser(maxBytes);
  for (const piece of pieces) {
    parser.read(piece, 0, piece.length, 1, (data) => {
      events.push(data);
      return false;
    });
  }
  return events;
}

const CASES: readonly (readonly [name: string, text: string, events: readonly string[]])[] = [
  ['one event', 'data: hello\n\n', ['hello']],
  [
    'events of the specification',
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n',
    ['first event', 'second event'],
  ],
  ['several lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', ['YHOO\n+2\n10']],
  ['empty data', 'data\n\ndata\ndata\n\ndata:', ['', '\n']],
  ['with and without a space', 'data:test\n\ndata: test\n\n', ['test', 'test']],
  ['CR LF', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', ['a\nb', 'c']],
  ['CR', 'data: a\rdata: b\r\rdata: c\r\r', ['a\nb', 'c']],
  ['mixed line ends', 'data: a\r\ndata: b\n\rdata: c\n\n', ['a\nb', 'c']],
  ['a byte order mark', '\u{feff}data: a\n\n', ['a']],
  ['a byte order mark that comes later', 'data: a\n\n\u{feff}data: b\n\n', ['a']],
  [
    'other fields and other names',
    'event: x\nid: 1\nretry: 5\ndatas: no\nDATA: no\n data: no\n\ndata: yes\n\n',
    ['yes'],
  ],
  ['colons in data', 'data: a: b:c\n\n', ['a: b:c']],
  ['characters of several bytes', 'data: grün 😀\n\n', ['grün 😀']],
  ['an event that is not ended', 'data: a\n\ndata: b\n', ['a']],
  ['nothing', '', []],
];

describe('server-sent events', () => {
  test.each(CASES)('%s, split at every place', (_name, text, events) => {
    const bytes = Buffer.from(text, 'utf8');
    const wrong: unknown[] = [];
    for (let at = 0; at <= bytes.length; at += 1) {
      const seen = read([bytes.subarray(0, at), bytes.subarray(at)]);
      if (JSON.stringify(seen) !== JSON.stringify(events)) wrong.push({ at, seen });
    }
    expect(wrong).toEqual([]);
    expect(read(Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)))).toEqual(events);
  });

  test('data of any lines comes back, whatever ends the lines', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ''));
    const event = fc.array(line, { minLength: 1, maxLength: 4 });
    const end = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        end,
        fc.integer({ min: 1, max: 9 }),
        (events, lineEnd, size) => {
          const text = events
            .map((lines) => lines.map((data) => `data: ${data}${lineEnd}`).join('') + lineEnd)
            .join('');
          const bytes = Buffer.from(text, 'utf8');
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_value, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          expect(read(pieces)).toEqual(events.map((lines) => Buffer.from(lines.join('\n')).toString()));
        },
      ),
    );
  });

  test('a line without end is kept up to the limit only; the next event is whole', () => {
    const long = Buffer.from(`data: ${'x'.repeat(5_000)}`);
    const events = read(
      [...Array.from({ length: 100 }, () => long), Buffer.from('\n\ndata: after\n\n')],
      1_000,
    );
    expect(events.map(({ length }) => length)).toEqual([1_000 - 'data: '.length, 5]);
  });

  test('stops where no more are wanted', () => {
    const seen: string[] = [];
    const bytes = Buffer.from('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    const stopped = new EventStreamParser(100).read(
      bytes,
      0,
      bytes.length,
      1,
      (data) => seen.push(data) === 2,
    );
    expect(stopped).toBe(true);
    expect(seen).toEqual(['1', '2']);
  });
});
