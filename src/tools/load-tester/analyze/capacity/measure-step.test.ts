import { describe, expect, it } from 'vitest';
import {
  createLatencyHistogram,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from '../../../../core/load/latency-histogram.ts';
import type { LoadTick } from '../../../../core/load/measure.ts';
import { endpointFixture, tickFixture } from '../../../../core/load/tick-fixture.ts';
import { type MeasuredRun, measureStep } from './measure-step.ts';
import { stepUnfitness } from './step-fitness.ts';

const OBJECTIVE = { p95Ms: 200, errorShare: 0.01 };
const RATE = 100;

/** Two seconds of 20 sessions a tick, each of one request that takes 10 ms. */
function ticks(of: (index: number) => Partial<LoadTick> = () => ({})): LoadTick[] {
  return Array.from({ length: 10 }, (_, index) =>
    tickFixture({
      fromMs: index * 200,
      toMs: (index + 1) * 200,
      sessions: { asked: 20, begun: 20, dropped: 0, ended: 20 },
      endpoints: [endpointFixture({ sent: 20, succeeded: 20, response: histogram(20, 10) })],
      inFlight: 1,
      ...of(index),
    }),
  );
}

function histogram(count: number, ms: number): SparseHistogram {
  const filled = createLatencyHistogram();
  for (let index = 0; index < count; index += 1) recordLatency(filled, ms);
  return toSparse(filled);
}

function measure(more: Partial<MeasuredRun> = {}) {
  const run: MeasuredRun = {
    kind: 'search',
    rate: RATE,
    window: ticks(),
    drained: [],
    stopReason: 'completed',
    unfit: null,
    ...more,
  };
  return measureStep(run, OBJECTIVE);
}

describe('a step of the search', () => {
  it('is met by what keeps up', () => {
    expect(measure()).toMatchObject({
      broken: [],
      begunRate: 100,
      completedRate: 100,
      goodRequestRate: 100,
      errorShare: 0,
      worstEndpoint: 'GET /',
      p95Ms: expect.closeTo(10, 0),
    });
  });

  it('breaks by the slow answers that came only while it was drained', () => {
    const late = endpointFixture({ sent: 0, succeeded: 30, response: histogram(30, 900) });
    const step = measure({ drained: [tickFixture({ fromMs: 2_000, toMs: 2_200, endpoints: [late] })] });
    expect(step.broken).toEqual(['latency']);
    expect(step.completedRate).toBe(100);
  });

  it('breaks by a queue that grows to the end, and not by one that comes and goes', () => {
    expect(measure({ window: ticks((index) => ({ inFlight: 1 + index * 2 })) }).broken).toEqual(['backlog']);
    expect(measure({ window: ticks((index) => ({ inFlight: index === 5 ? 60 : 1 })) }).broken).toEqual([]);
  });

  it('breaks by failures, by what was given up, and by drops', () => {
    const failing = endpointFixture({
      sent: 20,
      succeeded: 19,
      failed: { 'status-5xx': 1 },
      response: histogram(20, 10),
    });
    expect(measure({ window: ticks(() => ({ endpoints: [failing] })) })).toMatchObject({
      broken: ['errors'],
      errorShare: 0.05,
    });
    const dropped = { asked: 20, begun: 18, dropped: 2, ended: 18 };
    const censored = endpointFixture({
      sent: 18,
      succeeded: 18,
      response: histogram(18, 10),
      censored: histogram(2, 900),
    });
    expect(measure({ window: ticks(() => ({ sessions: dropped, endpoints: [censored] })) }).broken).toEqual([
      'latency',
      'errors',
      'dropped',
    ]);
  });

  it('breaks when it was stopped, when the server asked for a pause, and when nothing was answered', () => {
    expect(measure({ stopReason: 'threshold' }).broken).toEqual(['backlog']);
    const paused = { asked: 10, begun: 10, dropped: 0, ended: 10 };
    expect(measure({ window: ticks(() => ({ sessions: paused })) }).broken).toEqual(['backlog']);
    expect(measure({ window: [] }).broken).toContain('errors');
  });
});

describe('the generator in a step', () => {
  const limits = { objective: OBJECTIVE, maxBusy: 90 };
  const withLag = (ms: number) =>
    ticks(() => ({ endpoints: [endpointFixture({ sent: 20, succeeded: 20, lag: histogram(20, ms) })] }));

  it('is fit while its lateness is small beside the objective', () => {
    expect(stepUnfitness(ticks(), RATE, limits)).toBeNull();
    expect(stepUnfitness(withLag(8), RATE, limits)).toBeNull();
    expect(stepUnfitness([], RATE, limits)).toBeNull();
  });

  it('is unfit when it is late by a share of the objective, has no room, or does not make the rate', () => {
    expect(stepUnfitness(withLag(40), RATE, limits)).toMatch(/sent 40\.\d ms late/);
    expect(
      stepUnfitness(
        ticks(() => ({ busy: 0.97 })),
        RATE,
        limits,
      ),
    ).toMatch(/97 % of the time/);
    const few = { asked: 12, begun: 12, dropped: 0, ended: 12 };
    expect(
      stepUnfitness(
        ticks(() => ({ sessions: few })),
        RATE,
        limits,
      ),
    ).toMatch(/only 120 of 200 arrivals/);
  });
});
