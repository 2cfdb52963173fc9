import { RearguardError, toRearguardError } from '../../core/errors.ts';
import type { MetricValue } from '../../core/metric.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { watchConfigFile } from './config-watch.ts';
import { daemonMetrics, startLagWatch } from './daemon-metrics.ts';
import { deliveryCounts } from './delivery-counts.ts';
import { createFailureLog } from './failure-log.ts';
import type { Generation, Told } from './generation.ts';
import { startGenerations } from './generations.ts';
import { type Lease, RENEW_EVERY_MS, takeLease } from './lease.ts';
import { type LoadedGeneration, loadGeneration, type ServeAccess } from './load-generation.ts';
import { repeat } from './repeat.ts';
import type { DaemonStatus } from './status.ts';

export interface DaemonOptions extends Omit<Told, 'onFailure'> {
  /** For every generation. */
  runtime: RuntimeOptions;
  /** A configuration is about to take over: whoever listens follows here. What it throws keeps the old one. */
  onAccess: (access: ServeAccess) => Promise<void>;
  /** Ends a start that waits. */
  signal: AbortSignal;
}

/** Every monitor of one store, its alerts and their delivery, until it is stopped. */
export interface Daemon {
  /** A connection of its own: it stays while configurations come and go. */
  readonly store: Store;
  /** The configuration that runs now. */
  generation: () => Generation;
  status: () => DaemonStatus;
  metrics: () => MetricValue[];
  /** Brings the config into force as it is now; a wrong one changes nothing but the status. */
  reload: () => Promise<void>;
  /** Resolves when the daemon cannot go on. */
  lost: Promise<RearguardError>;
  /** Monitors store what they have, deliveries in flight end or stay queued; within five seconds. */
  stop: () => Promise<void>;
}

/** Throws whatever is wrong with the config, E_SERVE_RUNNING, E_STORE_* and what `onAccess` throws. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { clock = systemClock, random = Math.random } = options.runtime;
  const first = await loadGeneration(options.runtime);
  let store: Store | undefined;
  try {
    const { config } = first.runtime;
    store = openStore({ ...config.store, clock });
    const storePath = config.store.path;
    const lease = await takeLease({ store, storePath, clock, random, signal: options.signal });
    try {
      await options.onAccess(first.access);
      return await startWatching(options, first, { store, lease, clock });
    } catch (thrown) {
      lease.release();
      throw thrown;
    }
  } catch (thrown) {
    store?.close();
    await first.runtime.close();
    throw thrown;
  }
}

async function startWatching(
  options: DaemonOptions,
  first: LoadedGeneration,
  { store, lease, clock }: { store: Store; lease: Lease; clock: Clock },
): Promise<Daemon> {
  const startedAtMs = clock.wallMs();
  const { config } = first.runtime;
  const failures = createFailureLog(options.log, clock);
  if (lease.gap !== null) store.samples.gap(lease.gap);
  const generations = await startGenerations(
    first,
    { ...options, onFailure: failures.add },
    () => loadGeneration(options.runtime),
    options.onAccess,
  );
  const stopped = new AbortController();
  const renewals = keepRenewing(lease, {
    storePath: config.store.path,
    clock,
    signal: stopped.signal,
    onRenewed: () => failures.clear('lease'),
    onFailure: (error) => failures.add('lease', error),
  });
  const lag = startLagWatch();
  const { path } = config;
  const watching = path === undefined ? undefined : await watchConfigFile(path, generations.reload);

  function status(): DaemonStatus {
    const { isReloading, ...configState } = generations.state();
    return {
      pid: process.pid,
      startedAtMs,
      nowMs: clock.wallMs(),
      configPath: path ?? null,
      storePath: config.store.path,
      config: configState,
      isReloading,
      lease: { renewedAtMs: renewals.lastAtMs() },
      failures: failures.list(),
      monitors: generations.current().running.map((monitor) => monitor.status()),
    };
  }

  return {
    store,
    generation: generations.current,
    status,
    metrics() {
      const generation = generations.current();
      return [
        ...daemonMetrics(status(), generation, deliveryCounts(store, generation), lag.p99Ms()),
        ...generation.running.flatMap((monitor) => monitor.metrics()),
      ];
    },
    reload: generations.reload,
    lost: renewals.lost,
    async stop() {
      watching?.stop();
      await generations.stop();
      stopped.abort();
      lag.stop();
      try {
        lease.release();
      } catch (thrown) {
        failures.add('lease', toRearguardError(thrown));
      }
      store.close();
    },
  };
}

function keepRenewing(
  lease: Lease,
  options: {
    storePath: string;
    clock: Clock;
    signal: AbortSignal;
    onRenewed: () => void;
    onFailure: (error: RearguardError) => void;
  },
): { lastAtMs: () => number; lost: Promise<RearguardError> } {
  const { storePath, clock, onRenewed } = options;
  let lastAtMs = clock.wallMs();
  const lost = new Promise<RearguardError>((resolve) => {
    const renew = (): void => {
      if (!lease.renew()) return resolve(takenOver(storePath));
      lastAtMs = clock.wallMs();
      onRenewed();
    };
    void repeat({ ...options, everyMs: RENEW_EVERY_MS, firstAfterMs: RENEW_EVERY_MS }, renew);
  });
  return { lastAtMs: () => lastAtMs, lost };
}

function takenOver(path: string): RearguardError {
  return new RearguardError('E_SERVE_RUNNING', {
    path,
    who: ', which took over while this one stood still',
    where: '',
  });
}
