import { describe, expect, it } from 'vitest';
import { judgePairs, type RunPair } from './judge.ts';

describe('judging pairs of runs', () => {
  const slower = { ratio: 1.2, ms: 5 };
  const pairs = (count: number, before: [number, number], after: [number, number]): RunPair[] =>
    Array.from({ length: count }, (_, round) => ({
      before: { ms: before[0] + (round % 3) * 0.1, buffers: before[1] },
      after: { ms: after[0] + (round % 2) * 0.1, buffers: after[1] },
    }));

  it.each([
    ['fewer pages at the same time', pairs(7, [2, 1_000], [2, 10]), { better: true, slower: false }],
    ['as many pages in half the time', pairs(7, [20, 100], [10, 100]), { better: true, slower: false }],
    ['nothing that changes', pairs(7, [2, 100], [2, 100]), { better: false, slower: false }],
    ['more than 1.2 times and 5 ms', pairs(7, [20, 100], [30, 100]), { better: false, slower: true }],
    ['twice as long, but only 1 ms', pairs(7, [1, 100], [2, 100]), { better: false, slower: false }],
    ['5 ms of a second', pairs(7, [1_000, 100], [1_006, 100]), { better: false, slower: false }],
    ['fewer pages and much slower', pairs(7, [20, 1_000], [60, 10]), { better: false, slower: true }],
    ['half the time in three rounds only', pairs(3, [20, 100], [10, 100]), { better: false, slower: false }],
  ])('%s', (_, runs, expected) => {
    expect(judgePairs(runs, { slower })).toMatchObject(expected);
  });

  it('does not call a query slower whose one bad run was an accident', () => {
    const runs = pairs(7, [20, 100], [20, 100]).map((pair, round) =>
      round < 3 ? { ...pair, after: { ms: 200, buffers: 100 } } : pair,
    );
    expect(judgePairs(runs, { slower })).toMatchObject({ slower: false });
  });
});
