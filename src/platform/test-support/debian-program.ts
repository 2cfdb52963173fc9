import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, openSync, closeSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
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
export async function runPreparation(
  program: string,
  args: readonly string[],
  { directory }: ProgramPlace,
): Promise<void> {
  const child = launch({ program, args: () => args }, { port: 0, directory }, join(directory, 'prepare.log'));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program}: ${await readFile(join(directory, 'prepare.log'), 'utf8')}`);
}
