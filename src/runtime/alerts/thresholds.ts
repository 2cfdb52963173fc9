import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Condition } from '../../core/alert.ts';
import { formatDuration } from '../../core/duration.ts';
import { findingFingerprint, findingId, type Subject } from '../../core/finding.ts';
import { addHistogram, emptyHistogram, quantile } from '../../core/histogram.ts';
import type { SampleBucket, SampleStore, TimeRange } from '../../store/store.ts';

export const THRESHOLD_RULE = 'rearguard/threshold';

type ThresholdSettings = AlertSettings['thresholds'][number];
type Samples = Pick<SampleStore, 'series' | 'buckets' | 'gaps'>;

export interface ThresholdVerdicts {
  conditions: Condition[];
  /** Names of the thresholds with too little data, about which nothing is known. */
  undecided: ReadonlySet<string>;
}

const BUCKET_MS = 60_000;
/** Fewer say nothing about a distribution or a share. */
const MINIMUM_SAMPLES = 5;
const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** Compares each limit with the samples of its window, over all series that fit. */
export function evaluateThresholds(
  thresholds: readonly ThresholdSettings[],
  samples: Samples,
  nowMs: number,
): ThresholdVerdicts {
  const conditions: Condition[] = [];
  const undecided = new Set<string>();
  for (const threshold of thresholds) {
    const measured = measure(threshold, samples, { fromMs: nowMs - threshold.over, toMs: nowMs });
    if (measured === null) undecided.add(threshold.name);
    else if (isCrossed(threshold, measured.value)) conditions.push(conditionOf(threshold, measured));
  }
  return { conditions, undecided };
}

interface Measured {
  value: number;
  unit: string;
  samples: number;
}

/** null where there is not enough to say. */
function measure(
  { metric, attributes, statistic }: ThresholdSettings,
  samples: Samples,
  range: TimeRange,
): Measured | null {
  const series = samples.series(metric, attributes);
  const buckets = series.flatMap((key) => samples.buckets(key, range, BUCKET_MS));
  const ok = sumOf(buckets, (bucket) => bucket.ok);
  const seen = ok + sumOf(buckets, (bucket) => bucket.failed);
  if (statistic === 'count') {
    // While nobody looked, nothing was counted.
    const known = series.length > 0 && samples.gaps(range).length === 0;
    return known ? { value: seen, unit: '', samples: seen } : null;
  }
  if (statistic === 'failed-share') {
    return seen < MINIMUM_SAMPLES ? null : { value: (seen - ok) / seen, unit: '', samples: seen };
  }
  const histogram = emptyHistogram();
  for (const bucket of buckets) addHistogram(histogram, bucket.histogram);
  const value =
    statistic === 'mean'
      ? histogram.sum / histogram.count
      : quantile(histogram, QUANTILES[statistic] ?? Number.NaN);
  if (value === null || histogram.count < MINIMUM_SAMPLES) return null;
  return { value, unit: series[0]?.unit ?? '', samples: histogram.count };
}

function isCrossed({ above, below }: ThresholdSettings, value: number): boolean {
  return (above !== undefined && value > above) || (below !== undefined && value < below);
}

function conditionOf(threshold: ThresholdSettings, { value, unit, samples }: Measured): Condition {
  const { name, metric, statistic, above, over, severity } = threshold;
  const limit = above ?? threshold.below ?? 0;
  const subject: Subject = { kind: 'operation', name };
  const fingerprint = findingFingerprint(THRESHOLD_RULE, subject);
  const withUnit = unit === '' ? {} : { unit };
  const side = above === undefined ? 'below' : 'above';
  return {
    id: findingId('threshold', fingerprint),
    fingerprint,
    rule: THRESHOLD_RULE,
    severity,
    title: `${name}: ${statistic} of ${metric} is ${side} ${limit}${unit === '' ? '' : ` ${unit}`}`,
    subject,
    evidence: [
      { label: statistic, value: Number(value.toPrecision(4)), ...withUnit },
      { label: 'limit', value: limit, ...withUnit },
      { label: 'samples', value: samples },
      { label: 'window', value: formatDuration(over) },
    ],
    ...(threshold.for === undefined ? {} : { forMs: threshold.for }),
  };
}

function sumOf(buckets: readonly SampleBucket[], valueOf: (bucket: SampleBucket) => number): number {
  return buckets.reduce((sum, bucket) => sum + valueOf(bucket), 0);
}
