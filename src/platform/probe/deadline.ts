import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';

/** The one hard limit over a piece of work. Everything that waits listens to `signal`, and frees what it holds when it aborts. */
export interface Deadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** The work is over: ends the timer, and whatever was started for it and is still waiting. */
  stop(): void;
}

/** The abort reason when time ran out. */
export class DeadlineExceeded extends Error {}
/** The abort reason when the caller gave up before time ran out. */
export class Cancelled extends Error {}

/** `atMonotonicMs` is a point on the clock's monotonic axis. A parent that aborts first wins, with its own reason when it is a deadline too. */
export function startDeadline(clock: Clock, atMonotonicMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const timer = new AbortController();
  const remainingMs = (): number => Math.max(0, atMonotonicMs - clock.monotonicMs());

  const onParentAbort = (): void => {
    const reason: unknown = parent?.reason;
    controller.abort(reason instanceof DeadlineExceeded ? reason : new Cancelled('cancelled'));
  };
  const stop = (): void => {
    parent?.removeEventListener('abort', onParentAbort);
    timer.abort(new Cancelled('over'));
    controller.abort(new Cancelled('over'));
  };

  if (parent?.aborted) onParentAbort();
  else if (remainingMs() === 0) controller.abort(new DeadlineExceeded('deadline exceeded'));
  else {
    if (parent !== undefined) {
      // Many probes may share one signal; each takes its listener away again.
      setMaxListeners(0, parent);
      parent.addEventListener('abort', onParentAbort, { once: true });
    }
    void clock.sleep(remainingMs(), timer.signal).then(
      () => controller.abort(new DeadlineExceeded('deadline exceeded')),
      () => undefined,
    );
  }
  return { signal: controller.signal, remainingMs, stop };
}

/**
 * Event-driven work as a promise that the signal can end. `work` starts it and returns what frees its resources,
 * which runs only on abort; the promise then rejects with the abort reason.
 */
export function abortable<T>(
  signal: AbortSignal,
  work: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    let settled = false;
    const settle = (finish: () => void): void => {
      settled = true;
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const free = work(
      (value) => settle(() => resolve(value)),
      (reason) => settle(() => reject(reason instanceof Error ? reason : new Error(String(reason)))),
    );
    function onAbort(): void {
      reject(signal.reason as Error);
      free();
    }
    if (!settled) signal.addEventListener('abort', onAbort, { once: true });
  });
}
