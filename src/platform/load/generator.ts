import { availableParallelism } from 'node:os';
import type { LoadOutcome } from '../../core/load/measure.ts';
import type { LoadPlan } from '../../core/load/plan.ts';
import type { Clock } from '../clock.ts';
import type { AddressResolver } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import type { PinnedOrigin } from './bus/messages.ts';
import type { LoadBus } from './bus/types.ts';
import { assertWithinCeilings } from './controller/ceilings.ts';
import { mergeExemplars } from './controller/exemplars.ts';
import { openFrame, type SessionFrame } from './controller/session-frame.ts';
import { supervise, type Supervision } from './controller/supervise.ts';
import { workersNeeded } from './controller/workers-needed.ts';
import { pinOrigins } from './pin-origins.ts';
import type { LoadGenerator, LoadRun } from './types.ts';

export interface GeneratorOptions {
  /** Asked for every address of every origin, before anything is connected to. */
  guard: NetGuard;
  clock: Clock;
  /** Where workers run. */
  bus: LoadBus;
  /** Other than the machine's own lookup. */
  resolver?: AddressResolver;
}

/** Pins the origins, walks the set-up, places workers and starts them together; supervises them and walks the tear-down. */
export function createLoadGenerator(options: GeneratorOptions): LoadGenerator {
  return {
    async start(plan, { signal, confirmed, workers = workersNeeded(plan, availableParallelism()) }) {
      const { guard, clock, resolver } = options;
      assertWithinCeilings(plan);
      const { connectTimeoutMs } = plan.limits;
      const origins = await pinOrigins(plan.origins, {
        guard,
        clock,
        signal,
        confirmed,
        connectTimeoutMs,
        ...(resolver === undefined ? {} : { resolver }),
      });
      const frame = openFrame(plan, origins, clock);
      const failure = await frame.setUp(signal);
      if (failure !== null) return endedRun(failure, origins, clock);
      try {
        return await startWorkers(options, { plan, origins, frame, workers, signal });
      } catch (error) {
        await frame.tearDown();
        throw error;
      }
    },
  };
}

interface Prepared {
  plan: LoadPlan;
  origins: readonly PinnedOrigin[];
  frame: SessionFrame;
  workers: number;
  signal: AbortSignal;
}

async function startWorkers(
  { bus, clock }: GeneratorOptions,
  { plan, origins, frame, workers, signal }: Prepared,
): Promise<LoadRun> {
  const links = await bus.place(workers);
  const supervision = supervise(plan, links, clock);
  try {
    await supervision.group.prepare({ plan, origins, variables: frame.variables() }, signal);
  } catch (error) {
    await supervision.close();
    throw error;
  }
  const interrupt = (): void => supervision.stop('interrupted');
  signal.addEventListener('abort', interrupt, { once: true });
  supervision.go();
  return {
    ticks: supervision.ticks,
    change: supervision.change,
    stop: supervision.stop,
    get stopping() {
      return supervision.stopping;
    },
    outcome: conclude(supervision, frame, origins).finally(() =>
      signal.removeEventListener('abort', interrupt),
    ),
  };
}

async function conclude(
  supervision: Supervision,
  frame: SessionFrame,
  origins: readonly PinnedOrigin[],
): Promise<LoadOutcome> {
  const { exemplars, stopDetail, ...end } = await supervision.ended;
  await supervision.close();
  const failure = await frame.tearDown();
  return {
    ...end,
    stopDetail: stopDetail ?? (failure === null ? null : `tear-down failed at ${failure}`),
    addresses: addressesOf(origins),
    workers: supervision.group.size,
    exemplars: mergeExemplars(exemplars),
  };
}

/** A run whose set-up failed: no load was made. */
function endedRun(failure: string, origins: readonly PinnedOrigin[], clock: Clock): LoadRun {
  const stopDetail = `set-up failed at ${failure}`;
  const atMs = clock.wallMs();
  return {
    ticks: noTicks(),
    change: () => undefined,
    stop: () => undefined,
    stopping: { reason: 'set-up-failed', detail: stopDetail },
    outcome: Promise.resolve({
      startedAtMs: atMs,
      endedAtMs: atMs,
      stopReason: 'set-up-failed',
      stopDetail,
      addresses: addressesOf(origins),
      workers: 0,
      exemplars: [],
    }),
  };
}

async function* noTicks(): AsyncGenerator<never, void, void> {}

function addressesOf(origins: readonly PinnedOrigin[]): LoadOutcome['addresses'] {
  return origins.map(({ url, address, port }) => ({
    origin: url,
    address: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
  }));
}
