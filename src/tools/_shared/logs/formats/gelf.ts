import { LEVEL } from '../../../../core/log/level.ts';
import { jsonFormat } from '../json/json-format.ts';
import { hasAll } from '../json/top-level.ts';
import { levelOfSeverity } from './support/level-words.ts';

export const gelf = jsonFormat({
  name: 'gelf',
  title: 'Graylog extended log format',
  score: (members) => (hasAll(members, 'version', 'host', 'short_message') ? 0.95 : 0),
  keys: {
    time: ['timestamp'],
    level: ['level'],
    message: ['short_message'],
    error: ['full_message'],
    logger: ['_logger', 'facility'],
  },
  levelOfNumber: levelOfSeverity,
  // GELF 1.1: "level equal to the standard syslog levels; optional, default is 1 (ALERT)"; senders that leave it out mean nothing of the kind.
  levelWithout: LEVEL.unknown,
  samples: [
    {
      text: '{"version":"1.1","host":"web-1","short_message":"queue is long","timestamp":1772352930.123,"level":4,"_queue":"mail"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'queue is long',
        fields: { host: 'web-1', _queue: 'mail' },
      },
    },
    {
      text: String.raw`{"version":"1.1","host":"web-1","short_message":"order failed","full_message":"order failed\njava.lang.IllegalStateException: no stock\n\tat com.shop.Orders.place(Orders.java:12)","timestamp":1772352930.123,"level":3}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'order failed',
        stack: 'java.lang.IllegalStateException: no stock',
        fields: { host: 'web-1' },
      },
    },
  ],
});
