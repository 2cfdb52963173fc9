import { jsonFormat } from '../json/json-format.ts';
import { hasAll, isIsoTime } from '../json/top-level.ts';

export const logrus = jsonFormat({
  name: 'logrus',
  title: 'logrus (Go)',
  score(members) {
    if (!hasAll(members, 'level', 'msg') || members.has('hostname') || !isIsoTime(members.get('time')))
      return 0;
    return /^(?:panic|fatal|error|warning|info|debug|trace)$/.test(members.get('level') ?? '') ? 0.8 : 0;
  },
  keys: { time: ['time'], level: ['level'], message: ['msg'], error: ['error'] },
  samples: [
    {
      text: '{"level":"warning","msg":"queue is long","queue":412,"time":"2026-03-01T08:15:30Z"}',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message: 'queue is long',
        fields: { queue: '412' },
      },
    },
    {
      text: '{"error":"dial tcp 10.0.0.7:5432: connect: connection refused","level":"error","msg":"cannot load order","time":"2026-03-01T09:15:30+01:00"}',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'cannot load order: dial tcp 10.0.0.7:5432: connect: connection refused',
      },
    },
  ],
});
