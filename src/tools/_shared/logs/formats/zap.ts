import { jsonFormat } from '../json/json-format.ts';
import { hasAll } from '../json/top-level.ts';

export const zap = jsonFormat({
  name: 'zap',
  title: 'zap (Go)',
  score(members) {
    if (!hasAll(members, 'level', 'ts', 'msg')) return 0;
    return /^(?:debug|info|warn|error|dpanic|panic|fatal)$/i.test(members.get('level') ?? '') ? 0.9 : 0;
  },
  keys: {
    time: ['ts'],
    level: ['level'],
    message: ['msg'],
    stack: ['stacktrace'],
    error: ['error'],
    logger: ['logger'],
  },
  samples: [
    {
      text: '{"level":"info","ts":1772352930.1234567,"logger":"orders","caller":"orders/place.go:41","msg":"order placed","id":17}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        logger: 'orders',
        fields: { caller: 'orders/place.go:41', id: '17' },
      },
    },
    {
      text: String.raw`{"level":"error","ts":"2026-03-01T08:15:30.123Z","caller":"orders/place.go:41","msg":"order failed","error":"no stock","stacktrace":"main.place\n\t/srv/orders/place.go:41\nmain.main\n\t/srv/main.go:9"}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'order failed: no stock',
        stack: 'main.place',
      },
    },
  ],
});
