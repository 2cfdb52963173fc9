import { latencyEntries, type SparseHistogram } from '../../../core/load/latency-histogram.ts';
import type { MetricValue } from '../../../core/metric.ts';
import type { LoadRecord } from '../record.ts';
import { countEnded } from './figures.ts';

/** Upper bounds in milliseconds: three to a power of ten. */
const BOUNDS_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000];

/** The whole run as counters and histograms, a set for each endpoint. */
export function loadMetrics(target: string, { total }: Pick<LoadRecord, 'total'>): MetricValue[] {
  const whole = { target };
  return [
    counter('load.sessions', whole, total.sessions.begun),
    counter('load.sessions.dropped', whole, total.sessions.dropped),
    counter('load.connections.opened', whole, total.opened),
    counter('load.connections.closed_by_server', whole, total.closedByServer),
    ...total.endpoints.flatMap((endpoint) => {
      const attributes = { target, endpoint: endpoint.name };
      return [
        counter('load.requests', attributes, countEnded(endpoint)),
        ...Object.entries(endpoint.failed).map(([kind, count]) =>
          counter('load.requests.failed', { ...attributes, kind }, count ?? 0),
        ),
        histogram('load.response.duration', attributes, endpoint.response),
        histogram('load.service.duration', attributes, endpoint.service),
        histogram('load.lag.duration', attributes, endpoint.lag),
      ];
    }),
  ];
}

function counter(name: string, attributes: Record<string, string>, value: number): MetricValue {
  return { name, kind: 'counter', unit: '1', attributes, value };
}

function histogram(name: string, attributes: Record<string, string>, sparse: SparseHistogram): MetricValue {
  const entries = latencyEntries(sparse);
  const count = entries.reduce((sum, entry) => sum + entry.count, 0);
  return {
    name,
    kind: 'histogram',
    unit: 'ms',
    attributes,
    histogram: {
      buckets: BOUNDS_MS.map((le) => ({
        le,
        count: entries.reduce((sum, entry) => sum + (entry.ms <= le ? entry.count : 0), 0),
      })),
      sum: entries.reduce((sum, entry) => sum + entry.ms * entry.count, 0),
      count,
    },
  };
}
