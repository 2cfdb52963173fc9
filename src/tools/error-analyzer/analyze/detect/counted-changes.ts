import { formatDuration } from '../../../../core/duration.ts';
import { percent } from '../../../../core/rounding.ts';
import { falseDiscoveryAdjusted } from '../../../../core/statistics/false-discovery.ts';
import type { ErrorGroup, GroupHistory } from '../model.ts';
import { type Burst, findBursts } from './bursts.ts';
import { type Expectation, expectationOf, trafficRatios } from './expectation.ts';
import { countBetween, difference, type MinuteSeries, minuteSeries, seenMinutes } from './minutes.ts';
import { findSilence, type Silence } from './silence.ts';
import {
  MAX_SILENT_SHARE,
  MIN_RISE_FACTOR,
  MIN_SILENCE_MINUTES,
  MINUTES_A_DAY,
  PROVEN_P,
  PROVEN_PAST_MS,
  RISE_COUNT_FACTOR,
  RISE_MINUTES,
  SPIKE_MINUTES,
} from './thresholds.ts';
import type { Detection, DetectInput } from './types.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../minutes.ts';

/** Spikes, rises and silences are three tests of each group. */
const TESTS_PER_GROUP = 3;
/** Two weeks: whatever has a day of steady records has more than one day's in them. */
const RECENT_HOURS = 14 * 24;
/** How much longer a burst may go on unseen before it counts as over. */
const ONGOING_MINUTES = 15;

/** A change whose chance is adjusted for all spans of its group, not yet for all groups. */
interface Candidate {
  detection: Detection;
  pastDays: number;
}

/** Spiking, escalating and disappeared: what counts of known groups show, with the false discoveries of all of them bounded. */
export function findCountedChanges(groups: readonly ErrorGroup[], input: DetectInput): Detection[] {
  const { window, thresholds } = input;
  const seen = seenMinutes(window);
  const records = minuteSeries(window.records);
  const traffic = trafficRatios(
    difference(window.records, window.errors),
    input.recordHours,
    input.historyFromMs,
    seen,
  );
  const read = input.recordHours.length === 0 ? null : new Set(input.recordHours.map(([hour]) => hour));
  const candidates: Candidate[] = [];
  const silences: Candidate[] = [];
  let tested = 0;
  let steady = 0;
  for (const group of groups) {
    const known = input.history.get(group.id);
    if (isTooRare(group, known, input)) {
      tested += 1;
      continue;
    }
    const counts = minuteSeries(group.minutes);
    const past = { known, fromMs: input.historyFromMs, read };
    const expectation = expectationOf(counts, seen, past, traffic);
    if (expectation === null) continue;
    tested += 1;
    candidates.push(...risesOf(group, counts, expectation, records, input));
    const ratio = expectation.pastDays > 0 ? traffic.season : traffic.window;
    const silence = findSilence(group, seen, expectation, ratio, thresholds.disappearedCount);
    if (silence === null) continue;
    steady += 1;
    if (silence !== 'heard') silences.push(silenceOf(group, silence, expectation));
  }
  const adjusted = withAdjustedP([...candidates, ...silences], tested * TESTS_PER_GROUP);
  const told = adjusted.filter(({ detection: { pValue } }) => (pValue ?? 1) <= thresholds.falseDiscoveryRate);
  const silent = told.filter(({ detection }) => detection.kind === 'disappeared').length;
  // When most of what is steady falls silent, it is the source.
  const isSource = silent > 1 && silent > steady * MAX_SILENT_SHARE;
  return told
    .filter(({ detection }) => !(isSource && detection.kind === 'disappeared'))
    .map(({ detection, pastDays }) => ({ ...detection, confidence: confidenceOf(detection, pastDays) }));
}

/** Too few records for any rise, and too few of late to miss them: most errors of most applications. */
function isTooRare(
  group: ErrorGroup,
  known: GroupHistory | undefined,
  { window, thresholds }: DetectInput,
): boolean {
  if (group.count >= thresholds.spikeCount) return false;
  if (known === undefined) return true;
  const fromHour = window.fromMs / HOUR_MS - RECENT_HOURS;
  let recent = 0;
  for (let index = known.hours.length - 1; index >= 0 && known.hours[index]![0] >= fromHour; index -= 1) {
    recent += known.hours[index]![1];
  }
  return recent < thresholds.disappearedCount;
}

/** Sudden ones; only where there is none, those that last. */
function risesOf(
  group: ErrorGroup,
  counts: MinuteSeries,
  expectation: Expectation,
  records: MinuteSeries,
  { window, thresholds }: DetectInput,
): Candidate[] {
  const { spikeFactor, spikeCount, falseDiscoveryRate } = thresholds;
  const minutes = Math.max(MINUTES_A_DAY, (window.toMs - window.fromMs) / MINUTE_MS);
  const kinds = [
    { kind: 'spiking', lengths: SPIKE_MINUTES, factor: spikeFactor, count: spikeCount },
    {
      kind: 'escalating',
      lengths: RISE_MINUTES,
      factor: Math.max(MIN_RISE_FACTOR, spikeFactor / 2),
      count: spikeCount * RISE_COUNT_FACTOR,
    },
  ] as const;
  for (const { kind, lengths, factor, count } of kinds) {
    // As if a day had passed even when the window is shorter: whoever looks every minute has looked that often by evening.
    const spans = minutes * lengths.length;
    const limits = { lengths, factor, count, pValue: falseDiscoveryRate / spans };
    const bursts = findBursts(counts, expectation, limits);
    if (bursts.length === 0) continue;
    return bursts.map((burst) => ({
      pastDays: expectation.pastDays,
      detection: {
        kind,
        group: group.id,
        sinceMs: burst.from * MINUTE_MS,
        untilMs: (burst.to + ONGOING_MINUTES) * MINUTE_MS >= window.toMs ? null : burst.to * MINUTE_MS,
        count: burst.count,
        expected: burst.mean,
        pValue: Math.min(1, burst.pValue * spans),
        confidence: 'likely',
        because: describeBurst(burst, expectation, records),
      },
    }));
  }
  return [];
}

function describeBurst(burst: Burst, { basis }: Expectation, records: MinuteSeries): string {
  const all = countBetween(records, burst.from, burst.to);
  const share = all > burst.count ? `, ${percent(burst.count / all)} % of all records then` : '';
  return `${burst.count} within ${spanOf(burst)} from ${timeOf(burst.from)}, ${rounded(burst.mean)} expected from ${basis}${share}`;
}

function silenceOf(group: ErrorGroup, silence: Silence, { pastDays, basis }: Expectation): Candidate {
  const { from, mean, perDay, pValue } = silence;
  return {
    pastDays,
    detection: {
      kind: 'disappeared',
      group: group.id,
      sinceMs: group.lastMs,
      untilMs: null,
      count: 0,
      expected: mean,
      pValue: Math.min(1, (pValue * MINUTES_A_DAY) / MIN_SILENCE_MINUTES),
      confidence: 'likely',
      because: `none within ${spanOf(silence)} since ${timeOf(from)}, ${rounded(mean)} expected from ${basis}; usually ${rounded(perDay)} a day`,
    },
  };
}

function withAdjustedP(candidates: readonly Candidate[], tests: number): Candidate[] {
  const adjusted = falseDiscoveryAdjusted(
    candidates.map(({ detection }) => detection.pValue ?? 1),
    tests,
  );
  return candidates.map(({ detection, pastDays }, index) => ({
    pastDays,
    detection: { ...detection, pValue: adjusted[index] ?? 1 },
  }));
}

function confidenceOf({ pValue }: Detection, pastDays: number): Detection['confidence'] {
  return pastDays * DAY_MS >= PROVEN_PAST_MS && (pValue ?? 1) <= PROVEN_P ? 'proven' : 'likely';
}

function spanOf({ from, to }: { from: number; to: number }): string {
  return formatDuration((to - from) * MINUTE_MS);
}

function timeOf(minute: number): string {
  return new Date(minute * MINUTE_MS).toISOString().slice(0, 16).replace('T', ' ');
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
