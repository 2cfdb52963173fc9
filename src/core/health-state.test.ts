import { describe, expect, it } from 'vitest';
import {
  CONFIRMED_TRIES,
  type HealthState,
  initialState,
  observe,
  SINGLE_TRIES,
  weightedChangeShare,
} from './health-state.ts';

const LIMIT_MS = 200;

/** States after each observation; a number is a success with that latency, `x` a failure. */
function replay(observations: readonly (number | 'x')[], hysteresis = SINGLE_TRIES): HealthState[] {
  let state = initialState(0);
  return observations.map((value, index) => {
    const observation = { atMs: index * 1_000, ok: value !== 'x', latencyMs: value === 'x' ? null : value };
    state = observe(state, observation, LIMIT_MS, hysteresis).next;
    return state.state;
  });
}

describe('observe', () => {
  it('stays unknown until two successes', () => {
    expect(replay([10, 10])).toEqual(['unknown', 'up']);
  });

  it('does not go down for a lone failure', () => {
    expect(replay([10, 10, 'x', 10, 10]).at(-1)).toBe('up');
    expect(replay([10, 10, 'x', 10, 10])).not.toContain('down');
  });

  it('goes down after three failures of four and up after two successes', () => {
    expect(replay([10, 10, 'x', 'x', 10, 'x'])).toEqual(['unknown', 'up', 'up', 'up', 'up', 'down']);
    expect(replay([10, 10, 'x', 'x', 'x', 10, 10, 10]).slice(-4)).toEqual(['down', 'down', 'up', 'up']);
  });

  it('goes down at once where each failure was confirmed already', () => {
    expect(replay([10, 10, 'x', 10, 10], CONFIRMED_TRIES)).toEqual(['unknown', 'up', 'down', 'down', 'up']);
    expect(replay(['x'], CONFIRMED_TRIES)).toEqual(['down']);
  });

  it('is degraded when more than one of twenty calls is over the limit, and recovers only below 90 % of it', () => {
    const slow = [...Array.from({ length: 18 }, () => 50), 250, 250];
    expect(replay(slow).at(-1)).toBe('degraded');
    expect(replay([...slow, ...Array.from({ length: 20 }, () => 190)]).at(-1)).toBe('degraded');
    expect(replay([...slow, ...Array.from({ length: 20 }, () => 100)]).at(-1)).toBe('up');
  });

  it('calls alternation flapping and leaves it once things are quiet', () => {
    const alternating = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 10 : ('x' as const)));
    expect(replay(alternating).at(-1)).toBe('flapping');
    expect(replay([...alternating, ...Array.from({ length: 20 }, () => 10)]).at(-1)).toBe('up');
  });
});

describe('weightedChangeShare', () => {
  it('is 1 when every check differs from the one before', () => {
    expect(weightedChangeShare(Array.from({ length: 21 }, (_, index) => index % 2 === 0))).toBeCloseTo(1, 10);
  });

  it('weighs a recent change more than an old one', () => {
    const old = Array.from({ length: 21 }, (_, index) => index > 0);
    const recent = Array.from({ length: 21 }, (_, index) => index < 20);
    expect(weightedChangeShare(recent)).toBeGreaterThan(weightedChangeShare(old));
  });
});
