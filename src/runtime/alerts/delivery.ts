import { reasonOf } from '../../core/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Delivery } from '../../store/alert-store.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../tools/context.ts';
import { pause, tryOnce } from './delivery-try.ts';
import type { Notifier, SendOutcome } from './notifiers/notifier.ts';
import { nextTryAtMs } from './retry.ts';

export interface DeliveryOptions {
  store: Pick<Store, 'deliveries'>;
  /** By name. What waits for a name that is not here is given up. */
  notifiers: ReadonlyMap<string, Notifier>;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  log: Log;
  onSettled?: (settled: { delivery: Delivery; state: 'delivered' | 'undeliverable'; error?: string }) => void;
}

/** Empties the durable queues of the notifiers. */
export interface DeliveryService {
  /** Until the signal is aborted; a try that is under way then has a moment to end. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  /** Something was queued. */
  poke(): void;
  /** By notifier, since the start. */
  stats(): ReadonlyMap<string, Readonly<DeliveryStats>>;
}

export interface DeliveryStats {
  delivered: number;
  undeliverable: number;
  failedTries: number;
  /** Since when the message at the head of the queue has failed; null while nothing fails. */
  failingSinceMs: number | null;
}

/** How often the store is asked without a poke: another process may have queued something, or the store was busy. */
const POLL_MS = 30_000;
/** A wall clock that was set back must not make a message wait for long. */
const MAX_WAIT_MS = 3_600_000;
const STORE_RETRY_MS = 1_000;

/**
 * Delivers at least once: a try is recorded when its outcome is known, so a kill between the two sends the same message again,
 * with the same id. Each notifier has a lane of its own: strictly in order within, independent of all the others.
 */
export function createDelivery(options: DeliveryOptions): DeliveryService {
  const { store, notifiers, clock, random, log, onSettled } = options;
  const lanes = new Map<string, Promise<void>>();
  const counts = new Map<string, DeliveryStats>();
  let stopped: AbortSignal | undefined;
  let isStoreFailing = false;

  return {
    async run(signal) {
      stopped = signal;
      while (!signal.aborted) {
        wakeLanes(signal);
        await pause(clock, POLL_MS, signal);
      }
      await Promise.all(lanes.values());
    },
    poke() {
      if (stopped !== undefined && !stopped.aborted) wakeLanes(stopped);
    },
    stats: () => counts,
  };

  function wakeLanes(signal: AbortSignal): void {
    for (const { notifier } of readHeads()) {
      if (!lanes.has(notifier)) lanes.set(notifier, drain(notifier, signal));
    }
  }

  /** Ends when the queue is empty; the lane is gone in the same turn, so that a poke right after opens a new one. */
  async function drain(name: string, signal: AbortSignal): Promise<void> {
    // So that the lane is registered before it can end.
    await Promise.resolve();
    for (let head = headOf(name); head !== undefined && !signal.aborted; head = headOf(name)) {
      const notifier = notifiers.get(name);
      if (notifier === undefined) {
        await settle(head, 'undeliverable', signal, `there is no notifier ${name} in the config any more`);
        continue;
      }
      const waitMs = head.nextAttemptAtMs - clock.wallMs();
      if (waitMs > 0) await pause(clock, Math.min(waitMs, MAX_WAIT_MS), signal);
      if (signal.aborted) break;
      const outcome = await tryOnce(notifier, head.message, { clock, stop: signal });
      if (outcome !== undefined) await record(head, outcome, signal);
    }
    lanes.delete(name);
  }

  async function record(head: Delivery, outcome: SendOutcome, signal: AbortSignal): Promise<void> {
    if (outcome.kind === 'delivered') return settle(head, 'delivered', signal);
    if (outcome.kind === 'rejected') return settle(head, 'undeliverable', signal, outcome.error);
    const { error, afterMs } = outcome;
    const nowMs = clock.wallMs();
    const { queuedAtMs, position } = head;
    const failures = head.attempts + 1;
    const nextAttemptAtMs = nextTryAtMs({ queuedAtMs, failures, nowMs, afterMs, random });
    if (nextAttemptAtMs === null) {
      return settle(head, 'undeliverable', signal, `given up after ${failures} tries: ${error}`);
    }
    const stats = statsOf(head.notifier);
    stats.failedTries += 1;
    if (stats.failingSinceMs === null) {
      log.warn(`Notifier ${head.notifier}: not delivered yet, trying again: ${error}`);
    }
    stats.failingSinceMs ??= nowMs;
    await write(() => store.deliveries.attempted(position, { error, nextAttemptAtMs }), signal);
  }

  async function settle(
    delivery: Delivery,
    state: 'delivered' | 'undeliverable',
    signal: AbortSignal,
    error?: string,
  ): Promise<void> {
    const { notifier, position, message } = delivery;
    await write(() => store.deliveries.settle(position, state, clock.wallMs(), error), signal);
    const stats = statsOf(notifier);
    stats[state] += 1;
    if (state === 'undeliverable') {
      log.warn(`Notifier ${notifier}: undeliverable: ${JSON.stringify(message.title)}: ${error}`);
    } else if (stats.failingSinceMs !== null) {
      log.info(`Notifier ${notifier}: delivers again.`);
    }
    stats.failingSinceMs = null;
    onSettled?.({ delivery, state, ...(error === undefined ? {} : { error }) });
  }

  /** A message that was delivered and is not recorded would be sent again: the store is asked until it takes it. */
  async function write(action: () => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        action();
        isStoreFailing = false;
        return;
      } catch (thrown) {
        warnOfStore('written', thrown);
        if (signal.aborted) return;
        await pause(clock, STORE_RETRY_MS, signal);
      }
    }
  }

  function headOf(name: string): Delivery | undefined {
    return readHeads().find(({ notifier }) => notifier === name);
  }

  function readHeads(): Delivery[] {
    try {
      return store.deliveries.heads();
    } catch (thrown) {
      warnOfStore('read', thrown);
      return [];
    }
  }

  /** Once for each outage: it is asked every second. */
  function warnOfStore(done: 'read' | 'written', thrown: unknown): void {
    if (!isStoreFailing) log.warn(`The queue of the notifiers cannot be ${done}: ${reasonOf(thrown)}`);
    isStoreFailing = true;
  }

  function statsOf(name: string): DeliveryStats {
    const known = counts.get(name);
    if (known !== undefined) return known;
    const fresh = { delivered: 0, undeliverable: 0, failedTries: 0, failingSinceMs: null };
    counts.set(name, fresh);
    return fresh;
  }
}
