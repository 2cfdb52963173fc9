import { clf, dashed, PYTHON_LEVELS, request, status, type Entry } from './facts.ts';
import { PYTHON_NOISE } from './noise.ts';

export const FRAMEWORKS: readonly Entry[] = [
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
