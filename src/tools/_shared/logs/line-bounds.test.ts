import { describe, expect, it } from 'vitest';
import { createRecordView, setSlice, sliceText } from '../../../core/log/record-view.ts';
import type { LogFormat } from './format.ts';
import { LOG_FORMATS } from './formats/index.ts';
import { copyClean } from './framing/clean.ts';
import { createDecodeContext } from './time/decode-context.ts';
import { createTraceJoiner } from './trace/joiner.ts';
import { WRAPPERS } from './wrappers/find-wrapper.ts';
import type { WrapperKind } from './wrappers/wrapper.ts';

/**
 * Behind a line stands its end, the next line, or what a buffer held before, as chunks come: who looks there makes records of the same stream differ
 * from one reading to the next. So a line that was cut anywhere must read the same whatever follows: the rest of it, or bytes that often decide.
 */
const BEHIND = [' ', '0'];

type Reading = (bytes: Buffer, end: number) => unknown;

/** The cuts of a line that read otherwise when something stands behind them. */
function misread(read: Reading, text: string): unknown[] {
  const bytes = Buffer.from(text);
  const different: unknown[] = [];
  for (let end = 0; end <= bytes.length; end += 1) {
    const alone = JSON.stringify(read(Buffer.from(bytes.subarray(0, end)), end));
    for (const behind of [bytes.subarray(end).toString('latin1'), ...BEHIND]) {
      const followed = Buffer.concat([
        bytes.subarray(0, end),
        Buffer.from(behind.padEnd(16, behind), 'latin1'),
      ]);
      const found = JSON.stringify(read(followed, end));
      if (found !== alone) different.push({ line: bytes.toString('utf8', 0, end), behind, alone, found });
    }
  }
  return different;
}

function decoded(format: LogFormat): Reading {
  return (bytes, end) => {
    const view = createRecordView();
    setSlice(view.raw, bytes, 0, end);
    view.lines = 1;
    const starts = format.startsRecord(bytes, 0, end);
    if (!format.decode(view, createDecodeContext({ modifiedMs: 1_772_352_930_123, zoneOffsetMinutes: 0 })))
      return [starts];
    const slices = [view.message, view.stack, view.exceptionType, view.logger];
    const fields: string[] = [];
    format.fields(view, (name, value) => fields.push(name, value));
    return [starts, view.timeMs, view.level, slices.map((slice) => sliceText(slice)), fields];
  };
}

function unwrapped(kind: WrapperKind): Reading {
  return (bytes, end) => {
    const wrapper = kind.create();
    const inner: unknown[] = [];
    const isWrapped = wrapper.unwrap(bytes, 0, end, (each) => {
      const { lane, family, isPartial, timeMs, level } = each;
      inner.push([lane, family, isPartial, timeMs, level, each.bytes.toString('utf8', each.start, each.end)]);
      wrapper.fields(lane, (name, value) => inner.push(name, value));
    });
    return [isWrapped, inner];
  };
}

const WRAPPED: Readonly<Record<string, readonly string[]>> = {
  docker: [
    '{"log":"a\\tb \\ud83d\\ude00\\r\\n","stream":"stderr","time":"2026-03-01T08:15:30.123456789Z"}',
    '{"stream":"stderr","time":"2026-03-01T08:15:30.123456789Z","log":"half"}',
  ],
  cri: [
    '2026-03-01T08:15:30.123456789Z stderr F no stock',
    '2026-03-01T08:15:30.123456789+01:00 stdout P:tag half',
  ],
  journal: [
    '{"__REALTIME_TIMESTAMP":"1772352930123456","MESSAGE":"no\\u0020stock","_PID":"12","PRIORITY":"4","_HOSTNAME":"a"}',
    '{"__REALTIME_TIMESTAMP":"1772352930123456","MESSAGE":[65,66,67]}',
  ],
  'otlp-batch': [
    '{"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"b"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
  ],
  prefix: ['web-1  | no stock', '[pod/web-1/app] no stock'],
};

const TRACE_LINES = [
  'Traceback (most recent call last):',
  '  File "/srv/a.py", line 3, in pay',
  'Caused by: java.io.IOException: no stock',
  '\t... 3 more',
  'main.main()',
  '\t/srv/a.go:31 +0x1',
  '#0 /srv/a.php(31): pay()',
  "app.rb:31:in 'pay': no stock (Stock)",
  'server.js:31',
];

describe('what stands behind a line is not read', () => {
  it.each(WRAPPERS.map((kind) => [kind.name, kind] as const))('by the wrapper %s', (name, kind) => {
    const lines = WRAPPED[name] ?? [];
    expect(lines).not.toEqual([]);
    expect(lines.flatMap((line) => misread(unwrapped(kind), line))).toEqual([]);
  });

  it.each(LOG_FORMATS.map((format) => [format.name, format] as const))('by the format %s', (_, format) => {
    expect(format.samples.flatMap(({ text }) => misread(decoded(format), text))).toEqual([]);
  });

  it.each(['Traceback (most recent call last):', '  File "/srv/a.py", line 3', 'panic: x', 'x'])(
    'when traces are joined behind %s',
    (before) => {
      const joined: Reading = (bytes, end) => {
        const joiner = createTraceJoiner();
        joiner.line(Buffer.from(before), 0, before.length);
        return joiner.line(bytes, 0, end);
      };
      expect(TRACE_LINES.flatMap((line) => misread(joined, line))).toEqual([]);
    },
  );

  it.each(['a\u001B[31mb', 'a\u001B]0;title\u0007b', 'a\u001B]0;title\u001B\\b', '\u001BMb'])(
    'when codes of terminals are taken out of %j',
    (text) => {
      const cleaned: Reading = (bytes, end) => {
        const to = Buffer.alloc(end);
        return to.toString('latin1', 0, copyClean(bytes, 0, end, to, 0));
      };
      expect(misread(cleaned, text)).toEqual([]);
    },
  );
});
