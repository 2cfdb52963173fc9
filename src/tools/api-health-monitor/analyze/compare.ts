import { holmAdjusted } from '../../../core/statistics/holm.ts';
import type { Interval } from '../../../core/statistics/interval.ts';
import type { EffectiveSizes } from '../../../core/statistics/rank-test.ts';
import {
  type BeforeAfter,
  type ErrorSignal,
  errorSignal,
  type ShiftSignal,
  shiftSignal,
  type TailSignal,
  tailSignal,
} from './compare-signals.ts';

export type { BeforeAfter } from './compare-signals.ts';

/** Attempts after the deployment at which the verdict is looked at. Looking more often would raise more false alarms. */
export const LOOKS = [30, 60, 120] as const;
export type Look = (typeof LOOKS)[number];

/** Chance of any false alarm for an endpoint that did not change, over all looks and tests together. */
export const FALSE_ALARM_RATE = 0.01;

export type Alarm = 'more-errors' | 'slower' | 'tail-slower';

/** How the false-alarm rate is spent. The tail needs many samples to show, so most of its share waits for the last look. */
const SPENDING: Readonly<Record<Alarm, Readonly<Record<Look, number>>>> = {
  'more-errors': { 30: 0.0003, 60: 0.0003, 120: 0.0004 },
  slower: { 30: 0.0003, 60: 0.003, 120: 0.002 },
  'tail-slower': { 30: 0.0001, 60: 0.0004, 120: 0.0032 },
};

/** Fewer effective values than this carry neither an interval nor a claim. */
const MIN_EFFECTIVE = 8;

export interface Comparison {
  /** The gravest alarm; without one, whether enough is known to say that it is not slower. */
  verdict: Alarm | 'not-slower' | 'not-enough-data';
  alarms: Alarm[];
  /** Attempts to reach before looking again; null when more samples would not change the verdict. */
  nextLook: Look | null;
  /** Why not enough is known; null for the other verdicts. */
  reason: string | null;
  /** The typical call is not slower by more than this, with 97.5 % confidence; null when that cannot be said. */
  notSlowerByMs: number | null;
  shiftMs: number | null;
  shiftInterval: Interval | null;
  /** Of "nothing changed", over all tests and looks (and endpoints): an alarm is raised at or below FALSE_ALARM_RATE. */
  pValue: number;
  n: EffectiveSizes;
  /** What n is worth after autocorrelation. */
  effectiveN: EffectiveSizes;
  shift: ShiftSignal;
  tail: TailSignal;
  errors: ErrorSignal;
}

/** The largest look that this many attempts allow; null when there are too few for any. */
export function lookReached(attempts: number): Look | null {
  return LOOKS.findLast((look) => attempts >= look) ?? null;
}

/** The verdict for one endpoint at a planned look (null: before the first). Uses all samples it is given. */
export function compareAtLook(input: BeforeAfter, look: Look | null): Comparison {
  const signals = signalsOf(input);
  return judge(input, look, signals, spentPValue(signals, look), 1);
}

/**
 * Verdicts for many endpoints, each at the look its attempts allow, with Holm's correction: the false-alarm rate then holds for
 * the whole deployment.
 */
export function compareEndpoints(inputs: readonly BeforeAfter[]): Comparison[] {
  const cases = inputs.map((input) => {
    const look = lookReached(input.after.length + input.afterFailed);
    const signals = signalsOf(input);
    return { input, look, signals, pValue: spentPValue(signals, look) };
  });
  const adjusted = holmAdjusted(cases.map(({ pValue }) => pValue));
  return cases.map(({ input, look, signals, pValue }, index) => {
    const familyPValue = adjusted[index] as number;
    return judge(input, look, signals, familyPValue, pValue > 0 ? familyPValue / pValue : 1);
  });
}

interface Signals {
  shift: ShiftSignal;
  tail: TailSignal;
  errors: ErrorSignal;
}

function signalsOf(input: BeforeAfter): Signals {
  return { shift: shiftSignal(input), tail: tailSignal(input), errors: errorSignal(input) };
}

/** Each test's p-value, weighted by its share of the false-alarm rate at this look. Gravest first. */
function weighted(signals: Signals, look: Look | null): [Alarm, number][] {
  if (look === null) return [];
  const weigh = (alarm: Alarm, pValue: number): [Alarm, number] => [
    alarm,
    (pValue * FALSE_ALARM_RATE) / SPENDING[alarm][look],
  ];
  return [
    weigh('more-errors', signals.errors.pValue),
    weigh('slower', signals.shift.pValue),
    weigh('tail-slower', signals.tail.pValue),
  ];
}

function spentPValue(signals: Signals, look: Look | null): number {
  return Math.min(1, ...weighted(signals, look).map(([, pValue]) => pValue));
}

function judge(
  input: BeforeAfter,
  look: Look | null,
  signals: Signals,
  pValue: number,
  familyFactor: number,
): Comparison {
  const { shift } = signals;
  const alarms = weighted(signals, look)
    .filter(([, weightedP]) => weightedP * familyFactor <= FALSE_ALARM_RATE)
    .map(([alarm]) => alarm);
  const reason = whyUnknown(input, look, shift);
  const [gravest] = alarms;
  return {
    verdict: gravest ?? (reason === null ? 'not-slower' : 'not-enough-data'),
    alarms,
    nextLook: gravest === undefined ? (LOOKS.find((next) => next > (look ?? 0)) ?? null) : null,
    reason: gravest === undefined ? reason : null,
    notSlowerByMs: gravest === undefined && reason === null ? boundOf(shift) : null,
    shiftMs: shift.shiftMs,
    shiftInterval: shift.interval,
    pValue,
    n: { before: input.before.length, after: input.after.length },
    effectiveN: shift.effective,
    ...signals,
  };
}

function boundOf({ interval }: ShiftSignal): number | null {
  return interval === null ? null : Math.max(0, interval.high);
}

function whyUnknown(input: BeforeAfter, look: Look | null, shift: ShiftSignal): string | null {
  const [firstLook] = LOOKS;
  if (input.before.length < firstLook)
    return `${input.before.length} successes before; ${firstLook} are needed`;
  if (look === null) {
    return `${input.after.length + input.afterFailed} calls after; ${firstLook} are needed`;
  }
  const { shiftMs, oldMs, floorMs, effective } = shift;
  const bound = boundOf(shift);
  const unmeasured = bound === null || shiftMs === null || oldMs === null || floorMs === null;
  if (unmeasured || Math.min(effective.before, effective.after) < MIN_EFFECTIVE) {
    return 'too few independent successes to bound the change';
  }
  if (shiftMs > floorMs) {
    return `it looks slower by ${shiftMs.toFixed(1)} ms, which may still be chance`;
  }
  // A wider bound than a quarter (or 5 ms) reassures nobody.
  if (bound > Math.max(0.25 * oldMs, 5)) return `it may be slower by up to ${bound.toFixed(1)} ms`;
  return null;
}
