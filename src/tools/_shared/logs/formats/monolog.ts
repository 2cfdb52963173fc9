import { jsonFormat, levelOfHundreds } from '../json/json-format.ts';
import { hasAll } from '../json/top-level.ts';

export const monolog = jsonFormat({
  name: 'monolog',
  title: 'Monolog (PHP)',
  score: (members) => (hasAll(members, 'message', 'level_name', 'channel', 'datetime') ? 0.95 : 0),
  keys: {
    // Of Monolog 1 the time is an object.
    time: ['datetime', 'datetime.date'],
    level: ['level_name', 'level'],
    message: ['message'],
    exceptionType: ['context.exception.class'],
    error: ['context.exception.message', 'context.exception'],
    logger: ['channel'],
  },
  levelOfNumber: levelOfHundreds,
  samples: [
    {
      text: '{"message":"order placed","context":{"id":17},"level":200,"level_name":"INFO","channel":"shop","datetime":"2026-03-01T08:15:30.123456+00:00","extra":{}}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'shop',
        fields: { 'context.id': '17' },
      },
    },
    {
      text: String.raw`{"message":"order failed","context":{"exception":{"class":"App\\StockException","message":"no stock","code":0,"file":"/srv/app/Stock.php:12"}},"level":500,"level_name":"CRITICAL","channel":"shop","datetime":{"date":"2026-03-01 08:15:30.123456","timezone_type":3,"timezone":"UTC"},"extra":{}}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'fatal',
        message: 'order failed: no stock',
        exceptionType: String.raw`App\StockException`,
        logger: 'shop',
        fields: { 'context.exception.file': '/srv/app/Stock.php:12' },
      },
    },
  ],
});
