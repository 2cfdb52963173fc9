import {
  createLatencyHistogram,
  EMPTY_SPARSE,
  recordLatency,
  toSparse,
} from '../../../../core/load/latency-histogram.ts';
import type { EndpointMeasure } from '../../../../core/load/measure.ts';
import { randomNormal, type RandomSource } from '../../../../core/statistics/random.ts';
import type { BlockPair, BlockSide } from './blocks.ts';

/** A server whose response times are lognormal, and whose moments differ: both blocks of a pair share most of theirs. */
export interface SimulatedEndpoint {
  name?: string;
  medianMs?: number;
  /** Factor of the side after, on everything. */
  slower?: number;
  errorsBefore?: number;
  errorsAfter?: number;
  requests?: number;
  /** Sigma of the logarithm within a block. */
  sigma?: number;
}

export interface SimulatedNoise {
  /** Sigma of what both blocks of a pair share, and of what each has for itself. */
  moment: number;
  own: number;
}

const QUIET: SimulatedNoise = { moment: 0.3, own: 0.01 };

export function simulatePairs(
  random: RandomSource,
  count: number,
  endpoints: readonly SimulatedEndpoint[],
  noise: SimulatedNoise = QUIET,
): BlockPair[] {
  return Array.from({ length: count }, () => {
    const moment = Math.exp(randomNormal(random) * noise.moment);
    const side = (isAfter: boolean): BlockSide => {
      const own = moment * Math.exp(randomNormal(random) * noise.own);
      return {
        durationMs: 2_000,
        endpoints: endpoints.map((one) => simulateEndpoint(random, one, own, isAfter)),
      };
    };
    return { before: side(false), after: side(true) };
  });
}

export function simulateEndpoint(
  random: RandomSource,
  one: SimulatedEndpoint,
  factor: number,
  isAfter: boolean,
): EndpointMeasure {
  const { name = 'GET /a', medianMs = 20, slower = 1, requests = 200, sigma = 0.2 } = one;
  const errors = (isAfter ? one.errorsAfter : one.errorsBefore) ?? 0;
  const response = createLatencyHistogram();
  let failed = 0;
  for (let request = 0; request < requests; request += 1) {
    const time = medianMs * factor * (isAfter ? slower : 1) * Math.exp(randomNormal(random) * sigma);
    recordLatency(response, time);
    if (random() < errors) failed += 1;
  }
  return {
    name,
    sent: requests,
    succeeded: requests - failed,
    failed: failed === 0 ? {} : { 'status-5xx': failed },
    statuses: {},
    cancelled: 0,
    bytesIn: 0,
    bytesOut: 0,
    service: toSparse(response),
    response: toSparse(response),
    lag: EMPTY_SPARSE,
    firstByte: EMPTY_SPARSE,
    censored: EMPTY_SPARSE,
    serverTiming: EMPTY_SPARSE,
  };
}
