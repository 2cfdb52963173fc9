/** Log files of many layouts, made up line by line: what servers and frameworks write with default and with common settings, and what else ends up in such files. */

export interface ZooFile {
  name: string;
  /** Name of the format it is of. */
  format: string;
  lines: readonly string[];
}

/** Figures of one line; every template takes what it needs. */
interface Facts {
  random: () => number;
  date: Date;
  /** `2026-03-01`, `08:15:30`, milliseconds with three digits. */
  day: string;
  clock: string;
  ms: string;
  number: number;
  id: string;
  ip: string;
  level: (names: readonly string[]) => string;
  message: string;
  pick: <T>(choices: readonly T[]) => T;
}

type Template = (facts: Facts) => string;

const MESSAGES = [
  (n: number) => `reserved ${n} of item 17 for order ${n * 3}`,
  (n: number) => `could not reach inventory at 10.0.3.${n % 250}:8443, trying again in ${n} ms`,
  (n: number) => `cache miss for key cart:${n}`,
  (n: number) => `user u${n} signed in from a new device`,
  (n: number) => `job ${n} finished in ${n * 7} ms`,
  (n: number) => `payment ${n} refused: card has expired`,
  (n: number) => `connection ${n} was closed by the peer`,
  () => 'shutting down when all requests are served',
] as const;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const LINES = 260;

export function formatZoo(random: () => number): ZooFile[] {
  return ENTRIES.map(([name, format, template, noise = GENERAL_NOISE]) => ({
    name,
    format,
    lines: linesOf(template, noise, random),
  }));
}

function linesOf(template: Template, noise: readonly string[], random: () => number): string[] {
  const lines: string[] = [];
  let atMs = Date.UTC(2026, 2, 1, 8, 15);
  while (lines.length < LINES) {
    atMs += Math.floor(random() * 4_000);
    if (random() < 0.08) lines.push(...noise[Math.floor(random() * noise.length)]!.split('\n'));
    lines.push(...template(factsAt(atMs, random)).split('\n'));
  }
  return lines;
}

function factsAt(atMs: number, random: () => number): Facts {
  const date = new Date(atMs);
  const iso = date.toISOString();
  const number = Math.floor(random() * 900) + 1;
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  return {
    random,
    date,
    day: iso.slice(0, 10),
    clock: iso.slice(11, 19),
    ms: iso.slice(20, 23),
    number,
    id: Math.floor(random() * 0xffffffff)
      .toString(16)
      .padStart(8, '0'),
    ip: `10.${number % 4}.${number % 250}.${(number * 7) % 250}`,
    level: (names) => names[random() < 0.75 ? 0 : Math.floor(random() * names.length)]!,
    message: pick(MESSAGES)(number),
    pick,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');
const clf = ({ date, clock }: Facts): string =>
  `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
const dashed = ({ date, clock }: Facts): string =>
  `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${clock}`;
const syslog = ({ date, clock }: Facts): string =>
  `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock}`;
const ctime = ({ date, clock }: Facts, micros = ''): string =>
  `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock}${micros} ${date.getUTCFullYear()}`;

const JAVA_LEVELS = ['INFO', 'WARN', 'ERROR', 'DEBUG'] as const;
const PYTHON_LEVELS = ['INFO', 'WARNING', 'ERROR', 'DEBUG'] as const;
const NODE_LEVELS = ['info', 'warn', 'error', 'debug'] as const;

const JAVA_TRACE =
  'java.lang.IllegalStateException: no stock left\n\tat com.example.shop.Stock.take(Stock.java:12)\n\tat com.example.shop.Orders.place(Orders.java:41)\nCaused by: java.io.IOException: Broken pipe\n\t... 31 more';
const PYTHON_TRACE =
  'Traceback (most recent call last):\n  File "/srv/shop/pay.py", line 12, in charge\n    card.charge(total)\nValueError: card has expired';
const NODE_TRACE =
  'TypeError: cart.items is not iterable\n    at total (/srv/shop/cart.js:17:22)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)';

const GENERAL_NOISE = [
  '',
  'Listening on port 8080',
  '-----',
  'warning: something odd was printed here',
] as const;
const JAVA_NOISE = [
  JAVA_TRACE,
  "  .   ____          _            __ _ _\n /\\\\ / ___'_ __ _ _(_)_ __  __ _ \\ \\ \\ \\",
  'OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes',
] as const;
const PYTHON_NOISE = [PYTHON_TRACE, '/usr/lib/python3/site.py:3: DeprecationWarning: old call'] as const;
const NODE_NOISE = [
  NODE_TRACE,
  '(node:17) Warning: Setting the TLS option is insecure',
  '> shop@1.0.0 start',
] as const;

const request = ({ number, pick }: Facts): string =>
  `${pick(['GET', 'GET', 'POST', 'DELETE'])} /orders/${number}${number % 3 === 0 ? '?page=2' : ''} HTTP/1.1`;
const status = ({ random, pick }: Facts): number => (random() < 0.9 ? 200 : pick([301, 404, 500, 502]));

const SPRING =
  (time: Template, name = ''): Template =>
  (f) =>
    `${time(f)} ${f.level(JAVA_LEVELS).padStart(5)} 4711 --- ${name}[${f.pick(['main', 'io-8080-exec-3', 'scheduling-1']).padStart(15)}] ${f.pick(['c.e.shop.Orders', 'o.s.web.servlet.DispatcherServlet']).padEnd(40)} : ${f.message}`;
const JAVA_CLASSES = ['com.example.shop.Orders', 'org.example.pool.HikariPool', 'c.e.s.Pay'] as const;
const THREADS = ['main', 'pool-3-thread-1', 'http-nio-8080-exec-7'] as const;

type Entry = readonly [name: string, format: string, template: Template, noise?: readonly string[]];

const WEB: readonly Entry[] = [
  [
    'nginx combined',
    'access-log',
    (f) => `${f.ip} - - [${clf(f)}] "${request(f)}" ${status(f)} ${f.number} "-" "Mozilla/5.0 (X11; Linux)"`,
  ],
  [
    'nginx main, with the forwarded address',
    'access-log',
    (f) =>
      `${f.ip} - alice [${clf(f)}] "${request(f)}" ${status(f)} ${f.number} "https://shop.example/" "curl/8.5" "${f.ip}"`,
  ],
  ['apache common', 'access-log', (f) => `${f.ip} - - [${clf(f)}] "${request(f)}" ${status(f)} ${f.number}`],
  [
    'apache with the virtual host',
    'access-log',
    (f) => `shop.example:443 ${f.ip} - - [${clf(f)}] "${request(f)}" ${status(f)} ${f.number} "-" "curl/8.5"`,
  ],
  [
    'nginx error',
    'nginx-error',
    (f) =>
      `${f.day.replaceAll('-', '/')} ${f.clock} [${f.level(['error', 'warn', 'notice', 'crit'])}] 812#812: *${f.number} upstream timed out (110: Connection timed out) while reading response header from upstream, client: ${f.ip}, server: shop.example, request: "${request(f)}", upstream: "http://127.0.0.1:3000/", host: "shop.example"`,
  ],
  [
    'nginx error, starting',
    'nginx-error',
    (f) => `${f.day.replaceAll('-', '/')} ${f.clock} [notice] 1#1: start worker process ${f.number}`,
  ],
  [
    'apache 2.4 error',
    'apache-error',
    (f) =>
      `[${ctime(f, `.${f.ms}000`)}] [${f.pick(['proxy', 'ssl', 'core', 'php'])}:${f.level(['error', 'warn', 'notice'])}] [pid ${f.number}:tid 140] [client ${f.ip}:5123] AH01102: error reading status line from remote server`,
  ],
  [
    'apache 2.2 error',
    'apache-error',
    (f) =>
      `[${ctime(f)}] [${f.level(['error', 'notice'])}] [client ${f.ip}] File does not exist: /srv/www/${f.number}.png`,
  ],
];

const SYSTEM: readonly Entry[] = [
  [
    'syslog',
    'syslog-rfc3164',
    (f) => `${syslog(f)} web-${f.number % 3} ${f.pick(['sshd', 'cron', 'shop'])}[${f.number}]: ${f.message}`,
  ],
  [
    'syslog with kernel messages',
    'syslog-rfc3164',
    (f) =>
      `${syslog(f)} db-1 ${f.pick(['kernel:', 'systemd[1]:'])} ${f.pick(['[ 1234.567890] ', ''])}${f.message}`,
  ],
  [
    'syslog with priorities',
    'syslog-rfc3164',
    (f) => `<${f.pick([11, 14, 30])}>${syslog(f)} ${f.ip} shop[${f.number}]: ${f.message}`,
  ],
  [
    'rsyslog with ISO times',
    'syslog-rfc3164',
    (f) =>
      `${f.day}T${f.clock}.${f.ms}456+00:00 web-1 ${f.pick(['sshd', 'shop'])}[${f.number}]: ${f.message}`,
  ],
  [
    'syslog RFC 5424',
    'syslog-rfc5424',
    (f) =>
      `<${f.pick([11, 14, 30])}>1 ${f.day}T${f.clock}.${f.ms}Z web-1 shop ${f.number} - ${f.pick(['-', `[origin ip="${f.ip}"]`])} ${f.message}`,
  ],
  [
    'klog',
    'klog',
    (f) =>
      `${f.level(['I', 'W', 'E'])}${two(f.date.getUTCMonth() + 1)}${two(f.date.getUTCDate())} ${f.clock}.${f.ms}456 ${String(f.number).padStart(7)} controller.go:${f.number}] ${f.message}`,
  ],
  [
    'klog, structured',
    'klog',
    (f) =>
      `${f.level(['I', 'E'])}${two(f.date.getUTCMonth() + 1)}${two(f.date.getUTCDate())} ${f.clock}.${f.ms}456       1 pod_workers.go:951] "Error syncing pod" err="${f.message}" pod="shop/web-${f.id}"`,
  ],
];

const DATABASES: readonly Entry[] = [
  [
    'postgresql, default prefix',
    'postgresql',
    (f) =>
      f.random() < 0.3
        ? `${f.day} ${f.clock}.${f.ms} UTC [${f.number}] ERROR:  duplicate key value violates unique constraint "users_pkey"\n${f.day} ${f.clock}.${f.ms} UTC [${f.number}] DETAIL:  Key (id)=(${f.number}) already exists.\n${f.day} ${f.clock}.${f.ms} UTC [${f.number}] STATEMENT:  INSERT INTO users\n\tVALUES ($1)`
        : `${f.day} ${f.clock}.${f.ms} UTC [${f.number}] LOG:  checkpoint complete: wrote ${f.number} buffers`,
  ],
  [
    'postgresql, prefix of Debian',
    'postgresql',
    (f) =>
      `${f.day} ${f.clock}.${f.ms} CET [${f.number}] web@shop ${f.level(['LOG', 'ERROR', 'FATAL'])}:  ${f.message}`,
  ],
  [
    'postgresql, prefix of pgBadger',
    'postgresql',
    (f) =>
      `${f.day} ${f.clock} UTC [${f.number}]: [${f.number % 9}-1] user=web,db=shop,app=api,client=${f.ip} ${f.level(['LOG', 'ERROR'])}:  ${f.message}`,
  ],
  [
    'postgresql csv',
    'postgresql-csv',
    (f) =>
      `${f.day} ${f.clock}.${f.ms} UTC,"web","shop",${f.number},"${f.ip}:5123",${f.id}.12,3,"SELECT",${f.day} 08:00:00 UTC,3/17,0,${f.level(['LOG', 'ERROR'])},00000,"${f.message}",,,,,,"SELECT 1\nFROM orders",,,"api"`,
  ],
  [
    'mysql 8',
    'mysql-error',
    (f) =>
      `${f.day}T${f.clock}.${f.ms}456Z ${f.number} [${f.level(['System', 'Warning', 'ERROR'])}] [MY-0${10_000 + f.number}] [${f.pick(['Server', 'InnoDB', 'Repl'])}] ${f.message}`,
  ],
  [
    'mysql 5.7',
    'mysql-error',
    (f) =>
      `${f.day}T${f.clock}.${f.ms}456Z ${f.number} [${f.level(['Note', 'Warning', 'ERROR'])}] ${f.message}`,
  ],
  [
    'mariadb',
    'mysql-error',
    (f) =>
      `${f.day} ${f.clock.replace(/^0/, ' ')} ${f.number} [${f.level(['Note', 'Warning', 'ERROR'])}] InnoDB: ${f.message}`,
  ],
  [
    'redis',
    'redis',
    (f) =>
      `1:${f.pick(['M', 'C', 'S'])} ${two(f.date.getUTCDate())} ${MONTHS[f.date.getUTCMonth()]} 2026 ${f.clock}.${f.ms} ${f.level(['*', '#', '-'])} ${f.message}`,
  ],
];

const FRAMEWORKS: readonly Entry[] = [
  [
    'rails, production',
    'rails',
    (f) =>
      `${f.level(['I', 'W', 'E', 'F'])}, [${f.day}T${f.clock}.${f.ms}456 #${f.number}]  INFO -- : [9f3c1b7e-0b55-4c1e-9d8e-2f6d${f.id}] ${f.message}`,
  ],
  [
    'rails, development',
    'rails',
    (f) =>
      `Started GET "/orders/${f.number}" for ${f.ip} at ${f.day} ${f.clock} +0000\nProcessing by OrdersController#show as HTML\n  Parameters: {"id"=>"${f.number}"}\nCompleted ${f.pick(['200 OK', '500 Internal Server Error'])} in ${f.number}ms (ActiveRecord: 1.2ms)\n\n`,
  ],
  [
    'sidekiq through Logger',
    'rails',
    (f) =>
      `${f.level(['I', 'W', 'E'])}, [${f.day}T${f.clock}.${f.ms}456 #${f.number}]  ${f.level(['INFO', 'WARN', 'ERROR'])} -- sidekiq: ${f.message}`,
  ],
  [
    'django server',
    'django',
    (f) => `[${clf(f).slice(0, 11)} ${f.clock}] "${request(f)}" ${status(f)} ${f.number}`,
    [...PYTHON_NOISE, 'Internal Server Error: /orders/9/', 'Watching for file changes with StatReloader'],
  ],
  [
    'django, verbose',
    'django',
    (f) => `${f.level(PYTHON_LEVELS)} ${f.day} ${f.clock},${f.ms} views ${f.number} 140123456 ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'uvicorn',
    'uvicorn',
    (f) =>
      f.random() < 0.8
        ? `INFO:     ${f.ip}:51234 - "${request(f)}" ${status(f)} OK`
        : `${`${f.level(PYTHON_LEVELS)}:`.padEnd(10)}${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'gunicorn',
    'gunicorn',
    (f) => `[${f.day} ${f.clock} +0000] [${f.number}] [${f.level(PYTHON_LEVELS)}] ${f.message}`,
    PYTHON_NOISE,
  ],
  [
    'php-fpm',
    'php-fpm',
    (f) =>
      `[${dashed(f)}] ${f.level(['NOTICE', 'WARNING', 'ERROR'])}: [pool www] child ${f.number} exited on signal 11 (SIGSEGV) after 3.2 seconds from start`,
  ],
  [
    'php errors',
    'php-error',
    (f) =>
      f.random() < 0.5
        ? `[${dashed(f)} UTC] PHP Warning:  Undefined variable $user in /srv/cart.php on line ${f.number}`
        : `[${dashed(f)} UTC] PHP Fatal error:  Uncaught TypeError: total() in /srv/cart.php:${f.number}\nStack trace:\n#0 /srv/index.php(3): total()\n#1 {main}\n  thrown in /srv/cart.php on line ${f.number}`,
  ],
  [
    'laravel',
    'monolog-line',
    (f) =>
      `[${f.day} ${f.clock}] production.${f.level(['INFO', 'ERROR', 'WARNING'])}: ${f.message} {"userId":${f.number}} `,
  ],
  [
    'symfony',
    'monolog-line',
    (f) =>
      `[${f.day}T${f.clock}.${f.ms}456+00:00] app.${f.level(['INFO', 'ERROR', 'CRITICAL'])}: ${f.message} {"order":${f.number}} []`,
  ],
];

const LOGGERS: readonly Entry[] = [
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

const PLAIN: readonly Entry[] = [
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

const ENTRIES: readonly Entry[] = [...WEB, ...SYSTEM, ...DATABASES, ...FRAMEWORKS, ...LOGGERS, ...PLAIN];
