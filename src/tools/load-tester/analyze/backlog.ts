import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import { mannKendallRise } from '../../../core/statistics/trend.ts';
import type { LoadSlice } from '../record.ts';
import { countEnded } from './figures.ts';
import { spanMs, sumOf } from './merge.ts';
import { type Situation, steadyWhole } from './situation.ts';

const ALPHA = 0.001;
const MIN_TREND_SLICES = 8;
/** Growth of what waits that counts in a trend, in seconds of arrivals. */
const MIN_GROWTH_S = 1;
/** In a short run: one second for connections to open, and two in which the queue only grows. */
const MIN_SLICES = 3;
/** Share of the arrivals of each second by which the queue has to grow in it. */
const MIN_GROWTH_SHARE = 0.05;
/** Standard deviations of arrivals less answers; a server at just this rate is beyond them once in thirty thousand runs. */
const CHANCE = 4;
/** What is left over after a shorter drain may be a pause at the end of the run. */
const MIN_DRAIN_MS = 1_000;

/** What an open load asked for and the server did not take. */
export interface Backlog {
  /** What is judged; `before` is the state at its beginning. */
  whole: LoadSlice;
  before: Pick<LoadSlice, 'inFlight' | 'queued'>;
  /** Sessions that still waited when the drain after the end was over. */
  leftOver: number;
  isGrowing: boolean;
  /** The load was the same for too short a time to see a queue grow. */
  isTooShort: boolean;
}

export function backlogOf(situation: Pick<Situation, 'record' | 'steady' | 'options'>): Backlog {
  const { steady } = situation;
  const level = levelSlices(situation);
  const [first] = level;
  const isLevel = steady.kind === 'level';
  const common = { leftOver: leftOver(situation), isTooShort: !isLevel && level.length < MIN_SLICES };
  if (isLevel && first !== undefined && growsEachSecond(level)) {
    return { ...common, whole: mergeInTime(level.slice(1)), before: first, isGrowing: true };
  }
  const whole = steadyWhole(situation);
  const before = sliceBefore(situation) ?? { inFlight: 0, queued: 0 };
  return { ...common, whole, before, isGrowing: isLevel && growsAsTrend(steady.slices) };
}

/** The judged load with its warm-up: a queue that grows from the first second on is no warm-up. */
function levelSlices({ record: { slices }, steady }: Pick<Situation, 'record' | 'steady'>) {
  const [first] = steady.slices;
  const from = first === undefined ? -1 : slices.indexOf(first);
  return from < 0
    ? steady.slices
    : slices.slice(Math.max(0, from - steady.warmUpSlices), from + steady.slices.length);
}

function sliceBefore({ record: { slices }, steady }: Pick<Situation, 'record' | 'steady'>) {
  const [first] = steady.slices;
  return first === undefined ? undefined : slices[slices.indexOf(first) - 1];
}

/** In a long run, whatever holds the requests: connections, or our queue for one. */
function growsAsTrend(slices: readonly LoadSlice[]): boolean {
  const waiting = slices.map(waitingIn);
  const seconds = sumOf(slices, spanMs) / 1_000;
  const rate = sumOf(slices, ended) / Math.max(seconds, 1e-3);
  return (
    waiting.length >= MIN_TREND_SLICES &&
    (waiting.at(-1) ?? 0) - (waiting[0] ?? 0) > MIN_GROWTH_S * rate &&
    mannKendallRise(waiting) < ALPHA
  );
}

/**
 * In a short one, requests that take seconds fill connections for as long, and nothing is wrong with that. So it counts only when
 * sessions find no free connection in the end, more than chance brings, and when no second let it rest, as the one after a pause does.
 */
function growsEachSecond(level: readonly LoadSlice[]): boolean {
  const [first, ...counted] = level;
  if (first === undefined || level.length < MIN_SLICES) return false;
  const asked = sumOf(counted, ({ sessions }) => sessions.asked);
  const queueGrowth = (counted.at(-1)?.queued ?? 0) - first.queued;
  return (
    queueGrowth > CHANCE * Math.sqrt(2 * asked - queueGrowth) &&
    counted.every(
      (slice, index) => waitingIn(slice) - waitingIn(level[index]!) > MIN_GROWTH_SHARE * slice.sessions.asked,
    )
  );
}

/** Only where the load ended by itself: what is stopped drops its queue at once. */
function leftOver({ record, steady, options }: Pick<Situation, 'record' | 'steady' | 'options'>): number {
  const isJudged = steady.slices.at(-1) === record.slices.at(-1);
  if (!isJudged || record.stopReason !== 'completed' || options.limits.drain < MIN_DRAIN_MS) return 0;
  return record.total.sessions.dropped - sumOf(record.slices, ({ sessions }) => sessions.dropped);
}

function waitingIn({ inFlight, queued }: LoadSlice): number {
  return inFlight + queued;
}

function ended({ endpoints }: LoadSlice): number {
  return sumOf(endpoints, countEnded);
}
