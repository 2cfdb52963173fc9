import { jsonFormat } from '../json/json-format.ts';

export const structlog = jsonFormat({
  name: 'structlog',
  title: 'structlog (Python)',
  score(members) {
    if (!members.has('event') || members.has('message') || members.has('msg')) return 0;
    if (!members.has('level') && !members.has('timestamp')) return 0;
    return members.has('level') ? 0.85 : 0.6;
  },
  keys: {
    time: ['timestamp'],
    level: ['level'],
    message: ['event'],
    logger: ['logger', 'logger_name'],
    error: ['exception'],
  },
  samples: [
    {
      text: '{"order_id":17,"event":"order placed","level":"info","logger":"shop.orders","timestamp":"2026-03-01T08:15:30.123456Z"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'shop.orders',
        fields: { order_id: '17' },
      },
    },
    {
      text: String.raw`{"event":"payment failed","level":"error","timestamp":"2026-03-01T08:15:30.123456Z","exception":"Traceback (most recent call last):\n  File \"/srv/app/pay.py\", line 3, in pay\n    charge()\nValueError: no card"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'payment failed',
        stack: 'Traceback (most recent call last):',
      },
    },
  ],
});
