import { describe, expect, it } from 'vitest';
import { collectingReader, readAll } from './record-reader-fixture.ts';

const PINO = [
  '{"level":30,"time":1772352930123,"pid":17,"hostname":"web-1","msg":"order placed"}',
  '{"level":50,"time":1772352930124,"pid":17,"hostname":"web-1","err":{"type":"TypeError","message":"x","stack":"TypeError: x\\n    at a (b.js:1:2)"},"msg":"payment failed"}',
  '{"level":30,"time":1772352930125,"pid":17,"hostname":"web-1","msg":"caf\u00e9 \\u2615 \\"quoted\\""}',
];

describe('records of one stream', () => {
  it('reads pino, whatever the pieces are', () => {
    for (const piece of [1, 7, 100, 1_000_000]) {
      const { records, report } = readAll(`${PINO.join('\n')}\n`, {}, piece);
      expect(records.map(({ message, level, format }) => [format, level, message])).toEqual([
        ['pino', 'info', 'order placed'],
        ['pino', 'error', 'payment failed'],
        ['pino', 'info', 'caf\u00e9 \u2615 "quoted"'],
      ]);
      expect(records[1]).toMatchObject({
        exceptionType: 'TypeError',
        stack: 'TypeError: x\n    at a (b.js:1:2)',
      });
      expect(report).toMatchObject({
        format: 'pino',
        lines: 3,
        records: 3,
        undecoded: 0,
        withoutTime: 0,
        wrapper: null,
      });
    }
  });

  it('joins a crash that is printed between JSON records, and counts it as undecoded', () => {
    const crash =
      '/srv/app/a.js:3\n  throw new Error("x")\n  ^\n\nError: x\n    at a (/srv/app/a.js:3:9)\n    at b (/srv/app/b.js:3:9)';
    const { records, report } = readAll([PINO[0], crash, PINO[2]].join('\n'));
    expect(records.map(({ raw, lines }) => [raw, lines])).toEqual([
      [PINO[0], 1],
      [crash, 7],
      [PINO[2], 1],
    ]);
    expect(report).toMatchObject({ lines: 9, records: 3, undecoded: 1 });
  });

  it('joins plain traces with the line before them', () => {
    const log = [
      'starting',
      'ERROR could not pay',
      'RangeError: 3',
      '    at a (/srv/app/a.js:3:9)',
      'going on',
    ];
    const { records, report } = readAll(`${log.join('\r\n')}\r\n`);
    expect(records.map(({ raw }) => raw)).toEqual([
      'starting',
      'ERROR could not pay',
      'RangeError: 3\n    at a (/srv/app/a.js:3:9)',
      'going on',
    ]);
    expect(report).toMatchObject({ format: 'text', lines: 5, records: 4, withoutTime: 4 });
  });
});

describe('streams that change their format', () => {
  const pinoLines = (count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `{"level":30,"time":${1_772_352_930_123 + index},"pid":1,"hostname":"a","msg":"order ${index}"}`,
    );
  const textLines = (count: number) =>
    Array.from({ length: count }, (_, index) => `2026-03-01T08:15:30.123Z INFO order ${index} placed`);

  it('looks again after a deploy that changed it', () => {
    const { records, report } = readAll([...textLines(600), ...pinoLines(1_200)].join('\n'));
    expect(report).toMatchObject({
      format: 'pino',
      lines: 1_800,
      records: 1_800,
      undecoded: 0,
      withoutTime: 0,
    });
    expect(records[599]?.format).toBe('text-timestamp');
    expect(records[600]).toMatchObject({
      format: 'json',
      message: 'order 0',
      time: '2026-03-01T08:15:30.123Z',
    });
    expect(records.at(-1)?.format).toBe('pino');
  });

  it('does not hold on to text because a program began with some words', () => {
    const { reader, records } = collectingReader();
    const banner = Buffer.from('Starting\nReady\n');
    reader.push(banner, 0, banner.length, 0);
    reader.idle();
    const rest = Buffer.from(pinoLines(800).join('\n'));
    reader.push(rest, 0, rest.length, banner.length);
    reader.end();
    expect(records.slice(0, 3).map(({ format }) => format)).toEqual(['text', 'text', 'json']);
    expect(records.at(-1)?.format).toBe('pino');
  });

  it('reads another writer\u2019s JSON between lines of text as records of their own', () => {
    const log = [...textLines(5), '{"level":"error","msg":"no stock"}', ...textLines(5)];
    const { records } = readAll(log.join('\n'));
    expect(records).toHaveLength(11);
    expect(records[5]).toMatchObject({ format: 'json', level: 'error', message: 'no stock' });
  });

  it('refuses a format that nobody knows, and names those that are known', () => {
    expect(() => readAll('x', { format: 'pinot' })).toThrow(/no log format 'pinot'/);
  });
});
