import type { Clock } from '../platform/clock.ts';
import type { LoadBus } from '../platform/load/bus/types.ts';
import type { LoadGenerator } from '../platform/load/types.ts';
import type { NetGuard } from '../platform/net-guard.ts';

/** Loads the generator with the first run: hardly any command makes load. */
export function lazyLoadGenerator(
  guard: NetGuard,
  { clock, workerThreads }: { clock: Clock; workerThreads: boolean },
): LoadGenerator {
  return {
    async start(plan, options) {
      const { createLoadGenerator } = await import('../platform/load/generator.ts');
      const bus = workerThreads ? await threadBus() : await sameThreadBus();
      return createLoadGenerator({ guard, clock, bus }).start(plan, options);
    },
  };
}

async function threadBus(): Promise<LoadBus> {
  const { createThreadBus } = await import('../platform/load/bus/worker-threads.ts');
  return createThreadBus();
}

async function sameThreadBus(): Promise<LoadBus> {
  const { createSameThreadBus } = await import('../platform/load/bus/same-thread.ts');
  return createSameThreadBus();
}
