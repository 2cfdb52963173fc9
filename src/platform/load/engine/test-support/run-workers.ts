import { mergeInTime, mergeSideBySide } from '../../../../core/load/merge-ticks.ts';
import { latencyCount, type SparseHistogram } from '../../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, Exemplar, LoadTick } from '../../../../core/load/measure.ts';
import type { LoadPlan } from '../../../../core/load/plan.ts';
import type { FromWorker, ToWorker } from '../../bus/messages.ts';
import type { LoadWorker } from '../../bus/types.ts';
import { createLoadWorker } from '../load-worker.ts';

export interface WorkerRun {
  /** Everything that all workers counted. */
  total: LoadTick;
  ticks: readonly LoadTick[];
  exemplars: readonly Exemplar[];
  failed: string | null;
}

export interface RunOptions {
  workers?: number;
  /** Called with each tick; what it sends goes to all workers. */
  onTick?: (tick: LoadTick, send: (message: ToWorker) => void, ticks: number) => void;
  /** As the controller does, once a second; without, workers believe that they lost it. */
  alive?: boolean;
}

/** Runs a plan on this thread, with the messages that a controller would send. The clock is the event loop's own. */
export async function runWorkers(plan: LoadPlan, options: RunOptions = {}): Promise<WorkerRun> {
  const { workers = 1, onTick, alive = true } = options;
  const all: LoadWorker[] = [];
  const send = (message: ToWorker): void => all.forEach((worker) => worker.receive(message));
  const ticks: LoadTick[] = [];
  const exemplars: Exemplar[] = [];
  let failed: string | null = null;
  const timer = setInterval(() => alive && send({ kind: 'alive' }), 500);
  await new Promise<void>((resolve) => {
    let ready = 0;
    let ended = 0;
    const post = (message: FromWorker): void => {
      if (message.kind === 'ready') {
        ready += 1;
        if (ready === workers)
          send({ kind: 'go', startAtMs: performance.timeOrigin + performance.now() + 20 });
        return;
      }
      if (message.kind === 'tick') {
        ticks.push(message.tick);
        onTick?.(message.tick, send, ticks.length);
        return;
      }
      if (message.kind === 'failed') failed = message.message;
      else exemplars.push(...message.exemplars);
      ended += 1;
      if (ended === workers) resolve();
    };
    for (let worker = 0; worker < workers; worker += 1) all.push(createLoadWorker(post, { pacing: 'batch' }));
    const origins = plan.origins.map(({ url }) => ({
      url,
      address: '127.0.0.1',
      port: Number(new URL(url).port),
    }));
    for (const [worker, one] of all.entries()) {
      one.receive({ kind: 'prepare', plan, worker, workers, origins, variables: plan.variables });
    }
  });
  clearInterval(timer);
  const byWorker = workers === 1 ? [mergeInTime(ticks)] : ticks;
  return { total: { ...mergeSideBySide(byWorker), ...lastStates(ticks) }, ticks, exemplars, failed };
}

/** What is still there at the end; merging side by side would add up what one worker said again and again. */
function lastStates(ticks: readonly LoadTick[]): Pick<LoadTick, 'inFlight' | 'queued'> {
  const last = ticks.at(-1);
  return { inFlight: last?.inFlight ?? 0, queued: last?.queued ?? 0 };
}

export interface Sums {
  sent: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** Values in the histograms: of response times, and of those that are only known to be longer. */
  responses: number;
  censored: number;
  services: number;
}

export function sumsOf({ endpoints }: LoadTick): Sums {
  const count = (pick: (endpoint: EndpointMeasure) => number): number =>
    endpoints.reduce((sum, endpoint) => sum + pick(endpoint), 0);
  const values = (pick: (endpoint: EndpointMeasure) => SparseHistogram): number =>
    count((endpoint) => latencyCount(pick(endpoint)));
  return {
    sent: count(({ sent }) => sent),
    succeeded: count(({ succeeded }) => succeeded),
    failed: count(({ failed }) => Object.values(failed).reduce((sum, one) => sum + one, 0)),
    cancelled: count(({ cancelled }) => cancelled),
    responses: values(({ response }) => response),
    censored: values(({ censored }) => censored),
    services: values(({ service }) => service),
  };
}
