import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import {
  installed,
  type ProgramOptions,
  type ProgramPlace,
  type RunningProgram,
  runPreparation,
  startProgram,
} from './debian-program.ts';

/** Servers as Debian packages them; `debian-program.ts` says how each is run. */
/** `args` go onto its command line, a directive each: `--requirepass secret`, `--replicaof 127.0.0.1 6379`. */
export function startRedis(options: { args?: readonly string[] } = {}): Promise<RunningProgram> {
  return startProgram({
    program: 'redis-server',
    args: ({ port, directory }) => [
      `--port ${port}`,
      '--bind 127.0.0.1',
      `--dir ${directory}`,
      '--save ""',
      ...(options.args ?? []),
    ],
  });
}

/** `sql` is run at the start, a statement a line: `CREATE USER ...;`. Root over TCP has no password. */
export function startMariadb(
  options: { args?: readonly string[]; sql?: string } = {},
): Promise<RunningProgram> {
  return startProgram({
    program: 'mariadbd',
    prepare: async (place) => {
      await writeFile(join(place.directory, 'start.sql'), options.sql ?? '');
      const how = ['--no-defaults', '--skip-test-db', '--auth-root-authentication-method=normal'];
      await runPreparation('mariadb-install-db', [...how, `--datadir=${place.directory}/data`], place);
    },
    args: ({ port, directory }) => [
      '--no-defaults',
      `--datadir=${directory}/data`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${directory}/socket`,
      `--pid-file=${directory}/pid`,
      `--init-file=${directory}/start.sql`,
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
      ...(options.args ?? []),
    ],
  });
}

/** Debian's PostgreSQL, which has extensions that no npm package has (HypoPG). */
const DEBIAN_POSTGRES = '/usr/lib/postgresql/15/bin/postgres';
const HYPOPG = '/usr/share/postgresql/15/extension/hypopg.control';

/** Whether Debian's PostgreSQL 15 and HypoPG are here; throws as installed() does. */
export function hypopgInstalled(): boolean {
  if (!installed(DEBIAN_POSTGRES)) return false;
  if (existsSync(HYPOPG)) return true;
  if (process.env['REARGUARD_REQUIRE_SERVERS'] === '1') throw new Error(`${HYPOPG} is missing`);
  return false;
}

/** The superuser `postgres` may connect without a password. `settings` are those of the server, by name. */
export function startDebianPostgres(
  options: { settings?: Readonly<Record<string, string>> } = {},
): Promise<RunningProgram> {
  return startProgram({
    program: DEBIAN_POSTGRES,
    prepare: (place) =>
      runPreparation(
        join(dirname(DEBIAN_POSTGRES), 'initdb'),
        [
          '-D',
          `${place.directory}/data`,
          '-U',
          'postgres',
          '-E',
          'UTF8',
          '--no-locale',
          '-A',
          'trust',
          '--no-sync',
        ],
        place,
      ),
    ready: isReadyForQueries,
    args: ({ port, directory }) => {
      const settings = Object.entries({ fsync: 'off', ...options.settings });
      const place = ['-D', `${directory}/data`, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
      return place.concat(settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]));
    },
  });
}

/** Runs statements as the superuser. */
export async function runDebianSql({ port }: Pick<ProgramPlace, 'port'>, sql: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** While it starts up it accepts connections and refuses them. */
async function isReadyForQueries({ port }: ProgramPlace): Promise<boolean> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `config` is the text of mosquitto.conf beside the listener; without it, everybody may connect. */
export function startMosquitto(options: { config?: string } = {}): Promise<RunningProgram> {
  return startProgram({
    program: 'mosquitto',
    prepare: ({ port, directory }) =>
      writeFile(
        join(directory, 'mosquitto.conf'),
        `listener ${port} 127.0.0.1\n${options.config ?? 'allow_anonymous true'}\n`,
      ),
    args: ({ directory }) => ['-c', join(directory, 'mosquitto.conf')],
  });
}

/** `args` go onto its command line: `--user`, `--pass`, `--auth`, ... */
export function startNats(options: { args?: readonly string[] } = {}): Promise<RunningProgram> {
  return startProgram({
    program: 'nats-server',
    args: ({ port }) => ['--addr', '127.0.0.1', '--port', String(port), ...(options.args ?? [])],
  });
}

/**
 * `http` is what stands inside `http { }`, with the server that listens on the port; `connections` at once, by default 512;
 * `files` are put into its folder.
 */
export function startNginx(options: {
  http: (place: ProgramPlace) => string;
  connections?: number;
  files?: Readonly<Record<string, string>>;
}): Promise<RunningProgram> {
  const { connections = 512 } = options;
  return startProgram({
    program: 'nginx',
    prepare: async (place) => {
      for (const [name, content] of Object.entries(options.files ?? {})) {
        await writeFile(join(place.directory, name), content);
      }
      const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${place.directory}/${name};`)
        .join(' ');
      const main = `daemon off; worker_processes 1; pid ${place.directory}/nginx.pid; error_log stderr;`;
      const many = `worker_rlimit_nofile ${connections + 64}; events { worker_connections ${connections}; }`;
      await writeFile(
        join(place.directory, 'nginx.conf'),
        `${main}\n${many}\nhttp { access_log off; ${folders}\n${options.http(place)}\n}\n`,
      );
    },
    args: ({ directory }) => ['-p', directory, '-e', 'stderr', '-c', join(directory, 'nginx.conf')],
  });
}

/** `args` hold its records: `--host-record=shop.test,192.0.2.1`, `--address=/gone.test/`. It asks nobody else. */
export function startDnsmasq(options: { args: readonly string[] }): Promise<RunningProgram> {
  return startProgram({
    program: 'dnsmasq',
    args: ({ port }) => [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--no-poll',
      `--port=${port}`,
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      '--pid-file',
      '--log-facility=-',
      ...options.args,
    ],
  });
}

/** Debian's start script wants its own account; the one below it runs as anybody. */
export const RABBITMQ_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** `guest` with the password `guest` may connect. `config` is the text of rabbitmq.conf beside the listener. */
export async function startRabbit(options: { config?: string } = {}): Promise<RunningProgram> {
  // Erlang would start a port mapper that outlives everything; it takes the one it finds.
  const mapper = await startProgram({
    program: 'epmd',
    args: ({ port }) => ['-port', String(port), '-address', '127.0.0.1'],
  });
  try {
    const rabbit = await startProgram(rabbitProgram(mapper.port, options.config ?? ''));
    const stop = async (): Promise<void> => {
      await rabbit.stop();
      await mapper.stop();
    };
    return { ...rabbit, stop };
  } catch (error) {
    await mapper.stop();
    throw error;
  }
}

function rabbitProgram(mapperPort: number, config: string): ProgramOptions {
  return {
    program: RABBITMQ_SERVER,
    args: () => [],
    prepare: ({ port, directory }) =>
      writeFile(join(directory, 'rabbitmq.conf'), `listeners.tcp.default = 127.0.0.1:${port}\n${config}\n`),
    environment: ({ port, directory }) => ({
      // The Erlang machine takes the place of the script, so that a signal reaches it.
      RUNNING_UNDER_SYSTEMD: 'true',
      ERL_EPMD_PORT: String(mapperPort),
      RABBITMQ_NODENAME: `rearguard-${port}@localhost`,
      RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_LOGS: '-',
    }),
  };
}
