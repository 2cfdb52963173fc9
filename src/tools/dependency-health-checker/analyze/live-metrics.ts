import { toPrometheusBuckets } from '../../../core/histogram.ts';
import type { MetricValue } from '../../../core/metric.ts';
import type { LiveDependency } from './live.ts';

/** Upper bounds in milliseconds, from a cache next door to a deadline. */
const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** What a scraper gets of a monitor: counters and histograms since it began. */
export function liveMetrics(live: Iterable<LiveDependency>): MetricValue[] {
  return [...live].flatMap(({ monitored, state: { state }, failures, histogram }): MetricValue[] => {
    const attributes = { dependency: monitored.name, kind: monitored.kind };
    const up: MetricValue = {
      name: 'dependency.up',
      kind: 'gauge',
      unit: '1',
      attributes,
      value: state === 'up' || state === 'degraded' ? 1 : 0,
    };
    return [
      ...(state === 'unknown' ? [] : [up]),
      ...[...failures].map(([cause, value]): MetricValue => ({
        name: 'dependency.probe.failed',
        kind: 'counter',
        unit: '1',
        attributes: { ...attributes, cause },
        value,
      })),
      {
        name: 'dependency.probe.duration',
        kind: 'histogram',
        unit: 'ms',
        attributes,
        histogram: {
          buckets: toPrometheusBuckets(histogram, BOUNDS_MS),
          sum: histogram.sum,
          count: histogram.count,
        },
      },
    ];
  });
}
