import { clf, ctime, MONTHS, request, status, syslog, two, type Entry } from './facts.ts';

export const WEB: readonly Entry[] = [
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

export const SYSTEM: readonly Entry[] = [
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

export const DATABASES: readonly Entry[] = [
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
    'postgresql json',
    'postgresql-json',
    (f) =>
      JSON.stringify({
        timestamp: `${f.day} ${f.clock}.${f.ms} UTC`,
        user: 'web',
        dbname: 'shop',
        pid: f.number,
        error_severity: f.level(['LOG', 'ERROR']),
        message: f.message,
      }),
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
