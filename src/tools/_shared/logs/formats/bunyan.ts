import { jsonFormat, levelOfTens } from '../json/json-format.ts';
import { hasAll, isWholeNumber } from '../json/top-level.ts';

export const bunyan = jsonFormat({
  name: 'bunyan',
  title: 'bunyan (Node.js)',
  score: (members) =>
    members.get('v') === '0' &&
    isWholeNumber(members.get('level'), 1, 99) &&
    hasAll(members, 'name', 'hostname', 'time')
      ? 0.95
      : 0,
  keys: {
    time: ['time'],
    level: ['level'],
    message: ['msg'],
    stack: ['err.stack'],
    exceptionType: ['err.name'],
    error: ['err.message'],
    logger: ['name'],
  },
  levelOfNumber: levelOfTens,
  samples: [
    {
      text: '{"name":"orders","hostname":"web-1","pid":17,"level":40,"msg":"queue is long","time":"2026-03-01T08:15:30.123Z","v":0}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'queue is long',
        logger: 'orders',
        fields: { hostname: 'web-1' },
      },
    },
    {
      text: String.raw`{"name":"orders","hostname":"web-1","pid":17,"level":60,"err":{"message":"no route","name":"RouteError","stack":"RouteError: no route\n    at find (/srv/app/r.js:2:1)"},"msg":"no route","time":"2026-03-01T08:15:30.123Z","v":0}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'fatal',
        message: 'no route',
        logger: 'orders',
        exceptionType: 'RouteError',
        stack: 'RouteError: no route',
      },
    },
  ],
});
