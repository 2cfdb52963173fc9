import type { LogFormat } from '../format.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { ISO, LEVELS, TIMED, ZONE } from './support/java-header.ts';

const LOGBACK = new RegExp(
  String.raw`^(?:${ISO}[.,]\d{3}${ZONE}|\d\d:\d\d:\d\d[.,]\d{3}) \[(?<thread>[^\]]+)\] ${LEVELS} +\S+ +-{1,2} `,
);
export const logback: LogFormat = {
  name: 'logback',
  title: 'Logback',
  ...TIMED,
  score: (line) => (LOGBACK.test(line) ? 0.95 : 0),
  fields(view, sink) {
    namedFields(LOGBACK, headText(view.raw), sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: '08:15:30.123 [main] WARN  com.example.shop.Stock - item=17 is low',
      expected: {
        time: null,
        level: 'warn',
        message: 'item=17 is low',
        logger: 'com.example.shop.Stock',
        fields: { thread: 'main', item: '17' },
      },
    },
    {
      text: '2026-03-01 08:15:30.123 [http-nio-8080-exec-1] ERROR c.e.shop.Pay -- refused\njava.net.ConnectException: Connection refused\n\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'refused',
        stack: 'java.net.ConnectException: Connection refused',
        logger: 'c.e.shop.Pay',
      },
    },
  ],
};
