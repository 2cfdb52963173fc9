import { seededRandom } from '../statistics/random.ts';
import type { LoadModel, LoadStage } from './plan.ts';
import { areaAt, type RateCurve, rateAt, rateCurve, replaceCurve, timeOfArea } from './rate-curve.ts';
import { stagesDurationMs } from './stages.ts';

/** Sessions of one worker in the order of their intended times. */
export interface Arrivals {
  /** Milliseconds since the start of the run; Infinity when there are no more. */
  readonly atMs: number;
  /** Number of the arrival over all workers: arrival i belongs to worker i mod workers. */
  readonly number: number;
  /** Scenario of a replayed arrival; -1: by weight. */
  readonly scenario: number;
  advance(): void;
  /**
   * Other stages (sessions a second) from a moment on; replayed sessions are followed by evenly spaced ones. What was asked for
   * before stays asked for, numbers go on, and workers that change at the same moment remain parts of one sequence.
   */
  change(fromMs: number, stages: readonly LoadStage[]): void;
  /** Sessions a second, over all workers, that are asked for at a moment. */
  rateAt(ms: number): number;
}

export interface ArrivalShare {
  seed: number;
  worker: number;
  workers: number;
  /** Arrivals before this moment are left out. */
  fromMs?: number;
}

export type OpenModel = Extract<LoadModel, { kind: 'arrivals' | 'replay' }>;

/** The share of one worker; the shares of all workers together are what a single worker would do, to the bit. */
export function arrivalsOf(model: OpenModel, share: ArrivalShare): Arrivals {
  const arrivals = shareOfModel(model, share);
  const { fromMs = 0 } = share;
  while (arrivals.atMs < fromMs) arrivals.advance();
  return arrivals;
}

function shareOfModel(model: OpenModel, share: ArrivalShare): Arrivals {
  if (model.kind === 'replay') return replayed(model, share);
  const curve = rateCurve(model.stages);
  return model.spacing === 'poisson' ? poisson(curve, share) : even(curve, share);
}

/** How many sessions an open model asks for; the mean of it where they are random. */
export function expectedArrivals(model: OpenModel): number {
  if (model.kind === 'replay') return model.atMs.length;
  return areaAt(rateCurve(model.stages), stagesDurationMs(model.stages));
}

/**
 * In the middle of its turn each, so that the number of arrivals is the area rounded, and neither end of a stage is favoured.
 */
const PHASE = 0.5;

function even(curve: RateCurve, { worker, workers }: ArrivalShare): Arrivals {
  return {
    atMs: timeOfArea(curve, worker + PHASE),
    number: worker,
    scenario: -1,
    advance() {
      this.number += workers;
      this.atMs = timeOfArea(curve, this.number + PHASE);
    },
    change(fromMs, stages) {
      replaceCurve(curve, fromMs, stages);
      this.atMs = timeOfArea(curve, this.number + PHASE);
    },
    rateAt: (ms) => rateAt(curve, ms),
  } satisfies Mutable<Arrivals> & ThisType<Mutable<Arrivals>>;
}

function poisson(curve: RateCurve, { seed, worker, workers }: ArrivalShare): Arrivals {
  const random = seededRandom(seed);
  let area = 0;
  // Every worker draws the gaps of all: some 15 ns each, and the sum of gaps is the same number in every worker.
  const skip = (arrivals: number): void => {
    for (let index = 0; index < arrivals; index += 1) area -= Math.log(1 - random());
  };
  skip(worker + 1);
  return {
    atMs: timeOfArea(curve, area),
    number: worker,
    scenario: -1,
    advance() {
      this.number += workers;
      skip(workers);
      this.atMs = timeOfArea(curve, area);
    },
    change(fromMs, stages) {
      replaceCurve(curve, fromMs, stages);
      this.atMs = timeOfArea(curve, area);
    },
    rateAt: (ms) => rateAt(curve, ms),
  } satisfies Mutable<Arrivals> & ThisType<Mutable<Arrivals>>;
}

function replayed(
  { atMs: recorded, scenario: scenarios, speed }: Extract<LoadModel, { kind: 'replay' }>,
  { worker, workers }: ArrivalShare,
): Arrivals {
  /** Recorded arrivals that count; those after a change do not. */
  let kept = recorded.length;
  let changedFromMs = Infinity;
  const curve = rateCurve([]);
  const timeOf = (number: number): number =>
    number < kept ? recorded[number]! / speed : timeOfArea(curve, number - kept + PHASE);
  const scenarioOf = (number: number): number => (number < kept ? scenarios[number]! : -1);
  return {
    atMs: timeOf(worker),
    number: worker,
    scenario: scenarioOf(worker),
    advance() {
      this.number += workers;
      this.atMs = timeOf(this.number);
      this.scenario = scenarioOf(this.number);
    },
    change(fromMs, stages) {
      changedFromMs = Math.min(changedFromMs, fromMs);
      kept = Math.min(kept, firstAtOrAfter(recorded, fromMs * speed));
      replaceCurve(curve, fromMs, stages);
      this.atMs = timeOf(this.number);
      this.scenario = scenarioOf(this.number);
    },
    rateAt(ms) {
      if (ms >= changedFromMs) return rateAt(curve, ms);
      return firstAtOrAfter(recorded, (ms + 1000) * speed) - firstAtOrAfter(recorded, ms * speed);
    },
  } satisfies Mutable<Arrivals> & ThisType<Mutable<Arrivals>>;
}

/** Index of the first time that is not before this one. */
function firstAtOrAfter(times: Float64Array, ms: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
