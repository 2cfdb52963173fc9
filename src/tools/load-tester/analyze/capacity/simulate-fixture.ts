import { randomNormal, type RandomSource } from '../../../../core/statistics/random.ts';
import type { CapacityObjective, CapacityStep, SearchMove, StepBreach } from './types.ts';

/** A server with so many places, each busy for one service time: its capacity is places / service time. */
export interface SimulatedServer {
  places: number;
  serviceMs: number;
  /** Service times are exponential instead of fixed, and arrivals Poisson. */
  random?: RandomSource;
  /** Sigma of what each run differs by: capacity of a shared machine. */
  noise?: number;
  /** Share of its capacity that is left when it is asked for twice as much. */
  collapse?: number;
  /** Answers that take no place: the generator is late from this rate on. */
  unfitFrom?: number;
}

/** A run of the queue, first come first served. */
export function simulateStep(
  server: SimulatedServer,
  { step, rate, windowMs }: Extract<SearchMove, { kind: 'measure' }>,
  objective: CapacityObjective,
): CapacityStep {
  const { places, random, noise = 0, collapse = 1 } = server;
  const overload = Math.max(0, rate / ((places * 1_000) / server.serviceMs) - 1);
  const slowdown = 1 + Math.min(1, overload) * (1 / collapse - 1);
  const moment = random === undefined ? 1 : Math.exp(randomNormal(random) * noise);
  const serviceMs = server.serviceMs * moment * slowdown;
  const free = Array.from({ length: places }, () => 0);
  const times: number[] = [];
  let endedInWindow = 0;
  let asked = 0;
  for (let atMs = 0; atMs < windowMs;) {
    const place = free.indexOf(Math.min(...free));
    const own = random === undefined ? serviceMs : -Math.log(1 - random()) * serviceMs;
    const endMs = Math.max(atMs, free[place] ?? 0) + own;
    free[place] = endMs;
    times.push(endMs - atMs);
    asked += 1;
    if (endMs <= windowMs) endedInWindow += 1;
    atMs += random === undefined ? 1_000 / rate : (-Math.log(1 - random()) * 1_000) / rate;
  }
  const sorted = times.toSorted((a, b) => a - b);
  const p95Ms = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  // What is in service at the end is no backlog.
  const backlogGrowth = Math.max(0, asked - endedInWindow - places);
  const broken: StepBreach[] = [];
  if (p95Ms >= objective.p95Ms) broken.push('latency');
  if (backlogGrowth > Math.max(4, 0.015 * asked)) broken.push('backlog');
  const unfit = server.unfitFrom !== undefined && rate >= server.unfitFrom ? 'late' : null;
  if (unfit !== null) broken.push('latency');
  const completedRate = ((endedInWindow + Math.min(places, asked - endedInWindow)) * 1_000) / windowMs;
  return {
    kind: step,
    rate,
    windowMs,
    begunRate: (asked * 1_000) / windowMs,
    completedRate,
    goodRequestRate: completedRate,
    p50Ms: sorted[Math.floor(sorted.length / 2)] ?? null,
    p95Ms,
    worstEndpoint: 'GET /',
    errorShare: 0,
    dropped: 0,
    backlogGrowth,
    broken,
    unfit,
  };
}
