// Installs the servers that some tests and benchmarks need from Debian's packages, where they are missing and we may.
// Nothing is started: tests start their own, on loopback, in folders of their own. Exit 0 when all are there, 1 when not.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const PACKAGES = {
  'redis-server': 'redis-server',
  mariadbd: 'mariadb-server',
  nginx: 'nginx-light',
  dnsmasq: 'dnsmasq-base',
  'rabbitmq-server': 'rabbitmq-server',
  mosquitto: 'mosquitto',
  'nats-server': 'nats-server',
  prometheus: 'prometheus',
  openssl: 'openssl',
  setpriv: 'util-linux',
  // Debian keeps the programs of each major out of the path; HypoPG is a file of its extensions.
  '/usr/lib/postgresql/15/bin/postgres': 'postgresql-15',
  '/usr/share/postgresql/15/extension/hypopg.control': 'postgresql-15-hypopg',
};
/** What benchmarks measure beside us or let run what we write; no test needs it. Added with --peers. */
const PEERS = {
  wrk: 'wrk',
  hey: 'hey',
  h2load: 'nghttp2-client',
  ab: 'apache2-utils',
  taskset: 'util-linux',
  lnav: 'lnav',
  jq: 'jq',
  php: 'php-cli',
  '/usr/share/doc/php-pgsql': 'php-pgsql',
  '/usr/share/php/Illuminate/autoload.php': 'php-laravel-framework',
  '/usr/lib/ruby/vendor_ruby/pg.rb': 'ruby-pg',
  '/usr/share/doc/ruby-activerecord': 'ruby-activerecord',
  '/usr/share/doc/ruby-actionpack': 'ruby-actionpack',
};
const WANTED = process.argv.includes('--peers') ? { ...PACKAGES, ...PEERS } : PACKAGES;
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
/** Asked by Debian's packages before they start what they install (policy-rc.d(8)); 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d';

const LONGEST_STEP_MS = 600_000;

const missing = missingPrograms();
if (missing.length > 0) install(missing.map((program) => WANTED[program]));
const left = missingPrograms();
if (left.length > 0) process.stderr.write(`not installed: ${left.join(', ')}\n`);
process.exitCode = left.length === 0 ? 0 : 1;

function missingPrograms() {
  return Object.keys(WANTED).filter((name) => !isThere(name));
}

function isThere(name) {
  return name.startsWith('/') ? existsSync(name) : FOLDERS.some((folder) => existsSync(`${folder}/${name}`));
}

function install(packages) {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !FOLDERS.some((folder) => existsSync(`${folder}/apt-get`))) return;
  process.stderr.write(`installing ${packages.join(', ')}\n`);
  const forbid = !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 2, 2], timeout: LONGEST_STEP_MS };
  // Where no mirror can be reached, that should show in seconds.
  const network = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  const run = (...args) => spawnSync('apt-get', ['-qq', ...network, ...args], options);
  try {
    const how = ['install', '-y', '--no-install-recommends'];
    // The package lists of a fresh image may be missing or old.
    if (run(...how, ...packages).status !== 0) {
      run('update');
      run(...how, ...packages);
    }
  } finally {
    if (forbid) rmSync(POLICY, { force: true });
  }
}
