import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../core/statistics/random.ts';
import { breakingPointOf, kneeOf } from './knee.ts';
import { bracketOf, nextMove } from './search.ts';
import { type SimulatedServer, simulateStep } from './simulate-fixture.ts';
import type { CapacityStep, SearchEnd, SearchSettings } from './types.ts';

const SETTINGS: SearchSettings = {
  objective: { p95Ms: 200, errorShare: 0.01 },
  startRate: 100,
  maxRate: 100_000,
  resolution: 0.05,
  maxSteps: 20,
  windowMs: 5_000,
  guess: null,
};

function search(
  server: SimulatedServer,
  settings: Partial<SearchSettings> = {},
): { end: SearchEnd; steps: CapacityStep[] } {
  const all = { ...SETTINGS, ...settings };
  const steps: CapacityStep[] = [];
  for (;;) {
    const move = nextMove(steps, all);
    if (move.kind === 'done') return { end: move.end, steps };
    steps.push(simulateStep(server, move, all.objective));
  }
}

describe('search of the highest rate that meets the objective', () => {
  it.each([
    [8, 20, 100],
    [4, 40, 25],
    [1, 5, 60],
    [32, 100, 80],
    [3, 7, 100],
    [16, 13, 300],
  ])(
    'is within 5 %% of %i places of %i ms, from %i a second on, in 10 steps',
    (places, serviceMs, startRate) => {
      const capacity = (places * 1_000) / serviceMs;
      const { end, steps } = search({ places, serviceMs }, { startRate });
      expect(end).toBe('found');
      expect(steps.length).toBeLessThanOrEqual(10);
      const { meets, confirmed } = bracketOf(steps);
      expect(confirmed).toBe(true);
      expect(meets).toBeGreaterThanOrEqual(capacity * 0.95);
      expect(meets).toBeLessThanOrEqual(capacity * 1.02);
      expect(steps.at(-1)?.kind).toBe('confirm');
    },
  );

  it('finds what noise and random service times leave of it, and says the same again', () => {
    const found = Array.from({ length: 10 }, (_, trial) => {
      const server = { places: 8, serviceMs: 20, random: seededRandom(trial), noise: 0.01 };
      const { end, steps } = search(server, { windowMs: 20_000 });
      expect(end).toBe('found');
      expect(steps.length).toBeLessThanOrEqual(14);
      return bracketOf(steps).meets ?? 0;
    });
    // Random arrivals queue before the last place is busy: the objective breaks a little below 400.
    for (const rate of found) {
      expect(rate).toBeGreaterThan(340);
      expect(rate).toBeLessThan(405);
    }
  });

  it('goes down when even the first rate is too much, and gives up where nothing meets', () => {
    const { end, steps } = search({ places: 2, serviceMs: 50 }, { startRate: 1_000 });
    expect(end).toBe('found');
    expect(bracketOf(steps).meets).toBeGreaterThanOrEqual(38);
    expect(bracketOf(steps).meets).toBeLessThanOrEqual(41);
    const never = search({ places: 2, serviceMs: 500 });
    expect(never.end).toBe('nothing-meets');
  });

  it('stops at the ceiling and holds it', () => {
    const { end, steps } = search({ places: 100, serviceMs: 10 }, { maxRate: 700 });
    expect(end).toBe('ceiling');
    expect(steps.at(-1)).toMatchObject({ kind: 'confirm', rate: 700, windowMs: 15_000 });
    expect(steps.every(({ rate }) => rate <= 700)).toBe(true);
  });

  it('uses no more steps than it has', () => {
    const { end, steps } = search({ places: 8, serviceMs: 20 }, { maxSteps: 3 });
    expect({ end, count: steps.length }).toEqual({ end: 'steps-used-up', count: 3 });
  });

  it('tries a step again when the generator was late, and then says so', () => {
    const { end, steps } = search({ places: 1_000, serviceMs: 10, unfitFrom: 3_000 });
    expect(end).toBe('generator');
    expect(steps.filter(({ unfit }) => unfit !== null)).toHaveLength(2);
    expect(bracketOf(steps)).toMatchObject({ meets: 1_600, breaks: null });
  });

  it('takes back a rate that does not hold for the long window', () => {
    const steps: CapacityStep[] = [];
    let move = nextMove(steps, SETTINGS);
    while (move.kind === 'measure') {
      const step = simulateStep({ places: 8, serviceMs: 20 }, move, SETTINGS.objective);
      // A pool that leaks: whatever is above 300 breaks when it is held.
      if (move.step === 'confirm' && move.rate > 300) Object.assign(step, { broken: ['errors'] });
      steps.push(step);
      move = nextMove(steps, SETTINGS);
    }
    expect(move.end).toBe('found');
    expect(bracketOf(steps).meets).toBeLessThanOrEqual(300);
    expect(bracketOf(steps).meets).toBeGreaterThanOrEqual(280);
  });
});

describe('knee and breaking point', () => {
  it('are told apart: latency leaves its floor before completions stop', () => {
    const server = { places: 4, serviceMs: 20, random: seededRandom(1) };
    const steps = [20, 40, 80, 120, 150, 170, 185, 195, 210, 260].map((rate) =>
      simulateStep(
        server,
        { kind: 'measure', step: 'search', rate, windowMs: 60_000 },
        { p95Ms: 300, errorShare: 0.01 },
      ),
    );
    const knee = kneeOf(steps);
    const breaking = breakingPointOf(steps);
    expect(knee?.rate).toBeGreaterThan(100);
    expect(knee?.rate).toBeLessThan(195);
    expect(knee?.between[0]).toBeLessThanOrEqual(knee?.rate ?? 0);
    expect(knee?.between[1]).toBeGreaterThan(knee?.rate ?? 0);
    expect(breaking?.rate).toBeGreaterThan(190);
    expect(breaking?.rate).toBeLessThan(212);
    expect(breaking).toMatchObject({ collapses: false });
  });

  it('sees a server that completes less, the more it is asked for', () => {
    const { steps } = search({ places: 8, serviceMs: 20, collapse: 0.4 }, { startRate: 390 });
    expect(breakingPointOf(steps)).toMatchObject({ collapses: true });
    expect(bracketOf(steps).meets).toBeGreaterThan(370);
  });

  it('are not claimed where nothing bends', () => {
    const { steps } = search({ places: 1_000, serviceMs: 10 }, { maxRate: 1_600 });
    expect(kneeOf(steps)).toBeNull();
    expect(breakingPointOf(steps)).toBeNull();
  });
});
