import { describe, expect, it } from 'vitest';
import { BEAT_MS, createLoopLag } from './loop-lag.ts';

describe('loop lag', () => {
  it('gives a probe the largest delay while it ran, and none from another time', () => {
    const lag = createLoopLag();
    for (let dueMs = 0; dueMs <= 5_000; dueMs += BEAT_MS) lag.record(dueMs, dueMs === 2_000 ? 2_030 : dueMs);

    expect(lag.maxSince(1_990, 2_050)).toBe(30);
    expect(lag.maxSince(1_000, 4_000)).toBe(30);
    expect(lag.maxSince(3_000, 5_000)).toBe(0);
    expect(lag.maxSince(4_000, 5_000)).toBe(0);
  });

  it('knows of a standstill before its own timer has fired', () => {
    const lag = createLoopLag();
    lag.record(1_000, 1_000);
    expect(lag.maxSince(1_000, 91_000)).toBe(90_000 - BEAT_MS);
  });

  it('blames a standstill on every probe that was in flight in it', () => {
    const lag = createLoopLag();
    lag.record(1_000, 1_000);
    lag.record(1_020, 91_000);
    for (let dueMs = 91_020; dueMs <= 95_000; dueMs += BEAT_MS) lag.record(dueMs, dueMs);

    expect(lag.maxSince(900, 95_000)).toBe(89_980);
    expect(lag.maxSince(50_000, 95_000)).toBe(89_980);
    expect(lag.maxSince(92_000, 95_000)).toBe(0);
  });

  it('forgets in minutes, not in rounds of its ring', () => {
    const lag = createLoopLag();
    lag.record(1_000, 1_500);
    for (let dueMs = 1_520; dueMs <= 500_000; dueMs += BEAT_MS) lag.record(dueMs, dueMs);
    expect(lag.maxSince(400_000, 500_000)).toBe(0);
  });

  it('takes the 99th percentile of what came since it was taken last', () => {
    const lag = createLoopLag();
    for (let late = 1; late <= 100; late += 1) lag.record(1_000, 1_000 + late);
    expect(lag.takeP99()).toBe(99);
    expect(lag.takeP99()).toBe(0);
  });
});
