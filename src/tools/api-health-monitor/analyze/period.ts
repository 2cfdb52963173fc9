import { emptyHistogram, type Histogram, mergeHistograms, quantile } from '../../../core/histogram.ts';
import { type ErrorBudget, errorBudget, outcomesOf } from '../../../core/slo.ts';
import { samplesNeededForQuantile } from '../../../core/statistics/quantile.ts';
import type { EndpointHistory } from '../collect/history.ts';
import { objectiveOf, scheduledOutcomes } from './budget.ts';

const P95_SAMPLES = samplesNeededForQuantile(0.95, 0.95);
const P99_SAMPLES = samplesNeededForQuantile(0.99, 0.95);

/** One endpoint over a period, from merged histograms and covered time. */
export interface EndpointPeriod {
  endpoint: EndpointHistory['endpoint'];
  histogram: Histogram;
  ok: number;
  failed: number;
  suspect: number;
  causes: Readonly<Record<string, number>>;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Whether there are enough samples to claim the percentile with 95 % confidence. */
  claims: { p95: boolean; p99: boolean };
  /** Good share of the covered time; null when no scheduled probe ran. */
  uptime: number | null;
  /** Covered share of the period. */
  coverage: number;
  budget: ErrorBudget;
  /** p95 against the period before, as a ratio minus one; null unless both may be claimed. */
  p95Change: number | null;
  worstHours: readonly WorstHour[];
}

export interface WorstHour {
  startMs: number;
  p95Ms: number | null;
  failed: number;
  probes: number;
}

const WORST_HOURS = 3;

export function summarisePeriod(
  current: EndpointHistory,
  previous: EndpointHistory | undefined,
  period: { fromMs: number; toMs: number; budgetWindowMs: number },
): EndpointPeriod {
  const histogram = mergedHistogram(current);
  const before = previous === undefined ? emptyHistogram() : mergedHistogram(previous);
  const okCoverMs = sum(current.buckets.map((bucket) => bucket.okCoverMs));
  const failedCoverMs = sum(current.buckets.map((bucket) => bucket.failedCoverMs));
  const coveredMs = okCoverMs + failedCoverMs;
  const p95Ms = quantile(histogram, 0.95);
  const p95Before = quantile(before, 0.95);
  const comparable = histogram.count >= P95_SAMPLES && before.count >= P95_SAMPLES;
  return {
    endpoint: current.endpoint,
    histogram,
    ok: sum(current.buckets.map((bucket) => bucket.ok)),
    failed: sum(current.buckets.map((bucket) => bucket.failed)),
    suspect: sum(current.buckets.map((bucket) => bucket.suspect)),
    causes: mergeCauses(current),
    p50Ms: quantile(histogram, 0.5),
    p95Ms,
    p99Ms: quantile(histogram, 0.99),
    claims: { p95: histogram.count >= P95_SAMPLES, p99: histogram.count >= P99_SAMPLES },
    uptime: coveredMs === 0 ? null : okCoverMs / coveredMs,
    // Two watchers side by side, or a clock that was set back, cover an hour twice.
    coverage: Math.min(1, coveredMs / (period.toMs - period.fromMs)),
    budget: errorBudget(
      objectiveOf(current.endpoint, period.budgetWindowMs),
      outcomesOf(scheduledOutcomes(current)),
      period.toMs,
    ),
    p95Change:
      comparable && p95Ms !== null && p95Before !== null && p95Before > 0 ? p95Ms / p95Before - 1 : null,
    worstHours: worstHours(current),
  };
}

function mergedHistogram({ buckets }: EndpointHistory): Histogram {
  return buckets.map((bucket) => bucket.histogram).reduce(mergeHistograms, emptyHistogram());
}

function mergeCauses({ buckets }: EndpointHistory): Record<string, number> {
  const causes: Record<string, number> = {};
  for (const bucket of buckets)
    for (const [cause, count] of Object.entries(bucket.causes)) causes[cause] = (causes[cause] ?? 0) + count;
  return causes;
}

/** Failures first, then slowness. */
function worstHours({ buckets }: EndpointHistory): WorstHour[] {
  return buckets
    .map(({ startMs, histogram, ok, failed }) => ({
      startMs,
      p95Ms: quantile(histogram, 0.95),
      failed,
      probes: ok + failed,
    }))
    .filter((hour) => hour.probes > 0)
    .toSorted((a, b) => b.failed / b.probes - a.failed / a.probes || (b.p95Ms ?? 0) - (a.p95Ms ?? 0))
    .slice(0, WORST_HOURS);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
