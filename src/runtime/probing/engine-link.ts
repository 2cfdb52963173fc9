import { Worker } from 'node:worker_threads';
import { RearguardError } from '../../core/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { createNetGuard } from '../../platform/net-guard.ts';
import { workerEntry } from '../../platform/worker-entry.ts';
import type { EngineReply, EngineRequest, WorkerSettings } from './messages.ts';

/** Where requests go, and replies come from. */
export interface EngineLink {
  send(request: EngineRequest): void;
  /** While it is held, the process stays alive for the replies. */
  hold(held: boolean): void;
  close(): Promise<void>;
}

export interface LinkEvents {
  onReply(reply: EngineReply): void;
  /** The engine is gone; no reply will come any more. */
  onLost(reason: RearguardError): void;
}

/**
 * The young generation is small, because a probe's garbage dies at once and the space is counted in our
 * memory; the old one is bounded, so that a defect ends the thread and not the machine.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

export function startWorkerLink(settings: WorkerSettings, events: LinkEvents): EngineLink {
  const worker = new Worker(workerEntry(import.meta.url, './worker'), {
    name: 'rearguard-probes',
    workerData: settings,
    resourceLimits: HEAP_LIMITS,
  });
  let open = true;
  function lost(cause?: unknown): void {
    if (open) events.onLost(lostError(cause));
    open = false;
  }
  worker.unref();
  worker.on('message', (reply: EngineReply) => events.onReply(reply));
  worker.on('error', lost);
  worker.on('exit', () => lost());

  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    send: (request) => worker.postMessage(request),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    close: async () => {
      open = false;
      await worker.terminate();
    },
  };
}

/**
 * The engine on this thread: our own work then shows in what it measures, as suspect samples. It is loaded only here: most
 * commands never probe, and where the worker does, this thread has no use for it.
 */
export async function startLocalLink(
  settings: WorkerSettings,
  clock: Clock,
  events: LinkEvents,
): Promise<EngineLink> {
  const { createProbeEngine } = await import('./engine.ts');
  const engine = createProbeEngine({
    clock,
    guard: createNetGuard(settings),
    post: (reply) => events.onReply(reply),
  });
  return {
    send: (request) => engine.receive(request),
    hold: () => undefined,
    close: () => Promise.resolve(),
  };
}

function lostError(cause?: unknown): RearguardError {
  const reason = cause instanceof Error ? cause.message : 'it ended by itself';
  return new RearguardError('E_INTERNAL', { message: `the probing thread was lost: ${reason}` }, { cause });
}
