import type { LoadTick, StopReason } from '../../../../core/load/measure.ts';
import { mergeEndpoints } from '../../../../core/load/merge-ticks.ts';
import { latencyCount } from '../../../../core/load/latency-histogram.ts';
import { median } from '../../../../core/statistics/summary.ts';
import { ALL_ENDPOINTS, censoredQuantile, countEnded, countFailures, supports } from '../figures.ts';
import { mergeMeasures, spanMs, sumOf } from '../merge.ts';
import type { CapacityObjective, CapacityStep, StepBreach } from './types.ts';

export interface MeasuredRun {
  kind: CapacityStep['kind'];
  rate: number;
  /** After its lead-in, before its end. */
  window: readonly LoadTick[];
  /** While what was in flight ended. */
  drained: readonly LoadTick[];
  stopReason: StopReason;
  unfit: string | null;
}

/** A backlog that grows by less, as a share of what was asked for, is what is under way anyway. */
const GROWTH_SHARE = 0.015;
const LEAST_GROWTH = 4;
const HELD_BACK_BELOW = 0.9;

/**
 * What a run at one rate says of it. Rates are of the window; latencies are of what was asked for from its beginning on, the answers
 * that came while the run was drained included: they are the slow ones. A run that was stopped before its time broke.
 */
export function measureStep(run: MeasuredRun, objective: CapacityObjective): CapacityStep {
  const { window, drained } = run;
  const seconds = sumOf(window, spanMs) / 1_000;
  const answered = [...window, ...drained];
  const endpoints = mergeEndpoints(answered.map((tick) => tick.endpoints));
  const whole = mergeMeasures(ALL_ENDPOINTS, endpoints);
  const givenUp = latencyCount(whole.censored);
  const asked = countEnded(whole) + givenUp;
  const errorShare = asked === 0 ? 0 : (countFailures(whole) + givenUp) / asked;
  const worst = worstEndpoint(endpoints) ?? { name: null, p95Ms: p95Of(whole) };
  const dropped = sumOf(window, ({ sessions }) => sessions.dropped);
  const growth = backlogGrowth(window);
  const begun = sumOf(window, ({ sessions }) => sessions.begun);
  const perSecond = (count: number): number => (seconds === 0 ? 0 : count / seconds);
  const broken: StepBreach[] = [];
  if (worst.p95Ms !== null && worst.p95Ms >= objective.p95Ms) broken.push('latency');
  if (errorShare >= objective.errorShare || asked === 0) broken.push('errors');
  const grows = growth > Math.max(LEAST_GROWTH, GROWTH_SHARE * run.rate * seconds);
  // What never began because the server asked for a pause was not served either.
  const heldBack = begun < HELD_BACK_BELOW * run.rate * seconds && run.unfit === null;
  if (grows || heldBack || run.stopReason !== 'completed') broken.push('backlog');
  if (dropped > 0) broken.push('dropped');
  return {
    kind: run.kind,
    rate: run.rate,
    windowMs: seconds * 1_000,
    begunRate: perSecond(begun),
    completedRate: perSecond(sumOf(window, ({ sessions }) => sessions.ended)),
    goodRequestRate: perSecond(sumOf(window, (tick) => sumOf(tick.endpoints, ({ succeeded }) => succeeded))),
    p50Ms: censoredQuantile(whole.response, whole.censored, 0.5)?.ms ?? null,
    p95Ms: worst.p95Ms,
    worstEndpoint: worst.name,
    errorShare,
    dropped,
    backlogGrowth: growth,
    broken,
    unfit: run.unfit,
  };
}

function worstEndpoint(
  endpoints: ReturnType<typeof mergeEndpoints>,
): { name: string | null; p95Ms: number | null } | undefined {
  return endpoints
    .filter((one) => supports(countEnded(one) + latencyCount(one.censored), 0.95))
    .map((one) => ({ name: one.name, p95Ms: p95Of(one) }))
    .toSorted((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0))[0];
}

function p95Of({ response, censored }: Parameters<typeof mergeMeasures>[1][number]): number | null {
  return censoredQuantile(response, censored, 0.95)?.ms ?? null;
}

/**
 * Sessions by which the backlog grew from the first to the last fifth of the window, by the median of each: one pause of the server
 * fills the queue for a moment and does not count, a queue that grows to the end does.
 */
function backlogGrowth(window: readonly LoadTick[]): number {
  const backlog = window.map(({ inFlight, queued }) => inFlight + queued);
  const fifth = Math.max(1, Math.floor(backlog.length / 5));
  // The middles of the outer fifths are four fifths of the window apart.
  return ((typicalOf(backlog.slice(-fifth)) - typicalOf(backlog.slice(0, fifth))) * 5) / 4;
}

function typicalOf(values: readonly number[]): number {
  return median(values) ?? 0;
}
