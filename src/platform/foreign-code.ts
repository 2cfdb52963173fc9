import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Code of the user's that runs in our process. stdout holds results only, so what such code prints there goes to stderr; and it may not
 * end the process, which is not its own. Whatever it starts (timers, promises) counts as its own; code of ours beside it is not touched.
 */
const foreign = new AsyncLocalStorage<boolean>();
let isWatching = false;
let printedBytes = 0;

/** How much of what the user's code printed was kept off stdout in this process. */
export function foreignBytesPrinted(): number {
  return printedBytes;
}

/** Runs the user's code. */
export function asForeignCode<Result>(work: () => Result): Result {
  watchProcess();
  return foreign.run(true, work);
}

/** Runs code of ours that the user's calls back. */
export function asOwnCode<Result>(work: () => Result): Result {
  return foreign.run(false, work);
}

function watchProcess(): void {
  if (isWatching) return;
  isWatching = true;
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = ((...call: Parameters<typeof write>) => {
    if (foreign.getStore() !== true) return write(...call);
    printedBytes += Buffer.byteLength(call[0]);
    return stderr.write(...call);
  }) as typeof stdout.write;
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    if (foreign.getStore() === true) throw new Error(`it calls process.exit(${code ?? ''})`);
    return exit(code);
  };
}
