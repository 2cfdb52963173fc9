import { mergeHistograms } from '../../../core/load/merge-ticks.ts';
import { latencyQuantile } from '../../../core/load/latency-histogram.ts';
import { percent } from '../../../core/rounding.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord, LoadSlice } from '../record.ts';
import { latencyFigures } from './figures.ts';
import { mergeMeasures, spanMs, sumOf } from './merge.ts';
import type { SteadyPart } from './steady.ts';

/** Fewer of our own lateness say nothing about its 99th percentile. */
const MIN_LAGS = 100;
/** Our own lateness is apart from every figure; below this it could only have shaped the arrivals, and hardly. */
const MIN_LAG_MS = 5;
/** From here on the highest percentiles may carry some of it: whoever is late to send is late to read as well. */
const REMARK_SHARE = 0.1;
const CLOSED_LIMIT_BUSY = 0.95;
/** Little's law is looked at from this many requests in flight on average; below, where the samples fall decides. */
const LITTLE_MIN = 2;
const LITTLE_MIN_SLICES = 8;
const LITTLE_TOLERANCE = 1.5;

/** Whether what was measured is the server, or the machine that measured. */
export interface Fitness {
  isFit: boolean;
  /** Why not, each with its figures. */
  reasons: readonly string[];
  /** Worth knowing, and no reason to distrust the run. */
  remarks: readonly string[];
  lagP50Ms: number | null;
  lagP99Ms: number | null;
  responseP99Ms: number | null;
  /** Mean share of the busiest worker's time. */
  busy: number | null;
  /** Mean number in flight, over rate times mean time in service; about 1 by Little's law. null: too few to tell. */
  littleRatio: number | null;
}

/** Judged over the steady part; `calm` ones (too few requests) are fit as far as one knows. */
export function judgeFitness(
  { plan, stopReason, stopDetail }: Pick<LoadRecord, 'plan' | 'stopReason' | 'stopDetail'>,
  steady: SteadyPart,
  options: LoadOptions['fitness'],
): Fitness {
  const whole = mergeMeasures(
    '',
    steady.slices.flatMap(({ endpoints }) => endpoints),
  );
  const lag = latencyFigures(mergeHistograms([whole.lag]));
  const lagP99Ms = lag.count >= MIN_LAGS ? latencyQuantile(whole.lag, 0.99) : null;
  const responseP99Ms = latencyFigures(whole.response, whole.censored).p99?.ms ?? null;
  const busy = meanBusy(steady.slices);
  const reasons: string[] = [];
  const remarks: string[] = [];
  if (stopReason === 'worker-lost')
    reasons.push(`a worker was lost${stopDetail === null ? '' : `: ${stopDetail}`}`);
  if (plan.open) {
    reasons.push(...lateness(lagP99Ms, responseP99Ms, options));
    if (lagP99Ms !== null && responseP99Ms !== null && lagP99Ms > REMARK_SHARE * responseP99Ms) {
      remarks.push(
        `1 % of requests were sent ${lagP99Ms.toFixed(1)} ms late or later by ourselves: the p99 may be as much too high.`,
      );
    }
    if (busy !== null && busy * 100 > options.maxBusy) {
      reasons.push(`the busiest worker's event loop worked ${percent(busy)} % of the time`);
    }
  } else if (busy !== null && busy > CLOSED_LIMIT_BUSY) {
    remarks.push(
      `The generator was the limit: its event loop worked ${percent(busy)} % of the time, so the server may take more than this.`,
    );
  }
  if (steady.drifting)
    remarks.push('Responses still grew slower when the run ended; a longer one may show more.');
  const littleRatio = littlesLaw(steady.slices, whole.service);
  if (littleRatio !== null && (littleRatio > LITTLE_TOLERANCE || littleRatio < 1 / LITTLE_TOLERANCE)) {
    remarks.push(
      `Rate times time in service is not what was in flight (Little's law gives ${littleRatio.toFixed(2)} instead of 1): the load came in bursts, or did not stand still.`,
    );
  }
  return {
    isFit: reasons.length === 0,
    reasons,
    remarks,
    lagP50Ms: lag.p50?.ms ?? null,
    lagP99Ms,
    responseP99Ms,
    busy,
    littleRatio,
  };
}

function lateness(
  lagP99Ms: number | null,
  responseP99Ms: number | null,
  { maxLag, maxLagShare }: LoadOptions['fitness'],
): string[] {
  if (lagP99Ms === null) return [];
  const said = `1 % of requests were sent ${lagP99Ms.toFixed(1)} ms late or later by ourselves`;
  if (lagP99Ms > maxLag) return [said];
  const isShare =
    responseP99Ms !== null && lagP99Ms > MIN_LAG_MS && lagP99Ms > (maxLagShare / 100) * responseP99Ms;
  return isShare ? [`${said}, beside a p99 of ${responseP99Ms.toFixed(1)} ms`] : [];
}

function meanBusy(slices: readonly LoadSlice[]): number | null {
  const total = sumOf(slices, spanMs);
  return total === 0 ? null : sumOf(slices, (slice) => slice.busy * spanMs(slice)) / total;
}

function littlesLaw(
  slices: readonly LoadSlice[],
  service: ReturnType<typeof mergeHistograms>,
): number | null {
  if (slices.length < LITTLE_MIN_SLICES) return null;
  const { count, mean } = latencyFigures(service);
  const seconds = sumOf(slices, spanMs) / 1_000;
  if (mean === null || seconds === 0) return null;
  const inFlight = sumOf(slices, (slice) => slice.inFlight) / slices.length;
  const expected = ((count / seconds) * mean) / 1_000;
  return inFlight < LITTLE_MIN || expected < LITTLE_MIN ? null : inFlight / expected;
}
