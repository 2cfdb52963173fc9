import type { Sample, SeriesKey } from '../../../core/metric.ts';
import { capText } from '../../../core/text.ts';
import type { Store } from '../../../store/store.ts';
import type { ConnectionHistory, Point } from '../analyze/connection-history.ts';
import type { DeadlockCount } from '../analyze/facts.ts';
import type { LookValues } from '../analyze/look-values.ts';

/** Series of one database; whatever else distinguishes them is in `attributes`. */
const METRICS = {
  connections: { metric: 'database.connections', unit: '1' },
  state: { metric: 'database.connections.state', unit: '1' },
  idle: { metric: 'database.connections.idle', unit: '1' },
  active: { metric: 'database.sessions.active', unit: '1' },
  wait: { metric: 'database.sessions.waiting', unit: '1' },
  transactions: { metric: 'database.transactions', unit: '1/s' },
  cacheHit: { metric: 'database.cache.hit', unit: '%' },
  deadlocks: { metric: 'database.deadlocks', unit: '1' },
  tempBytes: { metric: 'database.temp', unit: 'By' },
  replayLag: { metric: 'database.replication.lag', unit: 'ms' },
} as const;
type MetricName = keyof typeof METRICS;

/** Trends are looked for in this much of the past. */
const TREND_MS = 3_600_000;
/** A fault that was removed must not show for longer than this. */
const DEADLOCKS_MS = 10 * 60_000;
/** Names come from clients. */
const MAX_NAME = 64;

/** What one look of a watch leaves in the store. `coversMs` is the time since the look before. */
export function storeLook(
  { samples }: Pick<Store, 'samples'>,
  target: string,
  atMs: number,
  coversMs: number,
  values: LookValues,
): void {
  const batch: { series: SeriesKey; samples: readonly Sample[] }[] = [];
  const add = (name: MetricName, value: number | null, attributes: Record<string, string> = {}): void => {
    if (value === null) return;
    batch.push({
      series: seriesOf(name, target, attributes),
      samples: [{ atMs, outcome: 'ok', value, coversMs }],
    });
  };
  add('connections', values.connections);
  for (const [state, count] of values.states) add('state', count, { state });
  for (const [application, count] of values.idle) add('idle', count, { application: nameOf(application) });
  add('active', values.averageActive);
  for (const [wait, average] of values.waits) add('wait', average, { wait });
  add('transactions', values.transactionsPerSecond);
  add('cacheHit', values.cacheHitPercent);
  add('deadlocks', values.deadlocks);
  add('tempBytes', values.tempBytes);
  for (const [standby, lagMs] of values.replayLagMs) add('replayLag', lagMs, { standby: nameOf(standby) });
  samples.append(batch);
}

/** What watching has kept of the connections in the last hour. */
export function connectionHistory(
  { samples }: Pick<Store, 'samples'>,
  target: string,
  nowMs: number,
): ConnectionHistory {
  const range = { fromMs: nowMs - TREND_MS, toMs: nowMs };
  const points = (series: SeriesKey): Point[] =>
    samples.raw(series, range).flatMap(({ atMs, value }) => (value === null ? [] : [{ atMs, value }]));
  return {
    used: points(seriesOf('connections', target)),
    idle: new Map(
      samples
        .series(METRICS.idle.metric, { target })
        .map((series) => [series.attributes['application'] ?? '', points(series)] as const)
        .filter(([, history]) => history.length > 0),
    ),
  };
}

/** Deadlocks of the last minutes, as far as they were watched. */
export function recentDeadlocks(
  { samples }: Pick<Store, 'samples'>,
  target: string,
  nowMs: number,
): DeadlockCount {
  const range = { fromMs: nowMs - DEADLOCKS_MS, toMs: nowMs };
  const kept = samples.raw(seriesOf('deadlocks', target), range);
  return {
    count: kept.reduce((sum, { value }) => sum + (value ?? 0), 0),
    overMs: kept.reduce((sum, { coversMs }) => sum + coversMs, 0),
  };
}

function seriesOf(name: MetricName, target: string, attributes: Record<string, string> = {}): SeriesKey {
  return { ...METRICS[name], attributes: { target, ...attributes } };
}

function nameOf(application: string): string {
  return capText(application, MAX_NAME);
}
