import type { Arrival } from './truth.ts';
import type { NotedSample } from './watch-subject.ts';

/** How well a schedule was kept, judged by the truth server's notes alone. Milliseconds. */
export interface ScheduleQuality {
  /** From `sinceMs` until the last path had its first arrival. */
  firstCheckOfAllMs: number;
  intervalErrorP50Ms: number;
  intervalErrorP99Ms: number;
  /**
   * By how much each check comes later than the interval says, without its sign: the median path, from its second check
   * (the first one runs code that is still cold, in any process) to its last.
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
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return null;
    firstCheckOfAllMs = Math.max(firstCheckOfAllMs, first - sinceMs);
    for (let index = 1; index < times.length; index += 1) {
      errors.push(Math.abs((times[index] ?? 0) - (times[index - 1] ?? 0) - intervalMs));
    }
    const second = times[1];
    if (second !== undefined && times.length > 2) {
      drifts.push((last - second) / (times.length - 2) - intervalMs);
    }
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
