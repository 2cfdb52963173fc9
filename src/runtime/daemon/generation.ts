import { setMaxListeners } from 'node:events';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { RearguardError } from '../../core/errors.ts';
import { toRearguardError } from '../../core/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../tools/context.ts';
import { type Alerting, createAlerting } from '../alerts/alerting.ts';
import { createDelivery, type DeliveryService } from '../alerts/delivery.ts';
import { createNotifiers } from '../alerts/resolve-notifiers.ts';
import { runCheck } from '../check.ts';
import { conclusionsOf } from './check-conclusions.ts';
import type { LoadedGeneration } from './load-generation.ts';
import { type Change, type Monitor, startMonitor } from './monitor.ts';
import { repeat, within } from './repeat.ts';

const TICK_MS = 1_000;
/** So that a backlog of maintenance never holds the probes' results up for long. */
const MAINTENANCE_TURNS = 20;

/** One configuration while it runs. */
export interface Generation extends LoadedGeneration {
  running: readonly Monitor[];
  alerting: Alerting;
  delivery: DeliveryService;
  /** Ends everything, stores what is known and closes the runtime; what has not ended by then is left. */
  stop(graceMs: number): Promise<void>;
}

export interface Told {
  log: Log;
  onChange: (change: Change) => void;
  /** Where the console notifier writes. */
  writeLine: (line: string) => void;
  /** Something of ours failed that goes on: the store, mostly. */
  onFailure: (what: string, error: RearguardError) => void;
}

export async function startGeneration(loaded: LoadedGeneration, told: Told): Promise<Generation> {
  const { runtime, redactor } = loaded;
  const { config, clock } = runtime;
  const store = runtime.openStore();
  const alerting = createAlerting({
    store,
    settings: config.alerts,
    planned: config.maintenance,
    graph: loaded.graph,
    clock,
    redactor,
  });
  const notifiers = await createNotifiers(loaded.notifiers, {
    processes: (await runtime.world()).processes,
    clock,
    writeLine: told.writeLine,
    platform: process.platform,
  });
  const delivery = createDelivery({ store, notifiers, clock, random: runtime.random, log: told.log });
  const stopped = new AbortController();
  const { signal } = stopped;
  // Every loop and every lane of a notifier waits with it; each lets go again.
  setMaxListeners(0, signal);

  const report: Alerting['report'] = (source, conclusion) => {
    try {
      alerting.report(source, conclusion);
    } catch (thrown) {
      told.onFailure('alerting', toRearguardError(thrown));
    }
  };
  const tick = (): void => {
    alerting.tick();
    delivery.poke();
  };
  const checkAll = async (): Promise<void> => {
    const { report: found } = await runCheck(runtime, { signal });
    if (signal.aborted) return;
    for (const [tool, conclusion] of conclusionsOf(found)) report(checkSource(tool), conclusion);
  };

  const { checkEvery, maintainEvery } = config.serve;
  alerting.retain([
    ...loaded.monitors.map(({ tool }) => tool),
    ...(checkEvery === undefined ? [] : runtime.catalog.tools.map(({ name }) => checkSource(name))),
  ]);
  const running = loaded.monitors.map((monitor) =>
    startMonitor({
      ...monitor,
      runtime,
      log: told.log,
      onConclusion: report,
      onChange: (change) => told.onChange(redactor.deep(change)),
    }),
  );
  const loop = (what: string, everyMs: number, firstAfterMs: number, work: () => void | Promise<void>) =>
    repeat({ everyMs, firstAfterMs, clock, signal, onFailure: (error) => told.onFailure(what, error) }, work);
  const loops = [
    loop('alerting', TICK_MS, TICK_MS, tick),
    loop('maintenance', maintainEvery, maintainEvery, () => maintain(store, clock)),
    ...(checkEvery === undefined ? [] : [loop('check', checkEvery, checkEvery, checkAll)]),
  ];
  const delivering = delivery.run(signal);

  return {
    ...loaded,
    running,
    alerting,
    delivery,
    async stop(graceMs) {
      stopped.abort();
      const ending = [...running.map((monitor) => monitor.stop()), ...loops, delivering];
      await within(clock, graceMs, Promise.allSettled(ending));
      try {
        // What the monitors said last; what follows from it waits in the queue for the next start.
        alerting.tick();
      } catch (thrown) {
        told.onFailure('alerting', toRearguardError(thrown));
      }
      await runtime.close();
    },
  };
}

function checkSource(tool: string): string {
  return `check:${tool}`;
}

async function maintain(store: Store, clock: Clock): Promise<void> {
  for (let turn = 0; turn < MAINTENANCE_TURNS; turn += 1) {
    if (!store.maintain(clock.wallMs()).more) return;
    await turnOfTheLoop();
  }
}
