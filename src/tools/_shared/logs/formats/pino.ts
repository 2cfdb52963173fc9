import { jsonFormat, levelOfTens } from '../json/json-format.ts';
import { hasAll, isIsoTime, isWholeNumber } from '../json/top-level.ts';

export const pino = jsonFormat({
  name: 'pino',
  title: 'pino (Node.js)',
  score(members) {
    const isLevel =
      isWholeNumber(members.get('level'), 10, 99) || /^[a-z]+$/.test(members.get('level') ?? '');
    const time = members.get('time') ?? '';
    if (!isLevel || !(/^\d{13}$/.test(time) || isIsoTime(time)) || members.has('v')) return 0;
    if (hasAll(members, 'pid', 'hostname')) return 0.95;
    return isWholeNumber(members.get('level'), 10, 99) ? 0.8 : 0;
  },
  keys: {
    time: ['time'],
    level: ['level'],
    message: ['msg'],
    stack: ['err.stack', 'error.stack'],
    exceptionType: ['err.type'],
    error: ['err.message'],
    logger: ['name'],
  },
  levelOfNumber: levelOfTens,
  samples: [
    {
      text: '{"level":30,"time":1772352930123,"pid":17,"hostname":"web-1","reqId":"r-9","msg":"order placed"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        fields: { reqId: 'r-9', hostname: 'web-1', pid: '17' },
      },
    },
    {
      text: String.raw`{"level":50,"time":1772352930123,"pid":17,"hostname":"web-1","err":{"type":"TypeError","message":"x is \"gone\"","stack":"TypeError: x is \"gone\"\n    at pay (/srv/app/pay.js:4:11)"},"msg":"payment failed"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'payment failed',
        exceptionType: 'TypeError',
        stack: 'TypeError: x is "gone"',
      },
    },
    {
      text: '{"level":"warn","time":"2026-03-01T08:15:30.123Z","pid":17,"hostname":"web-1","name":"mailer","msg":"queue is long","queue":{"length":412}}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: 'queue is long',
        logger: 'mailer',
        fields: { 'queue.length': '412' },
      },
    },
  ],
});
