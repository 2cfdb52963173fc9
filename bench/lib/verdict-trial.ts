import { type RandomSource, randomInteger } from '../../src/core/statistics/random.ts';
import { sampleQuantile } from '../../src/core/statistics/quantile.ts';
import { rankTestRise } from '../../src/core/statistics/rank-test.ts';
import { mean } from '../../src/core/statistics/summary.ts';
import {
  compareAtLook,
  type Comparison,
  type Look,
  LOOKS,
} from '../../src/tools/api-health-monitor/analyze/compare.ts';
import type { Stream } from './latency-pool.ts';

const BEFORE = 360;
const AFTER = 120;
/** Consecutive samples that stay together: far longer than the correlation lasts, and a divisor of every look. */
const BLOCK = 30;

/** The rules that people use, by the name they are printed with. */
export const NAIVE_RULES = {
  'p95 after > 1.1 x p95 before': (before, after) =>
    (sampleQuantile(after, 0.95) ?? 0) > 1.1 * (sampleQuantile(before, 0.95) ?? 0),
  'mean after > 1.1 x mean before': (before, after) => (mean(after) ?? 0) > 1.1 * (mean(before) ?? 0),
  'Mann-Whitney p < .05': (before, after) => (rankTestRise(before, after)?.pValue ?? 1) < 0.05,
} as const satisfies Record<string, (before: readonly number[], after: readonly number[]) => boolean>;
export type NaiveRule = keyof typeof NAIVE_RULES;

export interface TrialResult {
  runs: number;
  /** Share of runs, in percent, in which an alarm had been raised by this look. */
  alarmedBy: Readonly<Record<Look, number>>;
  /** The same for rules that look once. */
  naive: Readonly<Record<NaiveRule, Readonly<Record<Look, number>>>>;
  /** Share of runs, in percent, that ended with each verdict. */
  verdicts: Readonly<Record<Comparison['verdict'], number>>;
}

/** How the samples before and after are drawn from the real ones. */
export type Draw = (random: RandomSource) => { before: readonly number[]; after: readonly number[] };

/**
 * Moving-block bootstrap (Kuensch 1989): samples are put together from blocks of consecutive real ones, so that their
 * autocorrelation stays and every comparison is a new one.
 */
export function fromBlocks(calm: readonly Stream[], later: readonly Stream[]): Draw {
  return (random) => ({ before: drawBlocks(calm, BEFORE, random), after: drawBlocks(later, AFTER, random) });
}

/**
 * In one piece, the samples after directly behind those before, in one stream: whatever the machine did meanwhile is in it.
 * Comparisons overlap, so their number says less than it seems.
 */
export function inOnePiece(streams: readonly Stream[]): Draw {
  return (random) => {
    const piece = drawConsecutive(streams, BEFORE + AFTER, random);
    return { before: piece.slice(0, BEFORE), after: piece.slice(BEFORE) };
  };
}

export function runTrial(draw: Draw, runs: number, random: RandomSource): TrialResult {
  const percent = 100 / runs;
  const alarmedBy = perLook();
  const naive: Record<NaiveRule, Record<Look, number>> = {
    'p95 after > 1.1 x p95 before': perLook(),
    'mean after > 1.1 x mean before': perLook(),
    'Mann-Whitney p < .05': perLook(),
  };
  const verdicts = { slower: 0, 'tail-slower': 0, 'more-errors': 0, 'not-slower': 0, 'not-enough-data': 0 };
  for (let run = 0; run < runs; run += 1) {
    const { before, after } = draw(random);
    const { verdict, look } = decide(before, after);
    verdicts[verdict] += percent;
    for (const reached of LOOKS) {
      if (look !== null && look <= reached) alarmedBy[reached] += percent;
      for (const [name, rule] of Object.entries(NAIVE_RULES) as [
        NaiveRule,
        (typeof NAIVE_RULES)[NaiveRule],
      ][]) {
        if (rule(before, after.slice(0, reached))) naive[name][reached] += percent;
      }
    }
  }
  return { runs, alarmedBy, naive, verdicts };
}

/** As `post-deploy-check` does it: look, and take more samples while the verdict asks for them. `look`: where an alarm was raised. */
function decide(
  before: readonly number[],
  after: readonly number[],
): { verdict: Comparison['verdict']; look: Look | null } {
  let look: Look | null = LOOKS[0];
  for (;;) {
    const input = { before, after: after.slice(0, look), beforeFailed: 0, afterFailed: 0 };
    const comparison: Comparison = compareAtLook(input, look);
    if (comparison.alarms.length > 0) return { verdict: comparison.verdict, look };
    if (comparison.nextLook === null) return { verdict: comparison.verdict, look: null };
    look = comparison.nextLook;
  }
}

function drawBlocks(streams: readonly Stream[], count: number, random: RandomSource): number[] {
  return Array.from({ length: count / BLOCK }, () => drawConsecutive(streams, BLOCK, random)).flat();
}

function drawConsecutive(streams: readonly Stream[], count: number, random: RandomSource): number[] {
  const stream = streams[randomInteger(random, streams.length)];
  if (stream === undefined || stream.length < count) {
    throw new Error(`A stream holds ${stream?.length ?? 0} samples; ${count} in a row are needed.`);
  }
  const start = randomInteger(random, stream.length - count + 1);
  return stream.slice(start, start + count);
}

function perLook(): Record<Look, number> {
  return { 30: 0, 60: 0, 120: 0 };
}
