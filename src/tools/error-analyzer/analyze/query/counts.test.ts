import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeCounts } from './time-counts.ts';
import { createValueCounts } from './value-counts.ts';

describe('counts of a query', () => {
  it('over time stay few, and add up', () => {
    const times = fc.array(fc.integer({ min: 0, max: 4_000_000_000_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, (all) => {
        const counts = createTimeCounts();
        for (const atMs of all) counts.add(atMs);
        expect(counts.parts().reduce((sum, [, count]) => sum + count, 0)).toBe(all.length);
      }),
    );
    const counts = createTimeCounts();
    for (let minute = 0; minute < 10_000; minute += 1) counts.add(minute * 60_000);
    expect(counts.parts().length).toBeLessThanOrEqual(4_096);
    expect(counts.widthMs).toBe(4 * 60_000);
    expect(counts.parts()[0]).toEqual([0, 4]);
  });

  it('by value are capped, and say how many were', () => {
    const counts = createValueCounts();
    for (let at = 0; at < 10_005; at += 1) counts.add(`v${at}`);
    counts.add('v1');
    counts.add(null);
    expect(counts.values()).toHaveLength(10_000);
    expect(counts.values()[0]).toEqual({ value: 'v1', count: 2 });
    expect([counts.others, counts.without]).toEqual([5, 1]);
  });
});
