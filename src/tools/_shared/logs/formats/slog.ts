import { jsonFormat } from '../json/json-format.ts';
import { hasAll, isIsoTime } from '../json/top-level.ts';

export const slog = jsonFormat({
  name: 'slog',
  title: 'log/slog (Go)',
  score(members) {
    if (!hasAll(members, 'level', 'msg') || !isIsoTime(members.get('time'))) return 0;
    return /^(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d+)?$/.test(members.get('level') ?? '') ? 0.9 : 0;
  },
  keys: {
    time: ['time'],
    level: ['level'],
    message: ['msg'],
    error: ['err', 'error'],
    logger: ['logger', 'component'],
  },
  samples: [
    {
      text: '{"time":"2026-03-01T08:15:30.123456789Z","level":"INFO","msg":"order placed","order":{"id":17}}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'order placed',
        fields: { 'order.id': '17' },
      },
    },
    {
      text: '{"time":"2026-03-01T08:15:30.123456789Z","level":"ERROR+2","msg":"order failed","err":"no stock"}',
      expected: { time: '2026-03-01T08:15:30.123Z', level: 'error', message: 'order failed: no stock' },
    },
  ],
});
