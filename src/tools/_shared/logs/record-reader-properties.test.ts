import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_FORMATS } from './formats/index.ts';
import { collectingReader, readAll, type ReadRecord } from './record-reader-fixture.ts';

const SAMPLES = LOG_FORMATS.flatMap(({ samples }) => samples.map(({ text }) => text));

const NOISE = [
  '',
  '    at a (/srv/a.js:1:1)',
  'Traceback (most recent call last):',
  '  File "/srv/a.py", line 3, in pay',
  'ValueError: x',
  'caf\u00e9 \u2615 \u{1f600}',
  '\u001B[31mred\u001B[0m \u0000 hole',
  '{"__proto__":{"x":1},"constructor":1,"msg":"own"}',
  `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
  '{"msg":"cut',
];

const lines = fc.array(
  fc.oneof(fc.constantFrom(...SAMPLES), fc.constantFrom(...NOISE), fc.string({ unit: 'binary' })),
  {
    maxLength: 60,
  },
);

const ends = fc.constantFrom('\n', '\r\n');

/** Each line in one of the wrappers, as its runtime would write it. */
const WRAPPINGS: Readonly<Record<string, (line: string, index: number) => string>> = {
  none: (line) => line,
  docker: (line, index) =>
    JSON.stringify({
      log: index % 5 === 0 ? line : `${line}\n`,
      stream: index % 3 === 0 ? 'stderr' : 'stdout',
      time: '2026-03-01T08:15:30.123456789Z',
    }),
  cri: (line, index) =>
    `2026-03-01T08:15:30.123456789Z ${index % 3 === 0 ? 'stderr' : 'stdout'} ${index % 5 === 0 ? 'P' : 'F'} ${line}`,
  prefix: (line, index) => `web-${index % 4}  | ${line}`,
};

const content = fc
  .tuple(lines, ends, fc.constantFrom(...Object.keys(WRAPPINGS)))
  .map(([all, end, wrapping]) =>
    all
      .flatMap((text) => text.split('\n'))
      .map(WRAPPINGS[wrapping]!)
      .join(end),
  );

describe('records of any stream', () => {
  it('are the same whatever its pieces are, and every line is counted once', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 400 }), (text, piece) => {
        const whole = readAll(text);
        expect(readAll(text, {}, piece)).toEqual(whole);
        const bytes = Buffer.from(text);
        const written = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
        expect(whole.report.lines).toBe(written);
        expect(whole.report.bytes).toBe(bytes.length);
        expect(whole.report.records).toBe(whole.records.length);
      }),
      { numRuns: 150 },
    );
  });

  it('are the same when the reader is stopped anywhere, and another one goes on', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.nat(), (text, first, second) => {
        const bytes = Buffer.from(text);
        const stops = [first, second].map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b);
        expect(readStopping(bytes, stops)).toEqual(readAll(text).records);
      }),
      { numRuns: 150 },
    );
  });
});

/** Reads up to each of the offsets, then begins anew from what the reader said of itself. */
function readStopping(bytes: Buffer, stops: readonly number[]): ReadRecord[] {
  const all: ReadRecord[] = [];
  let resume: unknown;
  let from = 0;
  for (const stop of [...stops, bytes.length]) {
    const { reader, records } = collectingReader(resume === undefined ? {} : { resume });
    if (stop > from) reader.push(bytes, from, stop, from);
    if (stop === bytes.length) reader.end();
    all.push(...records);
    from = reader.pendingFromByte();
    resume = JSON.parse(JSON.stringify(reader.state()));
  }
  return all;
}
