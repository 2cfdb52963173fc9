import { describe, expect, it } from 'vitest';
import {
  createLatencyHistogram,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from '../../../../core/load/latency-histogram.ts';
import { endpointFixture, tickFixture } from '../../../../core/load/tick-fixture.ts';
import { judgePairFitness } from './pair-fitness.ts';

const LIMITS = { maxLagMs: 5, maxBusy: 90, margin: 0.05 };

function histogram(values: readonly number[]): SparseHistogram {
  const filled = createLatencyHistogram();
  for (const value of values) recordLatency(filled, value);
  return toSparse(filled);
}

/** A hundred requests of 20 ms, of which so many were sent late by so much. */
function side(late: number, lagMs: number, busy = 0.2) {
  const lag = histogram(Array.from({ length: 100 }, (_, index) => (index < late ? lagMs : 0.1)));
  const response = histogram(Array.from({ length: 100 }, () => 20));
  return [tickFixture({ busy, endpoints: [endpointFixture({ response, lag })] })];
}

describe('the generator in a comparison', () => {
  it('is fit when it is in time, and when it is late now and then on both sides', () => {
    expect(judgePairFitness(side(0, 0), side(0, 0), LIMITS)).toEqual({ unfit: null, late: null });
    expect(judgePairFitness(side(4, 12), side(5, 12), LIMITS)).toEqual({
      unfit: null,
      late: expect.stringMatching(/^1 % of requests were sent 1\d\.\d ms late .* both sides alike$/),
    });
    expect(judgePairFitness([], [], LIMITS)).toEqual({ unfit: null, late: null });
  });

  it('is unfit when it is late as a rule or has no room', () => {
    expect(judgePairFitness(side(70, 9), side(70, 9), LIMITS).unfit).toMatch(/half of all requests/);
    expect(judgePairFitness(side(0, 0, 0.95), side(0, 0, 0.95), LIMITS).unfit).toMatch(/95 % of the time/);
  });

  it('is fit when one pause of the machine fell on one side', () => {
    expect(judgePairFitness(side(0, 0), side(10, 80), LIMITS).unfit).toBeNull();
  });

  it('is unfit when it was late on one side more than on the other', () => {
    expect(judgePairFitness(side(0, 0), side(60, 3), LIMITS).unfit).toMatch(
      /sent 0\.1 ms late before and 3\.0 ms after/,
    );
  });
});
