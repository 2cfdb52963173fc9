import { latencyCount } from '../../../../core/load/latency-histogram.ts';
import type { EndpointMeasure } from '../../../../core/load/measure.ts';
import { censoredQuantile, countEnded, countFailures } from '../figures.ts';

/** What one side answered in one block of load, warm-up cut off. */
export interface BlockSide {
  durationMs: number;
  endpoints: readonly EndpointMeasure[];
}

/** Two blocks beside each other, with the same arrivals. */
export interface BlockPair {
  before: BlockSide;
  after: BlockSide;
}

export const COMPARED_METRICS = ['p50', 'p95', 'errors', 'throughput'] as const;
export type ComparedMetric = (typeof COMPARED_METRICS)[number];

/** Fewer requests in a block say nothing about this figure of it. */
const FEWEST_REQUESTS: Readonly<Record<ComparedMetric, number>> = {
  p50: 5,
  p95: 20,
  errors: 1,
  throughput: 1,
};

/**
 * The figure of an endpoint in a block: milliseconds, a share of 0 to 1, or requests a second that were answered well. What was
 * given up counts as slow. null where it has too few requests.
 */
export function blockFigure(side: BlockSide, endpoint: string, metric: ComparedMetric): number | null {
  const measure = side.endpoints.find(({ name }) => name === endpoint);
  return measure === undefined ? null : figureOf(measure, metric, side.durationMs);
}

export function figureOf(
  measure: EndpointMeasure,
  metric: ComparedMetric,
  durationMs: number,
): number | null {
  const givenUp = latencyCount(measure.censored);
  const asked = countEnded(measure) + givenUp;
  if (asked < FEWEST_REQUESTS[metric]) return null;
  // Whoever is never answered was not served either.
  if (metric === 'errors') return (countFailures(measure) + givenUp) / asked;
  if (metric === 'throughput') return durationMs > 0 ? (measure.succeeded / durationMs) * 1_000 : null;
  return censoredQuantile(measure.response, measure.censored, metric === 'p50' ? 0.5 : 0.95)?.ms ?? null;
}

/** Endpoints of any block, in the order in which they first appear. */
export function endpointsOf(sides: readonly BlockSide[]): string[] {
  return [...new Set(sides.flatMap(({ endpoints }) => endpoints.map(({ name }) => name)))];
}
