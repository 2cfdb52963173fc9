import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync, openSync, closeSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivilegedAccount } from '../postgres/account.ts';
import { publicTemporaryDirectory } from '../postgres/temporary.ts';
import { closedPort } from './servers.ts';

/**
 * Servers as Debian packages them, each on loopback, on a port of its own, in a folder of its own that goes with it, and
 * as `nobody` where we are root. Never the service of the system. They end with this process, however it ends.
 */

/** Where a program may write and listen. */
export interface ProgramPlace {
  port: number;
  directory: string;
}

export interface ProgramOptions {
  /** Its name on the path, or its path. */
  program: string;
  args: (place: ProgramPlace) => readonly string[];
  /** Writes its files before the start. What it writes must be readable for everybody. */
  prepare?: (place: ProgramPlace) => Promise<void>;
  /** Asked again until true; by default, whether the port accepts. */
  ready?: (place: ProgramPlace) => Promise<boolean>;
  environment?: (place: ProgramPlace) => Readonly<Record<string, string>>;
}

export interface RunningProgram extends ProgramPlace {
  pid: number;
  /** What it wrote to its outputs so far. */
  log(): Promise<string>;
  /** SIGSTOP: the kernel goes on accepting connections, nobody answers. Resolves once it stands still. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it at once, frozen or not, and removes its folder. May be called more than once. */
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 90_000;
/** The port was free when we looked; somebody may have taken it before the server did. */
const PORT_ATTEMPTS = 3;
/** `sbin` is not on everybody's path. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin'];

/**
 * Whether the program is here, with `setpriv` (util-linux) that lets it die with us. Throws where all servers are said to
 * be there (REARGUARD_REQUIRE_SERVERS=1), so that no test is left out by mistake.
 */
export function installed(program: string): boolean {
  const isHere = pathOf(program) !== undefined && pathOf('setpriv') !== undefined;
  if (!isHere && process.env['REARGUARD_REQUIRE_SERVERS'] === '1') throw new Error(`${program} is missing`);
  return isHere;
}

function pathOf(program: string): string | undefined {
  if (program.includes('/')) return isExecutable(program) ? program : undefined;
  return FOLDERS.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it and waits until it is ready. Throws with the end of its log when it gives up. */
export async function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      const isPortTaken = error instanceof Error && /in use/i.test(error.message);
      if (!isPortTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: ProgramOptions): Promise<RunningProgram> {
  const place = { port: await closedPort(), directory: await ownFolder() };
  const logPath = join(place.directory, 'output.log');
  const log = (): Promise<string> => readFile(logPath, 'utf8').catch(() => '');
  await options.prepare?.(place);
  const child = launch(options, place, logPath);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.program} cannot be started`);
  const ended = once(child, 'exit');
  async function stop(): Promise<void> {
    child.ref();
    signalGroup(child, 'SIGKILL');
    await ended;
    await rm(place.directory, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    await untilReady(child, () => (options.ready ?? isAccepting)(place));
  } catch (error) {
    const words = (await log()).slice(-1_000);
    await stop();
    throw new Error(`${options.program}: ${String(error)}: ${words}`, { cause: error });
  }
  child.unref();
  return {
    ...place,
    pid,
    log,
    stop,
    async freeze() {
      signalGroup(child, 'SIGSTOP');
      while (!(await isStopped(pid))) await sleep(1);
    },
    thaw: () => signalGroup(child, 'SIGCONT'),
  };
}

/** A folder that the server's account owns. */
async function ownFolder(): Promise<string> {
  const directory = await mkdtemp(join(publicTemporaryDirectory(), 'rearguard-server-'));
  const account = unprivilegedAccount();
  if (account) await chown(directory, account.uid, account.gid);
  return directory;
}

/** In a process group of its own, so that a server of several processes is stopped, or frozen, whole. */
function launch(options: ProgramOptions, place: ProgramPlace, logPath: string): ChildProcess {
  const account = unprivilegedAccount();
  const asAccount = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : [];
  const output = openSync(logPath, 'a', 0o666);
  const program = pathOf(options.program) ?? options.program;
  const child = spawn(
    pathOf('setpriv') ?? 'setpriv',
    [...asAccount, '--pdeathsig=KILL', program, ...options.args(place)],
    {
      cwd: place.directory,
      env: { PATH: FOLDERS.join(':'), HOME: place.directory, ...options.environment?.(place) },
      detached: true,
      stdio: ['ignore', output, output],
    },
  );
  closeSync(output);
  return child;
}

async function untilReady(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + START_DEADLINE_MS;
  while (!(await ready())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended before it was ready');
    if (performance.now() > giveUpAt) throw new Error(`not ready within ${START_DEADLINE_MS / 1_000} s`);
    await sleep(20);
  }
}

function isAccepting({ port }: ProgramPlace): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), signal);
}

/** The state letter follows the name in brackets (proc_pid_stat(5)). */
async function isStopped(pid: number): Promise<boolean> {
  return /\) [TtZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X'));
}

/** Runs a program of preparation to its end, as the server's account. */
async function run(program: string, args: readonly string[], { directory }: ProgramPlace): Promise<void> {
  const child = launch({ program, args: () => args }, { port: 0, directory }, join(directory, 'prepare.log'));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program}: ${await readFile(join(directory, 'prepare.log'), 'utf8')}`);
}

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
      await run('mariadb-install-db', [...how, `--datadir=${place.directory}/data`], place);
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
      run(
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
