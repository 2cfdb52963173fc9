import { describe, expect, it } from 'vitest';
import { createBatchClock } from './batch.ts';
import { choosePacing } from './choose.ts';
import { createMetronomeClock } from './metronome.ts';
import { createSpinClock } from './spin.ts';
import type { CreatePacingClock } from './types.ts';

const CLOCKS: [string, CreatePacingClock][] = [
  ['batch', createBatchClock],
  ['spin', createSpinClock],
  ['metronome', createMetronomeClock],
];

describe.each(CLOCKS)('%s clock', (_kind, create) => {
  it('wakes for each due time, never before all sooner ones, and not any more once closed', async () => {
    const dues = [3, 3.2, 3.4, 10, 25].map((ms) => performance.now() + ms);
    const woken: number[] = [];
    await new Promise<void>((resolve) => {
      const clock = create(wake, () => {
        // A later time must not put off a sooner one.
        clock.arm(performance.now() + 5_000);
        clock.arm(dues[0]!);
        clock.arm(performance.now() + 6_000);
      });
      function wake(): void {
        const nowMs = performance.now();
        while (dues.length > 0 && dues[0]! <= nowMs) {
          dues.shift();
          woken.push(nowMs);
        }
        if (dues.length > 0) {
          clock.arm(dues[0]!);
          return;
        }
        clock.close();
        resolve();
      }
    });
    expect(woken).toHaveLength(5);
  });
});

describe('choice of a clock', () => {
  const situation = { peakRate: 10_000, workers: 2, cores: 16, load: 1 };
  it('spins only at high rates and where cores are spare', () => {
    expect(choosePacing(situation)).toBe('spin');
    expect(choosePacing({ ...situation, peakRate: 500 })).toBe('metronome');
    expect(choosePacing({ ...situation, peakRate: null })).toBe('metronome');
    expect(choosePacing({ ...situation, load: 12 })).toBe('metronome');
    expect(choosePacing({ ...situation, cores: 4 })).toBe('metronome');
    expect(choosePacing({ ...situation, cores: 1 })).toBe('batch');
  });
});
