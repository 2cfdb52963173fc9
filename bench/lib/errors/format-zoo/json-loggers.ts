import { JAVA_LEVELS, NODE_LEVELS, type Entry } from './facts.ts';
import { JAVA_NOISE, NODE_NOISE, PYTHON_NOISE } from './noise.ts';

const json = (members: Readonly<Record<string, unknown>>): string => JSON.stringify(members);

export const JSON_LOGGERS: readonly Entry[] = [
  [
    'pino',
    'pino',
    (f) =>
      json({
        level: f.pick([30, 30, 40, 50]),
        time: f.date.getTime(),
        pid: f.number,
        hostname: 'web-1',
        msg: f.message,
      }),
    NODE_NOISE,
  ],
  [
    'pino, asked for less',
    'pino',
    (f) => json({ level: f.pick([30, 50]), time: f.date.getTime(), msg: f.message, order: f.number }),
    NODE_NOISE,
  ],
  [
    'bunyan',
    'bunyan',
    (f) =>
      json({
        name: 'shop',
        hostname: 'web-1',
        pid: f.number,
        level: f.pick([30, 50]),
        msg: f.message,
        time: f.date.toISOString(),
        v: 0,
      }),
    NODE_NOISE,
  ],
  [
    'winston',
    'winston',
    (f) => json({ level: f.level(NODE_LEVELS), message: f.message, timestamp: f.date.toISOString() }),
    NODE_NOISE,
  ],
  [
    'structlog',
    'structlog',
    (f) =>
      json({
        event: f.message,
        level: f.level(NODE_LEVELS),
        logger: 'shop.pay',
        timestamp: f.date.toISOString(),
      }),
    PYTHON_NOISE,
  ],
  [
    'logrus',
    'logrus',
    (f) =>
      json({ level: f.level(['info', 'warning', 'error']), msg: f.message, time: `${f.day}T${f.clock}Z` }),
  ],
  [
    'zap',
    'zap',
    (f) =>
      json({
        level: f.level(NODE_LEVELS),
        ts: f.date.getTime() / 1_000,
        caller: `shop/pay.go:${f.number}`,
        msg: f.message,
      }),
  ],
  [
    'slog',
    'slog',
    (f) =>
      json({
        time: `${f.day}T${f.clock}.${f.ms}456789Z`,
        level: f.level(JAVA_LEVELS),
        msg: f.message,
        order: f.number,
      }),
  ],
  [
    'serilog',
    'serilog',
    (f) =>
      json({
        '@t': f.date.toISOString(),
        '@mt': 'order {Order} failed',
        ...(f.random() < 0.3 ? { '@l': 'Error' } : {}),
        Order: f.number,
      }),
  ],
  [
    'monolog',
    'monolog',
    (f) =>
      json({
        message: f.message,
        context: {},
        level: f.pick([200, 400]),
        level_name: 'INFO',
        channel: 'app',
        datetime: f.date.toISOString(),
        extra: {},
      }),
  ],
  [
    'ecs',
    'ecs',
    (f) =>
      json({
        '@timestamp': f.date.toISOString(),
        'log.level': f.level(JAVA_LEVELS),
        message: f.message,
        'ecs.version': '1.2.0',
        'service.name': 'shop',
      }),
    JAVA_NOISE,
  ],
  [
    'gelf',
    'gelf',
    (f) =>
      json({
        version: '1.1',
        host: 'web-1',
        short_message: f.message,
        timestamp: f.date.getTime() / 1_000,
        level: f.pick([3, 6]),
        _order: f.number,
      }),
  ],
  [
    'json of nobody',
    'json',
    (f) => json({ when: f.date.toISOString(), sev: f.level(NODE_LEVELS), text: f.message, order: f.number }),
  ],
];
