import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice } from '../../../../core/log/record-view.ts';
import type { LogFormat } from '../format.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, find, isSpace } from './support/bytes.ts';
import { headText, pairFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';
import { beginsWithTime, decodeTimedText } from './support/text-header.ts';

const LEVELS = '(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)';
const TIME = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d`;
const NAME = String.raw`[A-Za-z_][\w.]*`;

/** Layouts that the documentation and the well-known frameworks use. */
const LAYOUTS: readonly RegExp[] = [
  new RegExp(String.raw`^${TIME}(?:,\d{3})? - ${NAME} - ${LEVELS} - `),
  new RegExp(String.raw`^${TIME},\d{3} - ${LEVELS} - `),
  new RegExp(String.raw`^${TIME},\d{3} \[?${LEVELS}\]? {1,5}\[?${NAME}(?::\w+)*\]?:? `),
  new RegExp(String.raw`^${TIME}(?:,\d{3})? ${NAME} ${LEVELS} `),
  new RegExp(String.raw`^\[${TIME},\d{3}: ${LEVELS}/[\w-]+\] `),
  new RegExp(String.raw`^\[${TIME},\d{3}\] (?:\{[^}]+\} )?\[?${LEVELS}`),
  new RegExp(String.raw`^${TIME}\.\d{3} \| ${LEVELS} +\| [\w.]+:`),
  new RegExp(String.raw`^\[?${LEVELS}\]? ${TIME},\d{3} `),
];
const BASIC = new RegExp(String.raw`^${LEVELS}:${NAME}:`);

export const pythonLogging: LogFormat = {
  name: 'python-logging',
  title: 'Python logging (also Celery, loguru)',
  score(line) {
    if (BASIC.test(line)) return 0.9;
    if (!LAYOUTS.some((layout) => layout.test(line))) return 0;
    // log4j writes the comma, too: what it has in common with Java is no proof of Python.
    return /^[^[]*,\d{3} [A-Z]+ +(?:\w+\.)+[A-Z]\w*:? /.test(line) ? 0.5 : 0.9;
  },
  startsRecord: (bytes, start, end) =>
    basicName(bytes, start, end) !== -1 || beginsWithTime(bytes, start, end),
  decode(view, context) {
    const { bytes, start } = view.raw;
    const end = firstLineEnd(view);
    const nameAt = basicName(bytes, start, end);
    if (nameAt === -1) return decodeTimedText(view, context);
    beginRecord(view);
    view.level = levelOfWord(bytes, start, nameAt - 1);
    const nameEnd = find(bytes, CHAR.colon, nameAt, end);
    setSlice(view.logger, bytes, nameAt, nameEnd);
    setBody(view, nameEnd + 1);
    return true;
  },
  fields: (view, sink) => pairFields(headText(view.message), sink),
  samples: [
    {
      text: '2026-03-01 08:15:30,123 - shop.orders - ERROR - could not reserve item=17\nTraceback (most recent call last):\n  File "/srv/shop/orders.py", line 12, in reserve\n    raise OutOfStock(item)\nshop.orders.OutOfStock: 17',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'could not reserve item=17',
        stack: 'Traceback (most recent call last):',
        logger: 'shop.orders',
        fields: { item: '17' },
      },
    },
    {
      text: 'WARNING:root:queue is 80 % full',
      expected: { time: null, level: 'warn', message: 'queue is 80 % full', logger: 'root' },
    },
    {
      text: '[2026-03-01 08:15:30,123: ERROR/ForkPoolWorker-3] Task shop.pay[9f3] raised unexpected: ValueError(1)',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'Task shop.pay[9f3] raised unexpected: ValueError(1)',
      },
    },
    {
      text: '2026-03-01 08:15:30,123 INFO shop.api: listening',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'listening',
        logger: 'shop.api',
      },
    },
    {
      text: '2026-03-01 08:15:30.123 | CRITICAL | shop.pay:charge:41 - card service is gone',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'fatal',
        message: 'card service is gone',
        logger: 'shop.pay:charge:41',
      },
    },
  ],
};

/** Offset of the logger in `ERROR:shop.orders:message`, or -1. */
function basicName(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < 9 && bytes[at]! >= 0x41 && bytes[at]! <= 0x5a) at += 1;
  if (at - start < 4 || bytes[at] !== CHAR.colon || levelOfWord(bytes, start, at) === LEVEL.unknown)
    return -1;
  let next = at + 1;
  while (next < end && bytes[next] !== CHAR.colon && !isSpace(bytes[next]!)) next += 1;
  return next < end && next > at + 1 && bytes[next] === CHAR.colon ? at + 1 : -1;
}
