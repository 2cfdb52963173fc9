import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrivals, arrivalsOf, expectedArrivals, type OpenModel } from './arrivals.ts';
import type { LoadStage } from './plan.ts';

const stage = fc.record({
  from: fc.integer({ min: 0, max: 400 }),
  to: fc.integer({ min: 0, max: 400 }),
  durationMs: fc.integer({ min: 1, max: 1500 }),
});
const stages = fc.array(stage, { minLength: 1, maxLength: 5 });
const generated = fc.record({
  kind: fc.constant('arrivals' as const),
  stages,
  spacing: fc.constantFrom('even' as const, 'poisson' as const),
});
const replay = fc
  .record({
    times: fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { maxLength: 300 }),
    speed: fc.constantFrom(0.5, 1, 2, 7),
  })
  .map(({ times, speed }) => ({
    kind: 'replay' as const,
    atMs: Float64Array.from(times).sort(),
    scenario: Uint16Array.from(times, (_, index) => index % 3),
    speed,
  }));
const model: fc.Arbitrary<OpenModel> = fc.oneof(generated, replay);

interface Arrived {
  atMs: number;
  number: number;
  scenario: number;
}

function take(arrivals: Arrivals, beforeMs = Infinity): Arrived[] {
  const taken: Arrived[] = [];
  while (arrivals.atMs < beforeMs) {
    taken.push({ atMs: arrivals.atMs, number: arrivals.number, scenario: arrivals.scenario });
    arrivals.advance();
  }
  return taken;
}

const timesOf = (asked: OpenModel, seed = 1): number[] =>
  take(arrivalsOf(asked, { seed, worker: 0, workers: 1 })).map(({ atMs }) => atMs);

const constant = (rate: number, durationMs: number): LoadStage[] => [{ from: rate, to: rate, durationMs }];

describe('shares of workers', () => {
  it('together are the sequence of one worker, to the bit', () => {
    fc.assert(
      fc.property(model, fc.integer(), fc.integer({ min: 1, max: 9 }), (asked, seed, workers) => {
        const alone = take(arrivalsOf(asked, { seed, worker: 0, workers: 1 }));
        const shares = Array.from({ length: workers }, (_, worker) =>
          take(arrivalsOf(asked, { seed, worker, workers })),
        );
        expect(shares.flat().sort((a, b) => a.number - b.number)).toEqual(alone);
      }),
    );
  });

  it('stay so when the load is changed while it runs', () => {
    fc.assert(
      fc.property(
        model,
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 2500 }), stages), { minLength: 1, maxLength: 3 }),
        (asked, seed, workers, unordered) => {
          const changes = unordered.sort(([a], [b]) => a - b);
          const run = (worker: number, of: number): Arrived[] => {
            const arrivals = arrivalsOf(asked, { seed, worker, workers: of });
            const taken: Arrived[] = [];
            for (const [fromMs, next] of changes) {
              taken.push(...take(arrivals, fromMs - 1));
              arrivals.change(fromMs, next);
            }
            return [...taken, ...take(arrivals)];
          };
          const alone = run(0, 1);
          const shares = Array.from({ length: workers }, (_, worker) => run(worker, workers));
          expect(shares.flat().sort((a, b) => a.number - b.number)).toEqual(alone);
          const times = alone.map(({ atMs }) => atMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(alone.map(({ number }) => number)).toEqual(alone.map((_, index) => index));
        },
      ),
    );
  });

  it('begin where they are asked to', () => {
    fc.assert(
      fc.property(model, fc.integer(), fc.integer({ min: 0, max: 6000 }), (asked, seed, fromMs) => {
        const whole = take(arrivalsOf(asked, { seed, worker: 0, workers: 1 }));
        expect(take(arrivalsOf(asked, { seed, worker: 0, workers: 1, fromMs }))).toEqual(
          whole.filter(({ atMs }) => atMs >= fromMs),
        );
      }),
    );
  });
});

describe('even spacing', () => {
  it('has one arrival in each turn of a constant rate', () => {
    const times = timesOf({ kind: 'arrivals', stages: constant(10, 1000), spacing: 'even' });
    expect(times.map((time) => Math.round(time))).toEqual([50, 150, 250, 350, 450, 550, 650, 750, 850, 950]);
  });

  it('asks for exactly as many as the area of the rate', () => {
    fc.assert(
      fc.property(stages, (asked) => {
        const even: OpenModel = { kind: 'arrivals', stages: asked, spacing: 'even' };
        const times = timesOf(even);
        expect(Math.abs(times.length - expectedArrivals(even))).toBeLessThanOrEqual(0.5 + 1e-6);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('follows a ramp: after half of the time, a quarter of the arrivals', () => {
    const ramp = [{ from: 0, to: 1000, durationMs: 10_000 }];
    const times = timesOf({ kind: 'arrivals', stages: ramp, spacing: 'even' });
    expect(times).toHaveLength(5000);
    expect(times.filter((time) => time < 5000)).toHaveLength(1250);
  });

  it('waits through a stage without load', () => {
    const asked = [...constant(2, 1000), ...constant(0, 60_000), ...constant(2, 1000)];
    expect(timesOf({ kind: 'arrivals', stages: asked, spacing: 'even' })).toEqual([250, 750, 61_250, 61_750]);
  });
});

describe('Poisson spacing', () => {
  const asked: OpenModel = { kind: 'arrivals', stages: constant(1000, 100_000), spacing: 'poisson' };

  it('is the same for the same seed, and another one for another', () => {
    expect(timesOf(asked, 7)).toEqual(timesOf(asked, 7));
    expect(timesOf(asked, 7).slice(0, 5)).not.toEqual(timesOf(asked, 8).slice(0, 5));
  });

  it('has gaps whose deviation is their mean, and no memory', () => {
    const times = timesOf(asked, 3);
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    const neighbours =
      gaps.slice(1).reduce((sum, gap, index) => sum + (gap - mean) * (gaps[index]! - mean), 0) /
      gaps.length /
      variance;
    // 100,000 arrivals: the count, the mean and the correlation are within four standard errors.
    expect(Math.abs(times.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
    expect(Math.abs(neighbours)).toBeLessThan(4 / Math.sqrt(100_000));
  });

  it('follows a ramp', () => {
    const ramp: OpenModel = {
      kind: 'arrivals',
      stages: [{ from: 0, to: 2000, durationMs: 100_000 }],
      spacing: 'poisson',
    };
    const early = timesOf(ramp, 5).filter((time) => time < 50_000).length;
    expect(Math.abs(early - 25_000)).toBeLessThan(4 * Math.sqrt(25_000));
  });
});

describe('a replay', () => {
  const recorded: OpenModel = {
    kind: 'replay',
    atMs: Float64Array.of(0, 10, 10, 500),
    scenario: Uint16Array.of(2, 0, 1, 2),
    speed: 2,
  };

  it('keeps times and scenarios, at its speed', () => {
    const taken = take(arrivalsOf(recorded, { seed: 1, worker: 0, workers: 1 }));
    expect(taken.map(({ atMs, scenario }) => [atMs, scenario])).toEqual([
      [0, 2],
      [5, 0],
      [5, 1],
      [250, 2],
    ]);
  });

  it('is followed by even arrivals, by weight, where the load is changed', () => {
    const arrivals = arrivalsOf(recorded, { seed: 1, worker: 0, workers: 1 });
    arrivals.change(100, constant(10, 200));
    expect(take(arrivals).map(({ atMs, scenario }) => [Math.round(atMs), scenario])).toEqual([
      [0, 2],
      [5, 0],
      [5, 1],
      [150, -1],
      [250, -1],
    ]);
    expect([arrivals.rateAt(50), arrivals.rateAt(150), arrivals.rateAt(400)]).toEqual([1, 10, 0]);
  });
});
