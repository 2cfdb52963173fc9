import { countBy } from '../../core/group-by.ts';
import type { Store } from '../../store/store.ts';
import type { Generation } from './generation.ts';

/** A queue longer than this is told as this long: that it does not empty is what matters. */
const MAX_COUNTED = 1_000;

export interface DeliveryCounts {
  notifier: string;
  queued: number;
  /** Since the config was loaded, as the next two. */
  delivered: number;
  undeliverable: number;
  failedTries: number;
  failingSinceMs: number | null;
}

/** Every notifier of the config, and those that something still waits for. */
export function deliveryCounts(
  store: Pick<Store, 'deliveries'>,
  { delivery, runtime }: Pick<Generation, 'delivery' | 'runtime'>,
): DeliveryCounts[] {
  const waiting = store.deliveries.list({ state: 'queued', limit: MAX_COUNTED });
  const queued = new Map(
    countBy(waiting.map(({ notifier }) => notifier)).map(({ key, count }) => [key, count]),
  );
  const names = new Set([...Object.keys(runtime.config.alerts.notifiers), ...queued.keys()]);
  return [...names].map((notifier) => {
    const stats = delivery.stats().get(notifier);
    return {
      notifier,
      queued: queued.get(notifier) ?? 0,
      delivered: stats?.delivered ?? 0,
      undeliverable: stats?.undeliverable ?? 0,
      failedTries: stats?.failedTries ?? 0,
      failingSinceMs: stats?.failingSinceMs ?? null,
    };
  });
}
