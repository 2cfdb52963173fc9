import { setMaxListeners } from 'node:events';

/**
 * The part of an AbortSignal that probes use. Every probe needs several, and in Node 20 an AbortController with its event and
 * its DOMException costs more than a parsed answer; whoever has a real one may pass it.
 */
export interface StopSignal {
  readonly aborted: boolean;
  /** Why; an Error once aborted. */
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Stopper {
  readonly signal: StopSignal;
  /** Calls every listener, once; later calls change nothing. */
  stop(reason: Error): void;
}

export function createStopper(): Stopper {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    reason: undefined as Error | undefined,
    addEventListener: (_: 'abort', listener: () => void): void => void listeners.add(listener),
    removeEventListener: (_: 'abort', listener: () => void): void => void listeners.delete(listener),
  };
  return {
    signal,
    stop(reason) {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}

/** Many probes may share one signal, and each takes its listener away again: Node's warning of a leak would be wrong. */
export function onStop(signal: StopSignal, listener: () => void): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  signal.addEventListener('abort', listener);
}
