import {
  dashed,
  JAVA_LEVELS,
  NODE_LEVELS,
  PYTHON_LEVELS,
  status,
  type Entry,
  type Template,
} from './facts.ts';
import { JAVA_NOISE, NODE_NOISE, PYTHON_NOISE } from './noise.ts';

const SPRING =
  (time: Template, name = ''): Template =>
  (f) =>
    `${time(f)} ${f.level(JAVA_LEVELS).padStart(5)} 4711 --- ${name}[${f.pick(['main', 'io-8080-exec-3', 'scheduling-1']).padStart(15)}] ${f.pick(['c.e.shop.Orders', 'o.s.web.servlet.DispatcherServlet']).padEnd(40)} : ${f.message}`;
const JAVA_CLASSES = ['com.example.shop.Orders', 'org.example.pool.HikariPool', 'c.e.s.Pay'] as const;
const THREADS = ['main', 'pool-3-thread-1', 'http-nio-8080-exec-7'] as const;

export const LOGGERS: readonly Entry[] = [
  ['spring boot 3', 'spring-boot', SPRING((f) => `${f.day}T${f.clock}.${f.ms}Z`, '[shop] '), JAVA_NOISE],
  ['spring boot 2', 'spring-boot', SPRING((f) => `${f.day} ${f.clock}.${f.ms}`), JAVA_NOISE],
  [
    'logback, default',
    'logback',
    (f) =>
      `${f.clock}.${f.ms} [${f.pick(THREADS)}] ${f.level(JAVA_LEVELS).padEnd(5)} ${f.pick(JAVA_CLASSES)} - ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'logback, dated',
    'logback',
    (f) =>
      `${f.day} ${f.clock}.${f.ms} [${f.pick(THREADS)}] ${f.level(JAVA_LEVELS).padEnd(5)} ${f.pick(JAVA_CLASSES)} - ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'log4j with the thread',
    'log4j',
    (f) =>
      `${f.day} ${f.clock},${f.ms} ${f.level(JAVA_LEVELS).padEnd(5)} [${f.pick(THREADS)}] ${f.pick(JAVA_CLASSES)}: ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'log4j without a thread',
    'log4j',
    (f) => `${f.day} ${f.clock},${f.ms} ${f.level(JAVA_LEVELS)} ${f.pick(JAVA_CLASSES)}: ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'log4j, short year',
    'log4j',
    (f) =>
      `${f.day.slice(2).replaceAll('-', '/')} ${f.clock} ${f.level(JAVA_LEVELS)} ${f.pick(['TaskRunner', 'pool.Keeper'])}: ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'tomcat',
    'log4j',
    (f) =>
      `${dashed(f)}.${f.ms} ${f.level(['INFO', 'WARNING', 'SEVERE'])} [main] org.example.web.Server.start ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'java.util.logging',
    'java-util-logging',
    (f) =>
      `Mar 1, 2026 8:${f.clock.slice(3)} AM ${f.pick(JAVA_CLASSES)} run\n${f.level(['INFO', 'WARNING', 'SEVERE'])}: ${f.message}`,
    JAVA_NOISE,
  ],
  [
    'python, of the documentation',
    'python-logging',
    (f) =>
      `${f.day} ${f.clock},${f.ms} - shop.${f.pick(['orders', 'pay'])} - ${f.level(PYTHON_LEVELS)} - ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'python, basicConfig',
    'python-logging',
    (f) => `${f.level(PYTHON_LEVELS)}:${f.pick(['root', 'shop.pay'])}:${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'python, level first',
    'python-logging',
    (f) => `${f.day} ${f.clock},${f.ms} ${f.level(PYTHON_LEVELS).padEnd(8)} shop.orders ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'celery',
    'python-logging',
    (f) =>
      `[${f.day} ${f.clock},${f.ms}: ${f.level(PYTHON_LEVELS)}/ForkPoolWorker-${f.number % 8}] ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'loguru',
    'python-logging',
    (f) =>
      `${f.day} ${f.clock}.${f.ms} | ${f.level(PYTHON_LEVELS).padEnd(8)} | shop.pay:charge:${f.number} - ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'logrus text',
    'logfmt',
    (f) => `time="${f.day}T${f.clock}Z" level=${f.level(NODE_LEVELS)} msg="${f.message}" order=${f.number}`,
  ],
  [
    'slog text',
    'logfmt',
    (f) => `time=${f.day}T${f.clock}.${f.ms}Z level=${f.level(JAVA_LEVELS)} msg="${f.message}" ip=${f.ip}`,
  ],
  [
    'router of a platform',
    'logfmt',
    (f) =>
      `at=${f.pick(['info', 'error'])} method=GET path="/orders/${f.number}" host=shop.example request_id=${f.id} status=${status(f)} bytes=${f.number}`,
  ],
];

export const PLAIN: readonly Entry[] = [
  ['go log', 'text-timestamp', (f) => `${f.day.replaceAll('-', '/')} ${f.clock} ${f.message}`],
  [
    'console with ISO times',
    'text-timestamp',
    (f) => `${f.day}T${f.clock}.${f.ms}Z ${f.message}`,
    NODE_NOISE,
  ],
  [
    'home-made brackets',
    'text-timestamp',
    (f) => `[${f.day} ${f.clock}] [${f.level(NODE_LEVELS)}] ${f.message}`,
    NODE_NOISE,
  ],
  [
    'winston, simple with a time',
    'text-timestamp',
    (f) => `${f.day}T${f.clock}.${f.ms}Z ${f.level(NODE_LEVELS)}: ${f.message}`,
    NODE_NOISE,
  ],
  ['console', 'text', (f) => f.message, NODE_NOISE],
  ['levels without a time', 'text', (f) => `${f.level(NODE_LEVELS)}: ${f.message}`, NODE_NOISE],
];
