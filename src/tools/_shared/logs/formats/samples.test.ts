import { describe, expect, it } from 'vitest';
import { levelName } from '../../../../core/log/level.ts';
import { createRecordView, setSlice, sliceText } from '../../../../core/log/record-view.ts';
import type { FormatSample, LogFormat } from '../format.ts';
import { createDecodeContext } from '../time/decode-context.ts';
import { LOG_FORMATS } from './index.ts';

const MODIFIED_MS = Date.UTC(2026, 5, 30);

interface Decoded {
  accepted: boolean;
  time: string | null;
  level: string;
  message: string;
  exceptionType: string;
  stack: string;
  logger: string;
  fields: Record<string, string>;
}

function decode(format: LogFormat, { text }: FormatSample): Decoded {
  // Bytes around the record show whether a decoder looks beyond it.
  const bytes = new TextEncoder().encode(`9: ${text}9: [`);
  const view = createRecordView();
  setSlice(view.raw, bytes, 3, bytes.length - 4);
  view.lines = text.split('\n').length;
  const accepted = format.decode(
    view,
    createDecodeContext({ modifiedMs: MODIFIED_MS, zoneOffsetMinutes: 0 }),
  );
  const fields: Record<string, string> = {};
  format.fields(view, (name, value) => {
    fields[name] = value;
  });
  return {
    accepted,
    time: Number.isNaN(view.timeMs) ? null : new Date(view.timeMs).toISOString(),
    level: levelName(view.level),
    message: sliceText(view.message),
    exceptionType: sliceText(view.exceptionType),
    stack: sliceText(view.stack).split('\n')[0]!,
    logger: sliceText(view.logger),
    fields,
  };
}

function lineStarts(format: LogFormat, text: string): boolean[] {
  const encoder = new TextEncoder();
  return text.split('\n').map((line) => {
    const bytes = encoder.encode(line);
    return format.startsRecord(bytes, 0, bytes.length);
  });
}

function bestFormats(line: string): string[] {
  const scores = LOG_FORMATS.map((format) => format.score(line));
  const best = Math.max(...scores);
  return LOG_FORMATS.filter((_, index) => scores[index] === best).map((format) => format.name);
}

describe.each(LOG_FORMATS.map((format) => [format.name, format] as const))('samples of %s', (_, format) => {
  it.each(format.samples.map((sample) => [sample.text, sample] as const))('%s', (_, sample) => {
    const { fields, ...expected } = {
      exceptionType: '',
      stack: '',
      logger: '',
      fields: {},
      ...sample.expected,
    };
    const { fields: foundFields, ...found } = decode(format, sample);
    expect(found).toEqual({ accepted: true, ...expected });
    expect(foundFields).toMatchObject(fields);
    expect(lineStarts(format, sample.text)).toEqual(sample.text.split('\n').map((_, index) => index === 0));
    expect(bestFormats(sample.text.split('\n')[0]!)[0]).toBe(format.name);
  });
});
