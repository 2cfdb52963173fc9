import { setMaxListeners } from 'node:events';

/** A signal that follows others; dispose() lets go of them. */
export interface LinkedSignal {
  signal: AbortSignal;
  dispose: () => void;
}

/**
 * Aborts with the first of its sources, or after `timeoutMs`. AbortSignal.any() and AbortSignal.timeout() are held weakly in
 * Node 20: one that only has listeners may be collected and then never fires, so a run would never end.
 */
export function linkSignals(sources: readonly AbortSignal[], timeoutMs?: number): LinkedSignal {
  const controller = new AbortController();
  // Whatever a run has in flight waits for it: Node's warning about leaks from the eleventh on would be none.
  setMaxListeners(0, controller.signal);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError')),
          timeoutMs,
        );
  const forwards = sources.map((source) => ({ source, forward: () => abort(source.reason) }));
  function abort(reason: unknown): void {
    dispose();
    controller.abort(reason);
  }
  function dispose(): void {
    clearTimeout(timer);
    for (const { source, forward } of forwards) source.removeEventListener('abort', forward);
  }
  for (const { source, forward } of forwards) {
    if (source.aborted) forward();
    else source.addEventListener('abort', forward, { once: true });
  }
  return { signal: controller.signal, dispose };
}
