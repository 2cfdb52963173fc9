import { jsonFormat } from '../json/json-format.ts';

export const json = jsonFormat({
  name: 'json',
  title: 'JSON, one object a line',
  score: (members) =>
    ['msg', 'message', 'level', 'severity', 'time', 'timestamp'].some((name) => members.has(name))
      ? 0.5
      : 0.4,
  keys: {},
  samples: [
    {
      text: '{"severity":"ERROR","message":"order failed","timestamp":"2026-03-01T08:15:30.123Z","user":{"id":"u-7"}}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'order failed',
        fields: { 'user.id': 'u-7' },
      },
    },
    {
      text: '{"@timestamp":"2026-03-01T08:15:30.123Z","@version":"1","message":"order placed","logger_name":"com.shop.Orders","thread_name":"main","level":"INFO","level_value":20000}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'com.shop.Orders',
        fields: { thread_name: 'main' },
      },
    },
    {
      text: '{"ts":"2026-03-01T08:15:30.123Z","request":{"method":"GET","uri":"/cart"},"status":502}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'unknown',
        message: '{"ts":"2026-03-01T08:15:30.123Z","request":{"method":"GET","uri":"/cart"},"status":502}',
        fields: { status: '502', 'request.uri': '/cart' },
      },
    },
  ],
});
