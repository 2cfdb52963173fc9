import { describe, expect, it } from 'vitest';
import { readAll } from '../record-reader-fixture.ts';
import { BATCH_LINE_CAP_BYTES, LINE_CAP_BYTES, RECORD_CAP_BYTES } from './caps.ts';

function utf16(text: string, bigEndian: boolean, mark: boolean): Buffer {
  const bytes = Buffer.from(mark ? `\uFEFF${text}` : text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

describe('lines', () => {
  it.each([
    ['little endian', false, true],
    ['big endian', true, true],
    ['little endian without a mark', false, false],
    ['big endian without a mark', true, false],
  ])('reads UTF-16, %s', (_, bigEndian, mark) => {
    const bytes = utf16('ready \u00e9\u2615\u{1f600}\r\nstopped\r\n', bigEndian, mark);
    for (const piece of [1, 3, 1_000]) {
      const { records, report } = readAll(bytes, {}, piece);
      expect(records.map(({ raw }) => raw)).toEqual(['ready \u00e9\u2615\u{1f600}', 'stopped']);
      expect(report).toMatchObject({ lines: 2, bytes: bytes.length });
    }
  });

  it('leaves out the mark of UTF-8', () => {
    expect(readAll('\uFEFFready\n', {}, 1).records).toMatchObject([{ raw: 'ready' }]);
  });

  it('leaves out colours, links and the hole of a truncated file', () => {
    const link = '\u001B]8;;https://example.org\u0007here\u001B]8;;\u0007';
    const text = `${'\0'.repeat(100_000)}\u001B[1;31mred\u001B[0m ${link}\nplain\n`;
    for (const piece of [7_001, 1_000_000]) {
      expect(readAll(text, {}, piece).records.map(({ raw }) => raw)).toEqual(['red here', 'plain']);
    }
  });

  it('cuts a line at its cap, not within a character, and goes on behind it', () => {
    const text = `a${'\u00e9'.repeat(LINE_CAP_BYTES)}\nnext\n`;
    for (const piece of [10_000, 1_000_000]) {
      const { records, report } = readAll(text, {}, piece);
      expect(records.map(({ raw }) => Buffer.byteLength(raw))).toEqual([LINE_CAP_BYTES - 1, 4]);
      expect(report).toMatchObject({ cutLines: 1, lines: 2, bytes: Buffer.byteLength(text) });
    }
  });

  it('does not count the end of a line in its cap, whatever the pieces are', () => {
    const text = `${'a'.repeat(LINE_CAP_BYTES)}\r\n${'b'.repeat(LINE_CAP_BYTES + 1)}\r\n`;
    for (const piece of [1_000, LINE_CAP_BYTES + 1, 1_000_000]) {
      const { records, report } = readAll(text, {}, piece);
      expect(records.map(({ raw }) => raw.length)).toEqual([LINE_CAP_BYTES, LINE_CAP_BYTES]);
      expect(report).toMatchObject({ cutLines: 1, lines: 2 });
    }
  });

  it('holds little of a line that never ends', () => {
    const { records, report } = readAll(Buffer.alloc(20 * 1024 * 1024, 0x61), {}, 1024 * 1024);
    expect(records.map(({ raw }) => raw.length)).toEqual([LINE_CAP_BYTES]);
    expect(report.bytes).toBe(20 * 1024 * 1024);
  });

  it('reads a batch of OpenTelemetry that is longer than other lines may be', () => {
    const record = { timeUnixNano: '1772352930123000000', body: { stringValue: 'x'.repeat(1_000) } };
    const text = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: Array.from({ length: 300 }, () => record) }] }],
    });
    expect(text.length).toBeLessThan(BATCH_LINE_CAP_BYTES);
    expect(readAll(text, {}, 50_000).records).toHaveLength(300);
  });

  it('cuts a record at its caps and counts the lines that fell off', () => {
    const frames = Array.from({ length: 10_000 }, (_, index) => `    at f${index} (/srv/a.js:1:1)`);
    const { records, report } = readAll(['RangeError: deep', ...frames, 'next'].join('\n'), {}, 5_000);
    expect(records.map(({ lines }) => lines)).toEqual([10_001, 1]);
    expect(records[0]!.raw.length).toBeLessThanOrEqual(RECORD_CAP_BYTES);
    expect(records[0]!.raw.split('\n')).toHaveLength(500);
    expect(report).toMatchObject({ cutRecords: 1, lines: 10_002 });
  });
});
