import type { Clock } from '../clock.ts';
import { createStopper, onStop, type StopSignal } from './stop-signal.ts';

/** The one hard limit over a piece of work. Everything that waits listens to `signal`, and frees what it holds when it aborts. */
export interface Deadline {
  readonly signal: StopSignal;
  remainingMs(): number;
  /** The work is over: ends the timer, and whatever was started for it and is still waiting. */
  stop(): void;
}

/** The abort reason when time ran out. */
export class DeadlineExceeded extends Error {}
/** The abort reason when the caller gave up before time ran out. */
export class Cancelled extends Error {}

/** Made once: every deadline ends with it, and an Error is expensive. */
const OVER = new Cancelled('over');

/** `atMonotonicMs` is a point on the clock's monotonic axis. A parent that aborts first wins, with its own reason when it is a deadline too. */
export function startDeadline(clock: Clock, atMonotonicMs: number, parent?: StopSignal): Deadline {
  const stopper = createStopper();
  const remainingMs = (): number => Math.max(0, atMonotonicMs - clock.monotonicMs());
  let callOffTimer = (): void => undefined;

  const end = (reason: Error): void => {
    callOffTimer();
    parent?.removeEventListener('abort', onParentAbort);
    stopper.stop(reason);
  };
  const exceeded = (): void => end(new DeadlineExceeded('deadline exceeded'));
  function onParentAbort(): void {
    end(parent?.reason instanceof DeadlineExceeded ? parent.reason : new Cancelled('cancelled'));
  }

  const leftMs = remainingMs();
  if (parent?.aborted === true) onParentAbort();
  else if (leftMs === 0) exceeded();
  else {
    if (parent !== undefined) onStop(parent, onParentAbort);
    callOffTimer = clock.after(leftMs, exceeded);
  }
  return { signal: stopper.signal, remainingMs, stop: () => end(OVER) };
}

/**
 * Event-driven work as a promise that the signal can end. `work` starts it and returns what frees its resources,
 * which runs only on abort; the promise then rejects with the abort reason.
 */
export function abortable<T>(
  signal: StopSignal,
  work: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let settled = false;
    const settle = (): void => {
      settled = true;
      signal.removeEventListener('abort', onAbort);
    };
    const free = work(
      (value) => {
        settle();
        resolve(value);
      },
      (reason) => {
        settle();
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      },
    );
    function onAbort(): void {
      reject(signal.reason);
      // The events that freeing sets off come after whoever waits has looked at the phase that was reached.
      queueMicrotask(free);
    }
    if (!settled) signal.addEventListener('abort', onAbort);
  });
}
