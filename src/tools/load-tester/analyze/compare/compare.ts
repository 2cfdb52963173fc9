import { counted } from '../../../../core/counted.ts';
import { pairsNeeded } from '../../../../core/statistics/detectable.ts';
import { holmAdjusted } from '../../../../core/statistics/holm.ts';
import { mean } from '../../../../core/statistics/summary.ts';
import { blockFigure, type BlockSide, COMPARED_METRICS, type ComparedMetric, endpointsOf } from './blocks.ts';
import { ALPHA, fromScale, pairedChange, POWER, toScale, unpairedChange } from './scale.ts';
import type { ChangeVerdict, ComparedBlocks, CompareOptions, MetricChange, ScaledChange } from './types.ts';

/** Blocks of two moments: with fewer, one disturbed block decides. */
export const FEWEST_UNPAIRED_BLOCKS = 5;
/** Error shares that differ by less are no reason to stop a release, however sure the difference is. */
const LEAST_RISE_OF_ERRORS = 0.001;
/** A rise of errors that may go unseen while they count as the same. */
const ERRORS_MARGIN = 0.005;
/** Nobody rules out a drift between two moments, so a change must be larger to mean the release. */
const UNPAIRED_MARGINS = 2;

/** One figure of one endpoint, before it is judged beside the others. */
interface Candidate {
  endpoint: string;
  metric: ComparedMetric;
  before: number | null;
  after: number | null;
  change: ScaledChange | null;
  reason: string | null;
}

/**
 * What became of each endpoint's p50, p95, errors and, under a closed load, throughput. A figure regressed only when its interval
 * lies wholly beyond the margin and its p-value stays below 2.5 % after Holm's correction over everything that is compared.
 */
export function compareBlocks(blocks: ComparedBlocks, options: CompareOptions): MetricChange[] {
  const before = blocks.kind === 'paired' ? blocks.pairs.map((pair) => pair.before) : blocks.before;
  const after = blocks.kind === 'paired' ? blocks.pairs.map((pair) => pair.after) : blocks.after;
  const endpoints = endpointsOf([...before, ...after]).filter(
    (name) => options.endpoints === undefined || options.endpoints.includes(name),
  );
  const metrics = COMPARED_METRICS.filter((metric) => options.closed || metric !== 'throughput');
  const tests = endpoints.length * metrics.length;
  const candidates = endpoints.flatMap((endpoint) =>
    metrics.map((metric) => candidateOf(blocks, endpoint, metric, ALPHA / tests)),
  );
  const margins = candidates.map(({ metric }) => marginOf(metric, blocks, options));
  const worse = holmAdjusted(
    candidates.map(({ change, metric }, index) => change?.pAbove(worseBeyond(metric, margins[index]!)) ?? 1),
  );
  const better = holmAdjusted(
    candidates.map(({ change, metric }, index) => change?.pBelow(-worseBeyond(metric, margins[index]!)) ?? 1),
  );
  return candidates.map((candidate, index) =>
    judge(candidate, { margin: margins[index]!, worse: worse[index]!, better: better[index]! }),
  );
}

function marginOf(
  metric: ComparedMetric,
  { kind }: ComparedBlocks,
  { margin }: Pick<CompareOptions, 'margin'>,
): number {
  if (metric === 'errors') return ERRORS_MARGIN;
  const own = metric === 'p95' ? 2 * margin : margin;
  return kind === 'paired' ? own : UNPAIRED_MARGINS * own;
}

/** On the scale. Any sure rise of errors counts; a latency must rise beyond what is tolerated. */
function worseBeyond(metric: ComparedMetric, margin: number): number {
  return metric === 'errors' ? 0 : Math.log1p(margin);
}

function candidateOf(
  blocks: ComparedBlocks,
  endpoint: string,
  metric: ComparedMetric,
  alpha: number,
): Candidate {
  const figures = (sides: readonly BlockSide[]): (number | null)[] =>
    sides.map((side) => blockFigure(side, endpoint, metric));
  const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const scaled = (value: number): number => toScale(metric, value);
  const typical = (values: readonly number[]): number | null => {
    const centre = mean(values.map(scaled));
    return centre === null ? null : fromCentre(metric, centre);
  };
  if (blocks.kind === 'unpaired') {
    const [old, now] = [present(figures(blocks.before)), present(figures(blocks.after))];
    const fewest = Math.min(old.length, now.length);
    const enough = fewest >= FEWEST_UNPAIRED_BLOCKS;
    return {
      endpoint,
      metric,
      before: typical(old),
      after: typical(now),
      change: enough ? unpairedChange(old.map(scaled), now.map(scaled), alpha) : null,
      reason: enough ? null : tooFew(fewest, FEWEST_UNPAIRED_BLOCKS, 'block'),
    };
  }
  const pairs = blocks.pairs.flatMap((pair) => {
    const before = blockFigure(pair.before, endpoint, metric);
    const after = blockFigure(pair.after, endpoint, metric);
    return before === null || after === null ? [] : [{ before, after }];
  });
  const fewest = Math.ceil(-Math.log2(alpha));
  const change = pairedChange(
    pairs.map(({ before, after }) => ({ before: scaled(before), after: scaled(after) })),
    alpha,
  );
  return {
    endpoint,
    metric,
    before: typical(pairs.map(({ before }) => before)),
    after: typical(pairs.map(({ after }) => after)),
    change,
    reason: pairs.length >= fewest ? null : tooFew(pairs.length, fewest, 'pair'),
  };
}

/** Blocks weigh alike: the geometric mean of times and rates, the mean of shares. */
function fromCentre(metric: ComparedMetric, centre: number): number {
  if (metric === 'errors') return centre;
  return Math.exp(metric === 'throughput' ? -centre : centre);
}

function tooFew(count: number, fewest: number, one: string): string {
  return `${counted(count, one)} with enough requests, and ${fewest} are needed to tell a change from chance`;
}

interface Judging {
  margin: number;
  worse: number;
  better: number;
}

function judge(candidate: Candidate, { margin, worse, better }: Judging): MetricChange {
  const { endpoint, metric, before, after, change, reason } = candidate;
  const common = { endpoint, metric, before, after, margin };
  if (change === null) {
    return {
      ...common,
      change: null,
      interval: null,
      blocks: 0,
      pValue: null,
      detectable: null,
      pairsNeeded: null,
      verdict: 'inconclusive',
      reason,
    };
  }
  const verdict = verdictOf(candidate, change, { margin, worse, better });
  const detectable =
    change.detectable === null
      ? null
      : Math.max(
          metric === 'errors' ? LEAST_RISE_OF_ERRORS : 0,
          change.detectable + worseBeyond(metric, margin),
        );
  return {
    ...common,
    change: fromScale(metric, change.estimate),
    interval: readable(metric, change),
    blocks: change.blocks,
    pValue: worse,
    detectable: detectable === null ? null : Math.abs(fromScale(metric, detectable)),
    pairsNeeded: verdict === 'inconclusive' ? pairsToSettle(change, metric, margin) : null,
    verdict,
    reason: verdict === 'inconclusive' ? (reason ?? whyOpen(metric, change, margin)) : null,
  };
}

/** Whether nothing changed can be told when a change of the margin would be seen. */
function pairsToSettle(
  { spread, blocks }: ScaledChange,
  metric: ComparedMetric,
  margin: number,
): number | null {
  if (spread === null) return null;
  const limit = metric === 'errors' ? margin : Math.log1p(margin);
  const needed = pairsNeeded(spread, limit, { alpha: ALPHA, power: POWER });
  return needed !== null && needed > blocks ? needed : null;
}

function verdictOf(
  { metric, reason }: Candidate,
  { interval, estimate }: ScaledChange,
  { margin, worse, better }: Judging,
): ChangeVerdict {
  if (reason !== null) return 'inconclusive';
  const beyond = worseBeyond(metric, margin);
  const counts = metric !== 'errors' || Math.abs(estimate) >= LEAST_RISE_OF_ERRORS;
  if (counts && worse <= ALPHA && interval.low > beyond) return 'regressed';
  if (counts && better <= ALPHA && interval.high < -beyond) return 'improved';
  const limit = metric === 'errors' ? margin : beyond;
  return interval.high <= limit && interval.low >= -limit ? 'same' : 'inconclusive';
}

/** The scale of throughput is turned round, so that its ends are, too. */
function readable(metric: ComparedMetric, { interval }: ScaledChange): MetricChange['interval'] {
  const end = (value: number): number | null => (Number.isFinite(value) ? fromScale(metric, value) : null);
  const [low, high] = [end(interval.low), end(interval.high)];
  return metric === 'throughput' ? { low: high, high: low } : { low, high };
}

function whyOpen(metric: ComparedMetric, { interval }: ScaledChange, margin: number): string {
  const limit = metric === 'errors' ? margin : Math.log1p(margin);
  if (interval.low > limit) return 'it looks worse, but not surely enough beside all that was compared';
  if (interval.high < -limit) return 'it looks better, but not surely enough beside all that was compared';
  if (interval.high <= limit) return 'it did not get worse by more than the margin; how much better is open';
  return 'the blocks differ too much among themselves: a change beyond the margin may hide in them';
}

/** Whether a figure may have got worse by more than is tolerated. */
export function mayBeWorse({ verdict, metric, interval, margin }: MetricChange): boolean {
  if (verdict !== 'inconclusive') return verdict === 'regressed';
  const { low, high } = interval ?? { low: null, high: null };
  if (metric === 'throughput') return low === null || low < 1 / (1 + margin) - 1;
  return high === null || high > margin;
}
