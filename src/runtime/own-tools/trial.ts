import { formatDuration } from '../../core/duration.ts';
import { formatSize } from '../../core/size.ts';
import { workerEntry } from '../../platform/worker-entry.ts';
import { type ChildEnd, runChild } from './child.ts';

/**
 * `begins`: the module is about to be loaded; `alive`: it waits so far; `back`: it was loaded, or threw; `stuck`: it waits, and there is nothing
 * left that could end that.
 */
export type TrialMessage = 'begins' | 'alive' | 'back' | 'stuck';

/** What comes of loading a module. */
export interface Verdict {
  /** Why it must not be loaded in a process that has to go on; null: it comes back, be it with an error. */
  reason: string | null;
  /** Whether the same files will fare the same again. False where something outside of them may be the cause. */
  isLasting: boolean;
}

export const BEAT_MS = 250;
/** A definition takes a few megabytes, Node and what it imports a hundred. */
const MAX_RESIDENT_BYTES = 500_000_000;
/** Node's last words on an error that nobody caught. */
const UNCAUGHT = /^\w*Error\b.*$/m;
/** How somebody, or a machine that runs out of memory, ends a process of others. */
const FROM_OUTSIDE: readonly (string | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Loads a module in a process of its own: a loop, a leak, a crash or a program that it waits for cannot be ended inside of ours, not
 * even in another thread of it. Never throws: where no process can be started, nothing is held against the module. What was
 * compiled for it is kept in `compiledFolder`.
 */
export async function tryModule(module: string, compiledFolder: string, limitMs: number): Promise<Verdict> {
  const stop = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  let last: TrialMessage | null = null;
  let lastMs = 0;
  try {
    const end = await runChild(workerEntry(import.meta.url, './trial-entry'), {
      args: [module, compiledFolder],
      cwd: process.cwd(),
      env: process.env,
      silenceMs: limitMs,
      maxResidentBytes: MAX_RESIDENT_BYTES,
      signal: stop.signal,
      onMessage(message) {
        last = message as TrialMessage;
        lastMs = performance.now();
        // A process that starts slowly is no fault of the module.
        limit ??= setTimeout(() => stop.abort(), limitMs);
        if (last === 'back' || last === 'stuck') stop.abort();
      },
    });
    const isResponsive = last === 'alive' && performance.now() - lastMs < limitMs / 2;
    return verdictOf(end, last, isResponsive, limitMs);
  } catch {
    return { reason: null, isLasting: false };
  } finally {
    clearTimeout(limit);
  }
}

function verdictOf(
  { cutOff, exitCode, signalCode, output }: ChildEnd,
  last: TrialMessage | null,
  isResponsive: boolean,
  limitMs: number,
): Verdict {
  if (last === 'back') return { reason: null, isLasting: true };
  if (last === 'stuck') return lasting('it waits at its top level for something that never comes');
  // The module was not reached.
  if (last === null) {
    return { reason: cutOff === null ? null : 'the process to try it in did not start', isLasting: false };
  }
  if (cutOff === 'memory')
    return lasting(`it took more than ${formatSize(MAX_RESIDENT_BYTES)} while it loaded`);
  if (cutOff !== null) {
    const does = isResponsive ? 'waits' : 'loops';
    const reason = `it did not load within ${formatDuration(limitMs)}: it ${does} at its top level`;
    return { reason, isLasting: !isResponsive };
  }
  const how = signalCode === null ? `with exit code ${exitCode ?? 'unknown'}` : `by ${signalCode}`;
  const said = UNCAUGHT.exec(output)?.[0];
  return {
    reason: `it ended the process that loaded it, ${how}${said === undefined ? '' : `: ${said}`}`,
    isLasting: !FROM_OUTSIDE.includes(signalCode),
  };
}

function lasting(reason: string): Verdict {
  return { reason, isLasting: true };
}
