import { jsonFormat } from '../json/json-format.ts';
import { hasAll } from '../json/top-level.ts';

export const winston = jsonFormat({
  name: 'winston',
  title: 'winston (Node.js)',
  score(members) {
    if (
      !hasAll(members, 'level', 'message') ||
      members.has('time') ||
      members.has('@timestamp') ||
      members.has('ts')
    )
      return 0;
    // Its levels of npm, which its own formatter may have coloured.
    if (!/^(?:\\u001b\[\d+m)?(?:error|warn|info|http|verbose|debug|silly)\b/.test(members.get('level') ?? ''))
      return 0;
    return members.has('timestamp') || members.size < 4 || members.has('service') ? 0.75 : 0.6;
  },
  keys: {
    time: ['timestamp'],
    level: ['level'],
    message: ['message'],
    stack: ['stack'],
    logger: ['label', 'service'],
  },
  samples: [
    {
      text: '{"level":"info","message":"order placed","service":"orders","timestamp":"2026-03-01T08:15:30.123Z"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'orders',
      },
    },
    {
      text: String.raw`{"level":"error","message":"Error: no stock\n    at place (/srv/app/place.js:8:3)","timestamp":"2026-03-01 08:15:30"}`,
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'Error: no stock',
        stack: 'Error: no stock',
      },
    },
    {
      text: String.raw`{"code":"23505","level":"error","message":"sign-up failed","stack":"Error: duplicate key\n    at insert (/srv/app/db.js:8:3)","timestamp":"2026-03-01T08:15:30.123Z"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'sign-up failed',
        stack: 'Error: duplicate key',
        fields: { code: '23505' },
      },
    },
  ],
});
