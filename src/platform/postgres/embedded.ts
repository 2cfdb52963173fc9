import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { RearguardError } from '../../core/errors.ts';
import { systemClock } from '../clock.ts';
import { unprivilegedAccount } from './account.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import { copyCluster } from './cluster-template.ts';
import { type KeeperPlan, startKeeper } from './keeper.ts';
import { publicTemporaryDirectory } from './temporary.ts';

export interface PostgresOptions {
  /** Where the data stays after the stop, to be found again by the next start. Without it the server is a throwaway. */
  directory?: string;
  /** A free one by default. */
  port?: number;
  /** Which PostgreSQL; by default the newest that is here. */
  major?: number;
  /** The user's project, where packages of other majors are looked for. */
  projectDirectory?: string;
  /**
   * For a throwaway whose files are edited from outside: no checksums, and a cluster that was initialised before, which is
   * there in a quarter of the time.
   */
  sandbox?: boolean;
  /** Server settings by name, as in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
  /** Aborting stops the server, also while it starts. */
  signal?: AbortSignal;
}

export interface RunningPostgres {
  /** Connection URL of the superuser, with a password made for this start. */
  url: string;
  port: number;
  directory: string;
  logPath: string;
  /** Fast shutdown; a throwaway's directory is gone afterwards. May be called more than once. */
  stop(): Promise<void>;
}

/** A throwaway need not survive a power cut. */
const THROWAWAY_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** They are the default since then, and the option that leaves them out is as old. */
const FIRST_WITH_CHECKSUMS = 18;
const START_DEADLINE_MS = 60_000;
/** The port was free when we looked; somebody may have taken it before the server did. */
const PORT_ATTEMPTS = 3;

/**
 * Starts a PostgreSQL from the npm package of this platform: no installed server, no root, loopback only. It stops with
 * `stop()`, with the signal, or when this process ends, however it ends.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  options.signal?.throwIfAborted();
  const { major, projectDirectory } = options;
  const binaries = await findBinaries({
    ...(major === undefined ? {} : { major }),
    ...(projectDirectory === undefined ? {} : { directory: projectDirectory }),
  });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return await startOnPort(binaries, port, options);
    } catch (error) {
      const portTaken =
        error instanceof Error && error.message.includes('could not create any TCP/IP sockets');
      if (!portTaken || options.port !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOnPort(
  binaries: PostgresBinaries,
  port: number,
  options: PostgresOptions,
): Promise<RunningPostgres> {
  const directory = await ownDirectory(options.directory);
  const password = randomBytes(24).toString('base64url');
  const plan = await planServer(binaries, { directory, port, password }, options);
  const keeper = startKeeper(plan);
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const abort = (): void => void stop();
  async function stop(): Promise<void> {
    options.signal?.removeEventListener('abort', abort);
    await stopKeeper(keeper);
  }
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await ready(url, keeper, options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  releaseEventLoop(keeper);
  return { url, port, directory, logPath: plan.logPath, stop };
}

/** A directory that the account of the server owns. */
async function ownDirectory(asked: string | undefined): Promise<string> {
  const directory = asked ?? (await mkdtemp(join(publicTemporaryDirectory(), 'rearguard-postgres-data-')));
  await mkdir(directory, { recursive: true });
  const account = unprivilegedAccount();
  if (account) await chown(directory, account.uid, account.gid);
  return directory;
}

async function planServer(
  binaries: PostgresBinaries,
  { directory, port, password }: { directory: string; port: number; password: string },
  options: PostgresOptions,
): Promise<KeeperPlan> {
  const { initdb, postgres, major } = binaries;
  const account = unprivilegedAccount();
  const throwaway = options.directory === undefined;
  const data = join(directory, 'data');
  const accessPath = join(directory, 'pg_hba.conf');
  await writeFile(accessPath, 'host all all 127.0.0.1/32 scram-sha-256\n');
  const settings = {
    ...(throwaway ? THROWAWAY_SETTINGS : {}),
    ...options.settings,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    hba_file: accessPath,
  };
  const initialising = initialisation(options.sandbox ?? false, major);
  if (throwaway && options.sandbox) {
    await copyCluster(binaries, initialising, { name: 'sandbox', data });
  }
  const initialise = { command: initdb, argv: ['-D', data, ...initialising], input: '' };
  // With the server down this needs no way in, so there is never a moment without a password.
  const setPassword = {
    command: postgres,
    // Before 14 the default is another one, which the rule of access does not take.
    argv: ['--single', '-F', '-D', data, '-c', 'password_encryption=scram-sha-256', 'postgres'],
    input: `ALTER ROLE postgres PASSWORD '${password}'\n`,
  };
  const serve = {
    command: postgres,
    argv: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    input: '',
  };
  return {
    steps: (await isCluster(data)) ? [setPassword, serve] : [initialise, setPassword, serve],
    directory,
    logPath: join(directory, 'postgres.log'),
    removeDirectory: throwaway,
    ...(account ? { account } : {}),
    environment: serverEnvironment(),
  };
}

function initialisation(sandbox: boolean, major: number): string[] {
  const usual = ['-U', 'postgres', '-E', 'UTF8', '--no-locale', '-A', 'trust', '--no-sync'];
  return sandbox && major >= FIRST_WITH_CHECKSUMS ? [...usual, '--no-data-checksums'] : usual;
}

async function isCluster(data: string): Promise<boolean> {
  return (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')) !== '';
}

/** Only what the server needs: nothing of ours, secrets least of all, belongs in its environment. */
function serverEnvironment(): Record<string, string> {
  const kept = process.platform === 'win32' ? ['SystemRoot', 'PATH', 'TEMP', 'TMP'] : [];
  const inherited = kept.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return { ...(Object.fromEntries(inherited) as Record<string, string>), LC_ALL: 'C', TZ: 'UTC' };
}

/** Waits until a connection succeeds; a server that gave up is reported with the end of its log. */
async function ready(url: string, keeper: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  let complaint = '';
  keeper.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let ended = false;
  keeper.once('close', () => (ended = true));
  const deadlineMs = systemClock.monotonicMs() + START_DEADLINE_MS;
  while (!(await accepts(url))) {
    signal?.throwIfAborted();
    if (ended) throw new RearguardError('E_DEMO_POSTGRES', { reason: reasonIn(complaint) });
    if (systemClock.monotonicMs() > deadlineMs) {
      throw new RearguardError('E_DEMO_POSTGRES', {
        reason: `no answer within ${START_DEADLINE_MS / 1_000} s`,
      });
    }
    await systemClock.sleep(25);
  }
  signal?.throwIfAborted();
}

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
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

/** The last lines that name an error, without the server's prefix of time and process. */
function reasonIn(log: string): string {
  const complaints = log.split('\n').filter((line) => /\b(FATAL|PANIC|ERROR|error)\b|: spawn /.test(line));
  return complaints.slice(-2).join('; ') || log.trim().split('\n').at(-1) || 'it ended without a word';
}

/** A caller who forgets `stop()` must still be able to end, and by ending stops the server. */
function releaseEventLoop(keeper: ChildProcess): void {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
}

async function stopKeeper(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const exited = once(keeper, 'exit');
  keeper.ref();
  keeper.stdin?.destroy();
  await exited;
}

/** PostgreSQL cannot pick a free port by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
