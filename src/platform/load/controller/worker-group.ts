import { RearguardError } from '../../../core/errors.ts';
import type { Exemplar, LoadTick } from '../../../core/load/measure.ts';
import type { Clock } from '../../clock.ts';
import type { FromWorker, ToWorker } from '../bus/messages.ts';
import type { WorkerLink } from '../bus/types.ts';

const HEARTBEAT_MS = 1_000;
/** A worker sends five ticks a second; one that is silent for so long hangs, however busy the machine is. */
const SILENCE_MS = 10_000;

export interface GroupEvents {
  onTick(worker: number, tick: LoadTick): void;
  /** Its last word. */
  onEnded(worker: number, exemplars: readonly Exemplar[]): void;
  /** It is gone before its end; nothing of it comes any more. */
  onLost(worker: number, reason: string): void;
}

type Preparation = Omit<ToWorker & { kind: 'prepare' }, 'kind' | 'worker' | 'workers'>;

/** All workers of a run as one. */
export interface WorkerGroup {
  readonly size: number;
  /** Resolves when all are ready; rejects when one of them is not going to be, or with the signal's reason. */
  prepare(preparation: Preparation, signal: AbortSignal): Promise<void>;
  /** To all that go on. */
  broadcast(message: ToWorker): void;
  /** Those that have neither ended nor been lost. */
  going(): readonly number[];
  /** Counts a worker that still goes on as lost. */
  giveUp(worker: number, reason: string): void;
  close(): Promise<void>;
}

export function createWorkerGroup(
  links: readonly WorkerLink[],
  clock: Clock,
  events: GroupEvents,
): WorkerGroup {
  const going = new Set(links.keys());
  const ready = new Set<number>();
  const heardAtMs = links.map(() => clock.monotonicMs());
  let barrier: { resolve(): void; reject(reason: Error): void } | null = null;
  let beatAtMs = clock.monotonicMs();
  let callOffBeat = clock.after(HEARTBEAT_MS, beat);

  for (const [worker, link] of links.entries()) {
    link.listen({
      onMessage: (message) => receive(worker, message),
      onLost: (reason) => lose(worker, reason),
    });
  }

  function receive(worker: number, message: FromWorker): void {
    if (!going.has(worker)) return;
    heardAtMs[worker] = clock.monotonicMs();
    switch (message.kind) {
      case 'ready':
        ready.add(worker);
        if (ready.size === links.length) barrier?.resolve();
        break;
      case 'tick':
        events.onTick(worker, message.tick);
        break;
      case 'ended':
        going.delete(worker);
        events.onEnded(worker, message.exemplars);
        break;
      case 'failed':
      default:
        lose(worker, message.message);
    }
  }

  function lose(worker: number, reason: string): void {
    if (!going.delete(worker)) return;
    const message = `load worker ${worker + 1} of ${links.length} was lost: ${reason}`;
    barrier?.reject(new RearguardError('E_INTERNAL', { message }));
    events.onLost(worker, message);
  }

  function broadcast(message: ToWorker): void {
    for (const worker of going) links[worker]?.send(message);
  }

  function beat(): void {
    callOffBeat = clock.after(HEARTBEAT_MS, beat);
    broadcast({ kind: 'alive' });
    const nowMs = clock.monotonicMs();
    // After a standstill of our own (a suspended machine) what was sent meanwhile is still to be read.
    const stoodStill = nowMs - beatAtMs > 2 * HEARTBEAT_MS;
    beatAtMs = nowMs;
    for (const worker of going) {
      if (stoodStill) heardAtMs[worker] = nowMs;
      else if (ready.has(worker) && nowMs - (heardAtMs[worker] ?? nowMs) > SILENCE_MS) {
        lose(worker, `nothing was heard of it for ${SILENCE_MS / 1_000} s`);
      }
    }
  }

  return {
    size: links.length,
    prepare: (preparation, signal) =>
      new Promise((resolve, reject) => {
        const interrupted = (): void => barrier?.reject(signal.reason as Error);
        const settle = (): void => {
          barrier = null;
          signal.removeEventListener('abort', interrupted);
        };
        barrier = {
          resolve: () => {
            settle();
            resolve();
          },
          reject: (reason) => {
            settle();
            reject(reason);
          },
        };
        if (signal.aborted) return interrupted();
        signal.addEventListener('abort', interrupted, { once: true });
        for (const [worker, link] of links.entries()) {
          link.send({ kind: 'prepare', worker, workers: links.length, ...preparation });
        }
      }),
    broadcast,
    going: () => [...going],
    giveUp: lose,
    async close() {
      callOffBeat();
      going.clear();
      await Promise.all(links.map((link) => link.close()));
    },
  };
}
