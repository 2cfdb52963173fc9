import {
  latencyCount,
  latencyEntries,
  latencyMean,
  latencyQuantile,
  type SparseHistogram,
} from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, FailureKind } from '../../../core/load/measure.ts';
import type { LoadRecord } from '../record.ts';

/**
 * Metrics of a run as OTLP (opentelemetry-proto, `ExportMetricsServiceRequest`) in the JSON mapping of protobuf: 64-bit integers are
 * text, enums are numbers, and what is empty is left out.
 */
interface Attribute {
  key: string;
  value: { stringValue: string };
}

interface DataPoint {
  attributes: Attribute[];
  startTimeUnixNano: string;
  timeUnixNano: string;
}

interface Metric {
  name: string;
  description: string;
  unit: string;
  sum?: { dataPoints: (DataPoint & { asInt: string })[]; aggregationTemporality: 2; isMonotonic: true };
  exponentialHistogram?: { dataPoints: (DataPoint & HistogramPoint)[]; aggregationTemporality: 2 };
}

interface HistogramPoint {
  count: string;
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: string;
  positive: { offset: number; bucketCounts: string[] };
}

export interface OtlpRequest {
  resourceMetrics: {
    resource: { attributes: Attribute[] };
    scopeMetrics: { scope: { name: string }; metrics: Metric[] }[];
  }[];
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE: a run counts from its own start, and every receiver takes that. */
const CUMULATIVE = 2;
/** 32 buckets to a power of two, 2.2 % each; halved until what is filled fits. */
const FINEST_SCALE = 5;
/** As SDKs have by default, so that receivers are used to it. */
const MOST_BUCKETS = 160;

/** One data point of each figure and endpoint, from the start of the load to the end of its drain; times are in milliseconds. */
export function runAsOtlp(target: string, record: LoadRecord): OtlpRequest {
  const { total, plan, startedAtMs, endedAtMs } = record;
  const span = { startTimeUnixNano: nanoseconds(startedAtMs), timeUnixNano: nanoseconds(endedAtMs) };
  const pointOf = (more: Record<string, string>): DataPoint => ({
    attributes: attributesOf({ target, ...more }),
    ...span,
  });
  const sum = (name: string, description: string, values: readonly [Record<string, string>, number][]) => ({
    name,
    description,
    unit: '1',
    sum: {
      dataPoints: values.map(([attributes, value]) => ({ ...pointOf(attributes), asInt: String(value) })),
      aggregationTemporality: CUMULATIVE as 2,
      isMonotonic: true as const,
    },
  });
  const perEndpoint = (count: (measure: EndpointMeasure) => number): [Record<string, string>, number][] =>
    total.endpoints.map((measure) => [{ endpoint: measure.name }, count(measure)]);
  const durations = (name: string, description: string, of: 'response' | 'service'): Metric => ({
    name,
    description,
    unit: 'ms',
    exponentialHistogram: {
      dataPoints: total.endpoints.flatMap((measure) => {
        const point = histogramPoint(measure[of]);
        return point === null ? [] : [{ ...pointOf({ endpoint: measure.name }), ...point }];
      }),
      aggregationTemporality: CUMULATIVE,
    },
  });
  const metrics: Metric[] = [
    sum('load.sessions', 'Sessions that began', [[{}, total.sessions.begun]]),
    sum('load.sessions.dropped', 'Sessions that found no place in the queue', [[{}, total.sessions.dropped]]),
    sum(
      'load.requests.sent',
      'Requests that were sent, or waited for a connection',
      perEndpoint(({ sent }) => sent),
    ),
    sum(
      'load.requests.succeeded',
      'Responses that passed every check',
      perEndpoint(({ succeeded }) => succeeded),
    ),
    sum('load.requests.failed', 'Requests that failed, by kind', failuresOf(total.endpoints)),
    sum(
      'load.requests.given_up',
      'Dropped or cancelled: they took longer than was waited, and are in no histogram',
      perEndpoint(({ censored }) => latencyCount(censored)),
    ),
    durations('load.response.duration', 'From the intended time to the end of the response', 'response'),
    durations('load.service.duration', 'From the send to the end of the response', 'service'),
  ];
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: attributesOf({
            'service.name': 'rearguard',
            'load.plan': plan.name,
            'load.plan.hash': plan.hash,
          }),
        },
        scopeMetrics: [{ scope: { name: 'rearguard/load-tester' }, metrics: metrics.filter(hasPoints) }],
      },
    ],
  };
}

function hasPoints({ sum, exponentialHistogram }: Metric): boolean {
  return (sum ?? exponentialHistogram)?.dataPoints.length !== 0;
}

function failuresOf(endpoints: readonly EndpointMeasure[]): [Record<string, string>, number][] {
  return endpoints.flatMap(({ name, failed }) =>
    (Object.entries(failed) as [FailureKind, number][]).map(
      ([kind, count]): [Record<string, string>, number] => [{ endpoint: name, kind }, count],
    ),
  );
}

/** Bucket i holds what is above base^i and at most base^(i + 1), where base is 2^(2^-scale). null without values. */
export function histogramPoint(histogram: SparseHistogram): HistogramPoint | null {
  const entries = latencyEntries(histogram);
  const filled = entries.filter((entry) => entry.ms > 0);
  const [least, most] = [filled[0]?.ms, filled.at(-1)?.ms];
  if (entries.length === 0) return null;
  let scale = FINEST_SCALE;
  const indexOf = (ms: number): number => Math.ceil(Math.log2(ms) * 2 ** scale) - 1;
  if (least !== undefined && most !== undefined) {
    while (indexOf(most) - indexOf(least) >= MOST_BUCKETS) scale -= 1;
  }
  const offset = least === undefined ? 0 : indexOf(least);
  const length = most === undefined ? 0 : indexOf(most) - offset + 1;
  const counts = Array.from({ length }, () => 0);
  for (const { ms, count } of filled) counts[indexOf(ms) - offset]! += count;
  const count = latencyCount(histogram);
  return {
    count: String(count),
    sum: (latencyMean(histogram) ?? 0) * count,
    min: latencyQuantile(histogram, 0) ?? 0,
    max: latencyQuantile(histogram, 1) ?? 0,
    scale,
    zeroCount: String(entries.reduce((sum, entry) => sum + (entry.ms > 0 ? 0 : entry.count), 0)),
    positive: { offset, bucketCounts: counts.map(String) },
  };
}

function attributesOf(values: Record<string, string>): Attribute[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Epoch nanoseconds are beyond what a number holds exactly. */
function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
