import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spansOutside } from './time-range.ts';

describe('spansOutside', () => {
  it('cuts windows out, whatever their order', () => {
    const cut = [
      { fromMs: 60, toMs: 70 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 15, toMs: 30 },
    ];
    expect(spansOutside({ fromMs: 0, toMs: 100 }, cut)).toEqual([
      { fromMs: 0, toMs: 10 },
      { fromMs: 30, toMs: 60 },
      { fromMs: 70, toMs: 100 },
    ]);
  });

  it('holds a moment exactly when no window does', () => {
    const spans = fc.array(
      fc.tuple(fc.integer({ min: -5, max: 25 }), fc.integer({ min: 0, max: 9 })).map(([fromMs, length]) => ({
        fromMs,
        toMs: fromMs + length,
      })),
    );
    fc.assert(
      fc.property(spans, (cut) => {
        const left = spansOutside({ fromMs: 0, toMs: 20 }, cut);
        for (let moment = 0; moment < 20; moment += 1) {
          const isIn = ({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean =>
            moment >= fromMs && moment < toMs;
          expect(left.filter(isIn)).toHaveLength(cut.some(isIn) ? 0 : 1);
        }
      }),
    );
  });
});
