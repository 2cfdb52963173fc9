import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/statistics/random.ts';
import { runsTestLowerTail, sustainedChanges } from '../../../core/statistics/rhythm.ts';
import { findFlapping } from './flapping.ts';
import { endpointFixture, probeFixture } from './test-fixtures.ts';

const endpoint = endpointFixture('/api/users');

function results(outcomes: readonly boolean[]) {
  return outcomes.map((ok, index) => probeFixture(endpoint, ok ? 10 : 'status-5xx', index * 250));
}

describe('sustainedChanges', () => {
  it('counts changes between states of three or more, and no lone failure', () => {
    const [t, f] = [true, false];
    expect(sustainedChanges([t, t, t, f, t, t, t])).toBe(0);
    expect(sustainedChanges([t, t, t, f, f, f, t, t, t])).toBe(2);
  });

  it('is never more than a third of the outcomes', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (outcomes) => sustainedChanges(outcomes) <= outcomes.length / 3),
    );
  });
});

describe('findFlapping', () => {
  it('finds eight-probe stretches', () => {
    const outcomes = Array.from({ length: 64 }, (_, index) => Math.floor(index / 8) % 2 === 0);
    expect(findFlapping(results(outcomes))).toMatchObject({ changes: 7 });
  });

  it('takes errors at random for flapping in at most one round of a hundred', () => {
    const random = seededRandom(3);
    const rounds = Array.from({ length: 1_000 }, () => Array.from({ length: 60 }, () => random() > 0.3));
    const alarms = rounds.filter((outcomes) => findFlapping(results(outcomes)) !== undefined).length;
    expect(alarms / rounds.length).toBeLessThanOrEqual(0.01);
  });

  it('says nothing about one outage that ended', () => {
    const outcomes = Array.from({ length: 60 }, (_, index) => index < 20 || index > 40);
    expect(findFlapping(results(outcomes))).toBeUndefined();
  });
});

it('has no runs test without both outcomes', () => {
  expect(runsTestLowerTail([true, true])).toBeNull();
});
