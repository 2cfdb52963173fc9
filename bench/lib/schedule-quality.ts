import type { Arrival } from './truth.ts';
import type { NotedSample } from './watch-subject.ts';

/** How well a schedule was kept, judged by the truth server's notes alone. Milliseconds. */
export interface ScheduleQuality {
  /** From `sinceMs` until the last path had its first arrival. */
  firstCheckOfAllMs: number;
  intervalErrorP50Ms: number;
  intervalErrorP99Ms: number;
  /**
   * By how much each check comes later after its slot than the one before, without its sign: the slope of a path's
   * lateness over its checks, of the median path. The first check does not count: it runs code that is still cold.
   */
  driftPerCheckMs: number;
  checks: number;
}

export function judgeSchedule(
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
  options: { paths: readonly string[]; intervalMs: number; sinceMs: number },
): ScheduleQuality | null {
  const { paths, intervalMs, sinceMs } = options;
  const errors: number[] = [];
  const drifts: number[] = [];
  let firstCheckOfAllMs = 0;
  for (const path of paths) {
    const times = (arrivals.get(path) ?? []).map((arrival) => arrival.atMs);
    const [first] = times;
    if (first === undefined) return null;
    firstCheckOfAllMs = Math.max(firstCheckOfAllMs, first - sinceMs);
    for (let index = 1; index < times.length; index += 1) {
      errors.push(Math.abs((times[index] ?? 0) - (times[index - 1] ?? 0) - intervalMs));
    }
    if (times.length > 2) drifts.push(driftOf(times.slice(1), intervalMs));
  }
  return {
    firstCheckOfAllMs,
    intervalErrorP50Ms: quantile(errors, 0.5),
    intervalErrorP99Ms: quantile(errors, 0.99),
    driftPerCheckMs: Math.abs(quantile(drifts, 0.5)),
    checks: errors.length,
  };
}

/**
 * Least squares of lateness over slot number. A slot that was missed leaves a hole in the numbers and no lateness; one late
 * check in the middle turns the line less than it would turn a line through the two ends.
 */
function driftOf(times: readonly number[], intervalMs: number): number {
  const origin = times[0] ?? 0;
  const slots = times.map((atMs) => Math.round((atMs - origin) / intervalMs));
  const lateness = times.map((atMs, index) => atMs - origin - (slots[index] ?? 0) * intervalMs);
  const [meanSlot, meanLateness] = [mean(slots), mean(lateness)];
  let covariance = 0;
  let variance = 0;
  slots.forEach((slot, index) => {
    covariance += (slot - meanSlot) * ((lateness[index] ?? 0) - meanLateness);
    variance += (slot - meanSlot) ** 2;
  });
  return variance === 0 ? 0 : covariance / variance;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Reported minus true latency of every sample that counts. The nth sample of a path belongs to its nth arrival; what
 * lies between arrival and answer is true, the rest (connecting, our own delay) is error.
 */
export function latencyErrors(
  samples: readonly NotedSample[],
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
  paths: ReadonlySet<string>,
): number[] {
  const errors: number[] = [];
  const position = new Map<string, number>();
  for (const sample of samples) {
    const index = position.get(sample.path) ?? 0;
    position.set(sample.path, index + 1);
    const arrival = arrivals.get(sample.path)?.[index];
    if (sample.outcome !== 'ok' || !paths.has(sample.path)) continue;
    if (arrival?.answeredAtMs === undefined || arrival.answeredAtMs === null) continue;
    errors.push(Math.abs(sample.totalMs - (arrival.answeredAtMs - arrival.atMs)));
  }
  return errors;
}

/** Nearest rank; not a number when there is nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
