import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FaultName } from './faults.ts';

/** What the demo asks of its parts over IPC; there is no public way in. */
export type Request<Options> =
  | { kind: 'start'; options: Options }
  | { kind: 'faults'; names: readonly FaultName[] }
  | { kind: 'deploy'; release: string }
  | { kind: 'stop' };

/** A part of the demo, seen from inside its process. */
export interface Part<Options, Ready> {
  start(options: Options): Promise<Ready>;
  setFaults?(names: ReadonlySet<FaultName>): Promise<void> | void;
  deploy?(release: string): void;
  stop(): Promise<void>;
  /** The last thing before the process ends, also when the one that started it was killed. */
  leave?(): void;
}

type Numbered<Options> = Request<Options> & { id: number };
interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** Serves a part to the process that forked us, and ends with it. */
export function serve<Options, Ready>(part: Part<Options, Ready>): void {
  // Ctrl-C reaches the whole process group; the demo decides what stops when.
  process.on('SIGINT', () => undefined);
  const leave = (): void => {
    part.leave?.();
    process.exit(0);
  };
  process.on('disconnect', leave);
  process.on('SIGTERM', leave);
  process.on('SIGHUP', leave);
  process.on('message', (request: Numbered<Options>) => {
    handle(part, request).then(
      (result) => answer({ id: request.id, result }),
      (error: unknown) =>
        answer({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

function answer(message: Answer): void {
  if (process.connected) process.send?.(message);
}

async function handle<Options, Ready>(
  part: Part<Options, Ready>,
  request: Request<Options>,
): Promise<unknown> {
  if (request.kind === 'start') return part.start(request.options);
  if (request.kind === 'faults') await part.setFaults?.(new Set(request.names));
  if (request.kind === 'deploy') part.deploy?.(request.release);
  if (request.kind === 'stop') await part.stop();
  return null;
}

/** A part of the demo, seen from the process that started it. */
export interface PartProcess<Options> {
  /** Never settles while it is frozen. */
  ask(request: Request<Options>): Promise<unknown>;
  /** Holds it where it stands, as a hung machine would: the kernel still accepts connections for it, and nobody answers. */
  freeze(): void;
  thaw(): void;
  /** Asks it to stop, and ends it when it does not. */
  end(): Promise<void>;
  /** At once, frozen or not; for somebody's last moments. A frozen process does not see that it has lost us. */
  kill(): void;
}

const STOP_TIMEOUT_MS = 5_000;

/** Starts `<name>/main.js` as a process of its own. */
export function startPart<Options>(name: string, { quiet }: { quiet: boolean }): PartProcess<Options> {
  const child = fork(compiledEntry(name), {
    stdio: ['ignore', 'ignore', quiet ? 'ignore' : 'inherit', 'ipc'],
    execArgv: [],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  child.on('message', (message: Answer) => {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  child.on('exit', () => {
    for (const [id, settle] of waiting) settle({ id, error: `the ${name} process ended` });
    waiting.clear();
  });
  child.on('error', () => undefined);

  function ask(request: Request<Options>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error(`the ${name} process ended`));
      lastId += 1;
      waiting.set(lastId, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${name}: ${error}`));
      });
      child.send({ ...request, id: lastId });
    });
  }
  const thaw = (): void => void child.kill('SIGCONT');
  return {
    ask,
    freeze: () => void child.kill('SIGSTOP'),
    thaw,
    kill: () => void child.kill('SIGKILL'),
    async end() {
      if (hasEnded(child)) return;
      thaw();
      const exited = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ask({ kind: 'stop' }).catch(() => undefined);
      if (child.connected) child.disconnect();
      await exited;
      clearTimeout(timer);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Node 20 runs no TypeScript: a demo started from its sources uses the parts of the last build. */
function compiledEntry(name: string): string {
  const base = import.meta.url.endsWith('.ts') ? '../dist/demo/' : './';
  return fileURLToPath(new URL(`${base}${name}/main.js`, import.meta.url));
}
