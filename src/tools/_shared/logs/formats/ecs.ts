import { jsonFormat } from '../json/json-format.ts';

export const ecs = jsonFormat({
  name: 'ecs',
  title: 'Elastic Common Schema',
  score(members) {
    if (!members.has('@timestamp')) return 0;
    if (members.has('ecs.version') || members.has('ecs')) return 0.95;
    return members.has('log.level') || members.has('log') ? 0.85 : 0;
  },
  keys: {
    time: ['@timestamp'],
    level: ['log.level'],
    message: ['message'],
    stack: ['error.stack_trace'],
    exceptionType: ['error.type'],
    error: ['error.message'],
    logger: ['log.logger'],
  },
  samples: [
    {
      text: '{"@timestamp":"2026-03-01T08:15:30.123Z","log.level":"INFO","message":"order placed","ecs.version":"1.2.0","service.name":"orders","log.logger":"com.shop.Orders"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'com.shop.Orders',
        fields: { 'service.name': 'orders' },
      },
    },
    {
      text: String.raw`{"@timestamp":"2026-03-01T08:15:30.123Z","log":{"level":"error"},"ecs":{"version":"8.11.0"},"message":"order failed","error":{"type":"java.lang.IllegalStateException","message":"no stock","stack_trace":"java.lang.IllegalStateException: no stock\n\tat com.shop.Orders.place(Orders.java:12)"}}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'order failed',
        exceptionType: 'java.lang.IllegalStateException',
        stack: 'java.lang.IllegalStateException: no stock',
      },
    },
  ],
});
