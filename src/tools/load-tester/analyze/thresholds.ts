import { mergeHistograms } from '../../../core/load/merge-ticks.ts';
import { RearguardError } from '../../../core/errors.ts';
import { latencyCount, latencyMean, type SparseHistogram } from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, FailureKind, LoadTick } from '../../../core/load/measure.ts';
import { percent } from '../../../core/rounding.ts';
import { formatLatency } from './format.ts';
import { censoredQuantile, countEnded, countFailures, supports } from './figures.ts';
import { spanMs, sumOf } from './merge.ts';

/** A limit on a figure of the run: `p95<200ms`, `GET /api/x:errors<1%`, `lag:p99<2ms`. */
export interface Threshold {
  /** As it was written. */
  text: string;
  /** null: over all endpoints. */
  endpoint: string | null;
  figure: ThresholdFigure;
  comparison: '<' | '<=' | '>' | '>=';
  /** Milliseconds, a share of 1, or as it is: by the figure. */
  limit: number;
}

export type ThresholdFigure =
  | { kind: 'quantile'; of: TimeKind; q: number }
  | { kind: 'mean'; of: TimeKind }
  | { kind: 'max'; of: TimeKind }
  /** Shares of what ended, of what ended, and of the sessions asked for. */
  | { kind: 'errors' | 'checks' | 'dropped' }
  | { kind: 'error-count' | 'dropped-count' | 'requests' }
  | { kind: 'rate' | 'goodput' };

export const TIME_KINDS = ['response', 'service', 'lag', 'firstByte', 'serverTiming'] as const;
export type TimeKind = (typeof TIME_KINDS)[number];

/** `value` is null where there was nothing to judge by; that does not hold. */
export interface ThresholdVerdict {
  threshold: Threshold;
  value: number | null;
  samples: number;
  holds: boolean;
}

const FAMILIES: Readonly<Record<string, TimeKind>> = {
  response: 'response',
  service: 'service',
  lag: 'lag',
  'first-byte': 'firstByte',
  'server-timing': 'serverTiming',
};
const FORM =
  /^(?:(?<selector>.+):)?\s*(?<figure>[a-z][a-z0-9.-]*)\s*(?<comparison><=|>=|<|>)\s*(?<limit>\d+(?:\.\d+)?)\s*(?<unit>[a-zµ%/]*)$/u;
const TIME_UNITS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1_000, m: 60_000 };
const EXAMPLES =
  'Write it like p95<200ms, p99.9<1s, errors<1%, checks>99%, rate>500, lag:p99<2ms or "GET /api/x:p95<100ms".';

/** Throws E_USAGE that says what is wrong with it. */
export function parseThreshold(text: string): Threshold {
  const groups = FORM.exec(text.trim())?.groups;
  if (groups === undefined) throw badThreshold(text, 'it is not a figure, a comparison and a limit');
  const { selector, figure: name = '', comparison, limit = '', unit = '' } = groups;
  const { endpoint, of } = parseSelector(selector);
  const figure = parseFigure(text, name, of ?? 'response', unit);
  if (of !== null && !('of' in figure)) throw badThreshold(text, `${name} has no ${selector ?? ''}`);
  return {
    text: text.trim(),
    endpoint,
    figure,
    comparison: comparison as Threshold['comparison'],
    limit: Number(limit) * scaleOf(text, figure, unit),
  };
}

/** `GET /api/x:service` is both; a colon may stand in the name of an endpoint, so only the last part can be a family. */
function parseSelector(selector: string | undefined): { endpoint: string | null; of: TimeKind | null } {
  if (selector === undefined) return { endpoint: null, of: null };
  const parts = selector.split(':');
  const of = FAMILIES[(parts.at(-1) ?? '').trim()] ?? null;
  const endpoint = (of === null ? selector : parts.slice(0, -1).join(':')).trim();
  return { endpoint: endpoint === '' ? null : endpoint, of };
}

function parseFigure(text: string, name: string, of: TimeKind, unit: string): ThresholdFigure {
  const quantile = /^p(\d{1,2}(?:\.\d+)?)$/.exec(name);
  if (quantile) {
    const q = Number(quantile[1]) / 100;
    if (q <= 0) throw badThreshold(text, 'p0 is no percentile');
    return { kind: 'quantile', of, q };
  }
  switch (name) {
    case 'median':
      return { kind: 'quantile', of, q: 0.5 };
    case 'mean':
    case 'avg':
      return { kind: 'mean', of };
    case 'max':
      return { kind: 'max', of };
    case 'errors':
      return { kind: unit === '%' ? 'errors' : 'error-count' };
    case 'dropped':
      return { kind: unit === '%' ? 'dropped' : 'dropped-count' };
    case 'checks':
    case 'rate':
    case 'goodput':
    case 'requests':
      return { kind: name };
    default:
      throw badThreshold(text, `there is no figure ${name}`);
  }
}

function scaleOf(text: string, figure: ThresholdFigure, unit: string): number {
  if ('of' in figure) {
    const scale = TIME_UNITS[unit];
    if (scale === undefined)
      throw badThreshold(
        text,
        unit === '' ? 'the limit needs a unit: ms or s' : `${unit} is no unit of time`,
      );
    return scale;
  }
  if (figure.kind === 'errors' || figure.kind === 'dropped') return 0.01;
  if (figure.kind === 'checks') {
    if (unit !== '%') throw badThreshold(text, 'checks are a percentage: checks>99%');
    return 0.01;
  }
  if (figure.kind === 'rate' || figure.kind === 'goodput') {
    if (!['', '/s', 'rps'].includes(unit))
      throw badThreshold(text, 'a rate is in requests a second: rate>500');
    return 1;
  }
  if (unit !== '') throw badThreshold(text, `a count has no unit ${unit}`);
  return 1;
}

function badThreshold(text: string, reason: string): RearguardError {
  return new RearguardError('E_USAGE', {
    message: `The threshold ${JSON.stringify(text)} cannot be read: ${reason}.`,
    hint: EXAMPLES,
  });
}

/** Over slices or ticks that follow one another. */
export function judgeThreshold(threshold: Threshold, ticks: readonly LoadTick[]): ThresholdVerdict {
  const { value, samples } = readFigure(threshold, ticks);
  return { threshold, value, samples, holds: value !== null && compare(value, threshold) };
}

/** What a generator that is late can bring about itself. */
const OWN_FAILURES: readonly FailureKind[] = ['timeout', 'connect-timeout'];

/**
 * Whether it does not hold, however late the generator was: nothing was measured at all, or too much fails also without the
 * requests that ran into a deadline. Times, rates and drops may be our own doing.
 */
export function isCrossedAnyway({ threshold, value }: ThresholdVerdict, ticks: readonly LoadTick[]): boolean {
  if (value === null) return true;
  const { kind } = threshold.figure;
  if (kind !== 'errors' && kind !== 'error-count' && kind !== 'checks') return false;
  const theirs = judgeThreshold(threshold, ticks.map(withoutOwnFailures));
  return theirs.value !== null && !theirs.holds;
}

function withoutOwnFailures(tick: LoadTick): LoadTick {
  return {
    ...tick,
    endpoints: tick.endpoints.map((endpoint) => ({
      ...endpoint,
      failed: Object.fromEntries(
        Object.entries(endpoint.failed).filter(([kind]) => !OWN_FAILURES.includes(kind as FailureKind)),
      ),
    })),
  };
}

/**
 * Thresholds that a window of the last ticks breaks with enough samples to say so. What asks for at least so much
 * (a rate) is only judged once the window is full.
 */
export function brokenNow(
  thresholds: readonly Threshold[],
  window: readonly LoadTick[],
  isFull: boolean,
): ThresholdVerdict[] {
  return thresholds
    .filter(({ comparison, figure }) => isFull || comparison.startsWith('<') || figure.kind === 'checks')
    .map((threshold) => judgeThreshold(threshold, window))
    .filter((verdict) => !verdict.holds && hasEnough(verdict));
}

const MIN_SHARE_SAMPLES = 20;

function hasEnough({ threshold: { figure }, samples }: ThresholdVerdict): boolean {
  if (figure.kind === 'quantile') return supports(samples, figure.q);
  if (figure.kind === 'rate' || figure.kind === 'goodput') return true;
  if (figure.kind === 'requests') return false;
  if (figure.kind === 'error-count' || figure.kind === 'dropped-count' || figure.kind === 'max')
    return samples > 0;
  return samples >= MIN_SHARE_SAMPLES;
}

function compare(value: number, { comparison, limit }: Threshold): boolean {
  if (comparison === '<') return value < limit;
  if (comparison === '<=') return value <= limit;
  return comparison === '>' ? value > limit : value >= limit;
}

interface Reading {
  value: number | null;
  samples: number;
}

function readFigure({ endpoint, figure }: Threshold, ticks: readonly LoadTick[]): Reading {
  const measures = ticks.flatMap(({ endpoints }) =>
    endpoint === null ? endpoints : endpoints.filter(({ name }) => name === endpoint),
  );
  if ('of' in figure) return readTime(figure, measures);
  if (figure.kind === 'dropped' || figure.kind === 'dropped-count') return readDropped(figure.kind, ticks);
  const ended = sumOf(measures, countEnded);
  const failed = sumOf(measures, countFailures);
  const seconds = sumOf(ticks, spanMs) / 1_000;
  const values: Record<typeof figure.kind, number | null> = {
    errors: ended === 0 ? null : failed / ended,
    checks: ended === 0 ? null : (ended - failed) / ended,
    'error-count': ended === 0 ? null : failed,
    requests: ended,
    rate: seconds === 0 ? null : ended / seconds,
    goodput: seconds === 0 ? null : (ended - failed) / seconds,
  };
  return { value: values[figure.kind], samples: ended };
}

function readDropped(kind: 'dropped' | 'dropped-count', ticks: readonly LoadTick[]): Reading {
  const asked = sumOf(ticks, ({ sessions }) => sessions.asked);
  const dropped = sumOf(ticks, ({ sessions }) => sessions.dropped);
  if (asked === 0) return { value: null, samples: 0 };
  return { value: kind === 'dropped' ? dropped / asked : dropped, samples: asked };
}

function readTime(
  figure: Extract<ThresholdFigure, { of: TimeKind }>,
  measures: readonly EndpointMeasure[],
): Reading {
  const measured = mergeHistograms(measures.map((measure): SparseHistogram => measure[figure.of]));
  // Only the response has a part that nobody saw the end of.
  const censored =
    figure.of === 'response' ? mergeHistograms(measures.map((measure) => measure.censored)) : undefined;
  const samples = latencyCount(measured) + (censored === undefined ? 0 : latencyCount(censored));
  if (figure.kind === 'mean') return { value: latencyMean(measured), samples };
  return {
    value: censoredQuantile(measured, censored, figure.kind === 'max' ? 1 : figure.q)?.ms ?? null,
    samples,
  };
}

/** `240 ms`, `1.2 %`, `480 /s`, `no samples`. */
export function formatThresholdValue({ threshold: { figure }, value }: ThresholdVerdict): string {
  if (value === null) return 'no samples';
  if ('of' in figure) return formatLatency(value);
  if (figure.kind === 'errors' || figure.kind === 'checks' || figure.kind === 'dropped')
    return `${percent(value)} %`;
  if (figure.kind === 'rate' || figure.kind === 'goodput') return `${value.toFixed(1)} /s`;
  return String(value);
}
