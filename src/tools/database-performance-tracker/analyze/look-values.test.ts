import { describe, expect, it } from 'vitest';
import { backends, NOW } from './live-fixtures.ts';
import { type CumulativeCounters, counterValues, sessionValues, waitValues } from './look-values.ts';
import { profileWaits, waitSample } from './wait-profile.ts';

const BEFORE: CumulativeCounters = {
  commits: 100,
  rollbacks: 10,
  blocksHit: 900,
  blocksRead: 100,
  deadlocks: 4,
  tempBytes: 0,
  resetAtMs: null,
};

describe('counters', () => {
  it('become rates and shares of the time between', () => {
    const now = { ...BEFORE, commits: 190, rollbacks: 20, blocksHit: 990, blocksRead: 110, deadlocks: 5 };
    expect(counterValues(BEFORE, now, 10_000)).toEqual({
      transactionsPerSecond: 10,
      cacheHitPercent: 90,
      deadlocks: 1,
      tempBytes: 0,
    });
  });

  it('began at zero with a reset, and are never negative', () => {
    const reset = { ...BEFORE, commits: 5, rollbacks: 0, deadlocks: 1, resetAtMs: NOW };
    expect(counterValues(BEFORE, reset, 1_000)).toMatchObject({ transactionsPerSecond: 5, deadlocks: 1 });
    const older = { ...reset, resetAtMs: null };
    expect(counterValues(BEFORE, older, 1_000)).toMatchObject({ transactionsPerSecond: 5, deadlocks: 1 });
  });

  it('are not measured without two looks, nor a hit rate without reads', () => {
    expect(counterValues(null, BEFORE, 1_000)).toMatchObject({
      transactionsPerSecond: null,
      deadlocks: null,
    });
    expect(counterValues(BEFORE, BEFORE, 1_000)).toMatchObject({
      cacheHitPercent: null,
      transactionsPerSecond: 0,
    });
  });
});

describe('sessions', () => {
  it('count ours, and give a series to few applications', () => {
    const many = backends(30, (index) => ({ application: `job-${index % 15}` }));
    const { connections, states, idle } = sessionValues(many);
    expect(connections).toBe(31);
    expect(states).toEqual(new Map([['idle', 30]]));
    expect(idle.size).toBe(10);
  });

  it('wait by class', () => {
    const busy = [
      ...backends(2, () => ({ state: 'active', waitType: 'IO', waitEvent: 'DataFileRead' })),
      ...backends(1, () => ({ state: 'active', waitType: 'IO', waitEvent: 'WALSync' })),
      ...backends(1, () => ({ state: 'active' })),
    ];
    expect(waitValues(profileWaits([waitSample(NOW, busy)]))).toEqual({
      averageActive: 4,
      waits: new Map([
        ['IO', 3],
        ['CPU', 1],
      ]),
    });
  });
});
