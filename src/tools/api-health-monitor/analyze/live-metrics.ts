import type { MetricValue } from '../../../core/metric.ts';
import { toPrometheusBuckets } from '../../../core/histogram.ts';
import type { LiveEndpoint } from './live-window.ts';

/** Upper bounds in milliseconds, those that Prometheus clients use by default and the objectives that people set. */
const BOUNDS_MS = [5, 10, 25, 50, 100, 200, 300, 500, 1_000, 2_500, 5_000, 10_000];

const STATE_VALUE = { up: 1, degraded: 1, flapping: 0, down: 0 } as const;

/** What a scraper gets of a watch: counters and histograms since it began. */
export function liveMetrics(endpoints: Iterable<LiveEndpoint>): MetricValue[] {
  return [...endpoints].flatMap(({ endpoint, state: { state }, ok, failed, suspect, histogram }) => {
    const attributes = { target: endpoint.target.name, endpoint: endpoint.name };
    const count = (outcome: string, value: number): MetricValue => ({
      name: 'http.probes',
      kind: 'counter',
      unit: '1',
      attributes: { ...attributes, outcome },
      value,
    });
    return [
      ...(state === 'unknown'
        ? []
        : [
            {
              name: 'http.endpoint.up',
              kind: 'gauge' as const,
              unit: '1',
              attributes,
              value: STATE_VALUE[state],
            },
          ]),
      count('ok', ok),
      count('failed', failed),
      count('suspect', suspect),
      {
        name: 'http.probe.duration',
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
