import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readMeridiemTime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, find, findSpace, isDigit } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const HEADER = /^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M (?<class>[\w.$]+)(?: (?<method>\S+))?/;

/** What the JDK's own logger prints when nobody configures it: a line that says when and where, and one that says what. */
export const javaUtilLogging: LogFormat = {
  name: 'java-util-logging',
  title: 'java.util.logging',
  score: (line) => (HEADER.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 22 && bytes[start + 3] === CHAR.space && isDigit(bytes[start + 4]!) && comma(bytes, start),
  decode,
  fields(view, sink) {
    namedFields(HEADER, headText(view.raw), sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: 'Mar 1, 2026 8:15:30 PM com.example.shop.Pay charge\nSEVERE: refused order=17\njava.io.IOException: Broken pipe\n\tat com.example.shop.Pay.charge(Pay.java:12)',
      expected: {
        time: '2026-03-01T20:15:30.000Z',
        level: 'error',
        message: 'refused order=17',
        stack: 'java.io.IOException: Broken pipe',
        logger: 'com.example.shop.Pay',
        fields: { class: 'com.example.shop.Pay', method: 'charge', order: '17' },
      },
    },
    {
      text: 'Mar 11, 2026 12:15:30 AM org.example.web.Server start\nINFO: Listening on 8080',
      expected: {
        time: '2026-03-11T00:15:30.000Z',
        level: 'info',
        message: 'Listening on 8080',
        logger: 'org.example.web.Server',
      },
    },
  ],
};

/** `Mar 1,` or `Mar 11,` */
function comma(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 5] === CHAR.comma || bytes[start + 6] === CHAR.comma;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start, end } = view.raw;
  const lineEnd = firstLineEnd(view);
  if (!readMeridiemTime(bytes, start, lineEnd, context, reading)) return false;
  view.timeMs = reading.ms;
  const classAt = Math.min(reading.end + 1, lineEnd);
  setSlice(view.logger, bytes, classAt, findSpace(bytes, classAt, lineEnd));
  const levelAt = Math.min(lineEnd + 1, end);
  const colon = find(bytes, CHAR.colon, levelAt, Math.min(end, levelAt + 10));
  if (bytes[colon] === CHAR.colon && colon < end) view.level = levelOfWord(bytes, levelAt, colon);
  setBody(view, view.level === LEVEL.unknown ? levelAt : colon + 1);
  return true;
}
