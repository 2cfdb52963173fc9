import { describe, expect, it } from 'vitest';
import { histogramOf, levelRecord, recordOf, seconds, situationOf, sliceOf } from './load-fixture.ts';
import { steadyPart, warmUpLength } from './steady.ts';

const lagging = (lagMs: number, latencyMs: number) =>
  recordOf(
    seconds(8, (second) => {
      const slice = sliceOf(second, [{ latencies: { [latencyMs]: 100 } }]);
      return {
        ...slice,
        endpoints: slice.endpoints.map((endpoint) => ({
          ...endpoint,
          lag: histogramOf({ 0.1: 90, [lagMs]: 10 }),
        })),
      };
    }),
  );

describe('fitness', () => {
  it.each([
    [0.5, 2, true],
    [0.5, 500, true],
    [3, 500, true],
    [3, 20, true],
    [6, 20, false],
    [7, 500, true],
    [30, 500, false],
  ])('lag of %s ms beside responses of %s ms: %s', (lagMs, latencyMs, isFit) => {
    expect(situationOf(lagging(lagMs, latencyMs)).fitness.isFit).toBe(isFit);
  });

  it('a busy loop is unfit for an open load, and the limit of a closed one', () => {
    const busy = (record: ReturnType<typeof recordOf>) => ({
      ...record,
      slices: record.slices.map((slice) => ({ ...slice, busy: 0.97 })),
    });
    const open = situationOf(
      busy(recordOf(seconds(8, (second) => sliceOf(second, [{ latencies: { 5: 100 } }])))),
    );
    expect(open.fitness).toMatchObject({ isFit: false });
    const closed = situationOf(busy(levelRecord(5, 8, [{ latencies: { 5: 100 } }])));
    expect(closed.fitness.isFit).toBe(true);
    expect(closed.fitness.remarks.join()).toContain('generator was the limit');
  });

  it('a lost worker is unfit, with the reason', () => {
    const record = {
      ...recordOf([sliceOf(0, [])]),
      stopReason: 'worker-lost' as const,
      stopDetail: 'worker 1',
    };
    expect(situationOf(record).fitness.reasons).toEqual(['a worker was lost: worker 1']);
  });
});

describe('the steady part', () => {
  const level = (latencies: readonly number[], rate = 100) =>
    latencies.map((ms, second) => sliceOf(second, [{ latencies: { [ms]: 100 } }], { targetRate: rate }));

  it('begins where responses come to rest', () => {
    expect(warmUpLength(level([900, 300, 40, 20, 21, 19, 20, 21, 20, 19]))).toBe(3);
    expect(warmUpLength(level([20, 20, 20, 20]))).toBe(0);
  });

  it('is the longest span of one load', () => {
    const slices = [...level([20, 20], 10), ...level([20, 20, 20, 20, 20], 100)];
    expect(steadyPart(slices)).toMatchObject({ kind: 'level', otherSlices: 2, warmUpSlices: 0 });
  });

  it('is all of a load that always changes', () => {
    const slices = seconds(6, (second) =>
      sliceOf(second, [{ latencies: { 20: 10 } }], { targetRate: 10 * (second + 1) }),
    );
    expect(steadyPart(slices)).toMatchObject({ kind: 'ramp', slices });
  });

  it('says when it was not steady at all', () => {
    expect(steadyPart(level(Array.from({ length: 20 }, (_, second) => 20 * 1.2 ** second))).drifting).toBe(
      true,
    );
  });
});
