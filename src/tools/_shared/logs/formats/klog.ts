import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { assumedYear } from '../time/assumed-year.ts';
import { dayMs, isDate } from '../time/civil.ts';
import { readClockTime } from '../time/clock-time.ts';
import { createTimeReading, localTime } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, find, fourDigits, isDigit, skipDigits, skipSpaces, twoDigits } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const LINE = /^[DIWEF](?:\d{4})?\d{4} \d\d:\d\d:\d\d\.\d+ +(?<thread>\d+) (?<file>[^\s:\]]+):(?<line>\d+)\] /;

export const klog: LogFormat = {
  name: 'klog',
  title: 'klog and glog (Kubernetes)',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) => timeOffset(bytes, start, end) !== -1,
  decode,
  fields(view, sink) {
    namedFields(LINE, headText(view.raw), sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: 'E0301 08:15:30.123456    4711 reflector.go:138] failed to list *v1.Pod: Unauthorized',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'failed to list *v1.Pod: Unauthorized',
        logger: 'reflector.go',
        fields: { thread: '4711', file: 'reflector.go', line: '138' },
      },
    },
    {
      text: 'I0301 08:15:30.123456       1 pod_workers.go:951] "Error syncing pod, skipping" err="failed to start" pod="shop/web-1"',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: '"Error syncing pod, skipping" err="failed to start" pod="shop/web-1"',
        logger: 'pod_workers.go',
        fields: { err: 'failed to start', pod: 'shop/web-1' },
      },
    },
    {
      text: 'W20260301 08:15:30.123456 4711 server.cc:12] queue is long',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'queue is long',
        logger: 'server.cc',
      },
    },
  ],
};

/** Offset of the time of day behind `E0301 ` or `E20260301 `, or -1. */
function timeOffset(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 22 || levelOfWord(bytes, start, start + 1) === LEVEL.unknown) return -1;
  const digits = skipDigits(bytes, start + 1, end) - start - 1;
  if ((digits !== 4 && digits !== 8) || bytes[start + 1 + digits] !== CHAR.space) return -1;
  const at = start + digits + 2;
  return isDigit(bytes[at]!) && bytes[at + 2] === CHAR.colon ? at : -1;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  const at = timeOffset(bytes, start, end);
  if (at === -1 || !readClockTime(bytes, at, end, reading)) return false;
  const month = twoDigits(bytes, at - 5);
  const day = twoDigits(bytes, at - 3);
  if (month < 1 || month > 12) return false;
  const year = at - start === 10 ? fourDigits(bytes, start + 1) : assumedYear(month, day, context);
  if (!isDate(year, month, day)) return false;
  const fileAt = skipSpaces(bytes, skipDigits(bytes, skipSpaces(bytes, reading.end, end), end), end);
  const close = find(bytes, CHAR.closeBracket, fileAt, end);
  if (close >= end) return false;
  view.timeMs = localTime(reading.ms + dayMs(year, month, day), context);
  view.level = levelOfWord(bytes, start, start + 1);
  setSlice(view.logger, bytes, fileAt, find(bytes, CHAR.colon, fileAt, close));
  setBody(view, close + 1);
  return true;
}
