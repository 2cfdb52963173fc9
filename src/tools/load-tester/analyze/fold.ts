import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import type { LoadTick } from '../../../core/load/measure.ts';
import type { LoadSlice, Silence } from '../record.ts';
import { countEnded } from './figures.ts';
import { spanMs, sumOf } from './merge.ts';

const FINE_MS = 1_000;
const COARSE_MS = 10_000;
/** From here on slices are coarse: a day of load stays some ten thousand of them. */
const FINE_UNTIL_MS = 3_600_000;
/** A tick that is much longer than its 200 ms was made late: we ourselves were held up, and its silence says nothing. */
const LATE_TICK_MS = 300;
const BUSY = 0.9;

/** Ticks on their way to slices. */
export interface Fold {
  planEndsMs: number;
  pending: LoadTick[];
  slices: LoadSlice[];
  drained: LoadTick[];
  silences: Silence[];
  inFlightBefore: number;
}

export function startFold(planEndsMs: number): Fold {
  return { planEndsMs, pending: [], slices: [], drained: [], silences: [], inFlightBefore: 0 };
}

/** Takes the next tick; returns the slice that it made whole. `stopping`: the end was ordered before the plan's own. */
export function addTick(fold: Fold, tick: LoadTick, stopping: boolean): LoadSlice | null {
  const middleMs = (tick.fromMs + tick.toMs) / 2;
  const isDrained = stopping || middleMs > fold.planEndsMs;
  if (!isDrained) noteSilence(fold, tick);
  fold.inFlightBefore = tick.inFlight;
  const [first] = fold.pending;
  const finished =
    first !== undefined && (isDrained || sliceOf(middleMs) !== sliceOf((first.fromMs + first.toMs) / 2))
      ? closeSlice(fold)
      : null;
  (isDrained ? fold.drained : fold.pending).push(tick);
  return finished;
}

export function finishFold(fold: Fold): Pick<Fold, 'slices' | 'drained' | 'silences'> {
  if (fold.pending.length > 0) closeSlice(fold);
  return fold;
}

function closeSlice(fold: Fold): LoadSlice {
  const ticks = fold.pending;
  const merged = mergeInTime(ticks);
  // At the end of the plan users are gone already; the load of the slice is that of the tick before.
  const load = merged.toMs >= fold.planEndsMs ? (ticks.at(-2) ?? merged) : merged;
  const slice = { ...merged, users: load.users, targetRate: load.targetRate };
  fold.pending = [];
  fold.slices.push(slice);
  return slice;
}

function sliceOf(ms: number): number {
  return ms < FINE_UNTIL_MS
    ? Math.floor(ms / FINE_MS)
    : FINE_UNTIL_MS / FINE_MS + Math.floor((ms - FINE_UNTIL_MS) / COARSE_MS);
}

function noteSilence(fold: Fold, tick: LoadTick): void {
  const isSilent =
    tick.inFlight >= 2 &&
    fold.inFlightBefore >= 2 &&
    tick.busy < BUSY &&
    spanMs(tick) < LATE_TICK_MS &&
    sumOf(tick.endpoints, countEnded) === 0;
  if (!isSilent) return;
  const last = fold.silences.at(-1);
  if (last !== undefined && Math.abs(last.toMs - tick.fromMs) < 1) {
    last.toMs = tick.toMs;
    last.inFlight = tick.inFlight;
  } else {
    fold.silences.push({ fromMs: tick.fromMs, toMs: tick.toMs, inFlight: tick.inFlight });
  }
}
