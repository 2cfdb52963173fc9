import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Alert } from '../../core/alert.ts';
import { groupBy } from '../../core/group-by.ts';
import type { MetricValue } from '../../core/metric.ts';
import { SEVERITIES } from '../../core/severity.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { Generation } from './generation.ts';
import { type DaemonStatus, troublesOf } from './status.ts';

const LAG_WINDOW_MS = 10_000;
const LAG_RESOLUTION_MS = 20;

/** Delay of this thread's event loop, in windows of ten seconds. */
export function startLagWatch(): { p99Ms(): number; stop(): void } {
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  let lastMs = 0;
  delays.enable();
  const timer = setInterval(() => {
    // The time between two timers is recorded, of which the resolution was meant.
    lastMs = Math.max(0, delays.percentile(99) / 1e6 - LAG_RESOLUTION_MS);
    delays.reset();
  }, LAG_WINDOW_MS);
  timer.unref();
  return {
    p99Ms: () => lastMs,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

/** What the daemon says about itself. */
export function daemonMetrics(
  status: DaemonStatus,
  { alerting }: Pick<Generation, 'alerting'>,
  deliveries: readonly DeliveryCounts[],
  lagMs: number,
): MetricValue[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge('rearguard.up', '1', troublesOf(status).length === 0 ? 1 : 0),
    gauge('rearguard.config.last_reload_successful', '1', status.config.error === null ? 1 : 0),
    gauge('rearguard.config.last_reload_success_timestamp', 's', status.config.loadedAtMs / 1_000),
    counter('rearguard.config.reloads', status.config.reloads),
    gauge('rearguard.event_loop.lag.p99', 'ms', lagMs),
    ...status.monitors.flatMap(({ tool, state, lastTickAtMs, restarts }) => [
      gauge('rearguard.monitor.running', '1', state === 'running' ? 1 : 0, { tool }),
      counter('rearguard.monitor.restarts', restarts, { tool }),
      ...(lastTickAtMs === null
        ? []
        : [gauge('rearguard.monitor.last_tick_timestamp', 's', lastTickAtMs / 1_000, { tool })]),
    ]),
    ...alertMetrics(alerting.alerts()),
    ...deliveryMetrics(deliveries),
    gauge('process.start_time', 's', Math.round(performance.timeOrigin) / 1_000),
    gauge('process.resident_memory', 'By', process.memoryUsage.rss()),
    { ...counter('process.cpu', (user + system) / 1e6), unit: 's' },
  ];
}

function alertMetrics(alerts: readonly Alert[]): MetricValue[] {
  const firing = alerts.filter(({ state }) => state === 'firing');
  const bySeverity = groupBy(firing, ({ severity }) => severity);
  return SEVERITIES.map((severity) =>
    gauge('rearguard.alerts.firing', '1', bySeverity.get(severity)?.length ?? 0, { severity }),
  );
}

function deliveryMetrics(counts: readonly DeliveryCounts[]): MetricValue[] {
  return counts.flatMap(({ notifier, queued, delivered, undeliverable, failedTries }) => [
    gauge('rearguard.deliveries.queued', '1', queued, { notifier }),
    counter('rearguard.deliveries.delivered', delivered, { notifier }),
    counter('rearguard.deliveries.undeliverable', undeliverable, { notifier }),
    counter('rearguard.deliveries.failed_tries', failedTries, { notifier }),
  ]);
}

function gauge(
  name: string,
  unit: string,
  value: number,
  attributes: Readonly<Record<string, string>> = {},
): MetricValue {
  return { name, kind: 'gauge', unit, attributes, value };
}

function counter(
  name: string,
  value: number,
  attributes: Readonly<Record<string, string>> = {},
): MetricValue {
  return { name, kind: 'counter', unit: '1', attributes, value };
}
