import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../core/statistics/random.ts';
import type { BlockPair } from './blocks.ts';
import { compareBlocks, mayBeWorse } from './compare.ts';
import { simulatePairs } from './simulate-fixture.ts';
import type { ComparedBlocks, CompareOptions, MetricChange } from './types.ts';

const OPTIONS: CompareOptions = { margin: 0.05, closed: false };

function changesOf(
  blocks: readonly BlockPair[] | ComparedBlocks,
  options: Partial<CompareOptions> = {},
): Record<string, MetricChange> {
  const compared: ComparedBlocks = 'kind' in blocks ? blocks : { kind: 'paired', pairs: blocks };
  const changes = compareBlocks(compared, { ...OPTIONS, ...options });
  return Object.fromEntries(changes.map((change) => [`${change.endpoint} ${change.metric}`, change]));
}

describe('comparing blocks of two versions', () => {
  it('gives few false alarms where the moments differ far more than the versions', () => {
    let alarms = 0;
    for (let trial = 0; trial < 150; trial += 1) {
      const pairs = simulatePairs(seededRandom(trial), 12, [{}, { name: 'GET /b', medianMs: 3 }], {
        moment: 0.5,
        own: 0.08,
      });
      const changes = compareBlocks({ kind: 'paired', pairs }, { ...OPTIONS, margin: 0 });
      if (changes.some(({ verdict }) => verdict === 'regressed')) alarms += 1;
    }
    // 2.5 % of 150 are expected at most; the chance of more than 9 of them is under 1 %.
    expect(alarms).toBeLessThanOrEqual(9);
  }, 60_000);

  it('finds 10 % on every response, and says how large it is and how small it could have been', () => {
    let found = 0;
    for (let trial = 0; trial < 20; trial += 1) {
      const pairs = simulatePairs(seededRandom(100 + trial), 12, [{ slower: 1.1 }]);
      const { 'GET /a p50': p50 } = changesOf(pairs);
      if (p50?.verdict === 'regressed') found += 1;
      expect(p50?.change).toBeGreaterThan(0.06);
      expect(p50?.change).toBeLessThan(0.14);
      expect(p50?.interval?.low).toBeLessThan(p50?.change ?? 0);
      expect(p50?.interval?.high).toBeGreaterThan(p50?.change ?? 0);
      // What is tolerated, and what 12 pairs need on top.
      expect(p50?.detectable).toBeGreaterThan(0.05);
      expect(p50?.detectable).toBeLessThan(0.1);
    }
    expect(found).toBeGreaterThanOrEqual(18);
  });

  it('calls the same what stays within the margin, and better what is', () => {
    const pairs = simulatePairs(seededRandom(5), 12, [{}, { name: 'GET /b', slower: 0.7 }]);
    const changes = changesOf(pairs);
    expect(changes['GET /a p50']).toMatchObject({ verdict: 'same', reason: null });
    expect(changes['GET /a errors']).toMatchObject({ verdict: 'same', before: 0, after: 0, change: 0 });
    expect(changes['GET /b p50']).toMatchObject({ verdict: 'improved' });
  });

  it('says that it cannot tell when blocks differ too much, and how many would do', () => {
    const pairs = simulatePairs(seededRandom(6), 12, [{}], { moment: 0, own: 0.15 });
    const { 'GET /a p50': p50 } = changesOf(pairs);
    expect(p50?.verdict).toBe('inconclusive');
    expect(p50?.reason).toMatch(/differ too much/);
    expect(p50?.pairsNeeded).toBeGreaterThan(30);
    expect(mayBeWorse(p50 as MetricChange)).toBe(true);
  });

  it('needs as many pairs as tell a change from chance beside all that is compared', () => {
    const { 'GET /a p50': p50 } = changesOf(simulatePairs(seededRandom(7), 5, [{ slower: 2 }]));
    expect(p50).toMatchObject({ verdict: 'inconclusive', blocks: 5 });
    expect(p50?.reason).toBe('5 pairs with enough requests, and 7 are needed to tell a change from chance');
    const few = changesOf(simulatePairs(seededRandom(7), 12, [{ requests: 8 }]));
    expect(few['GET /a p95']).toMatchObject({ verdict: 'inconclusive', change: null });
    expect(few['GET /a p50']?.change).not.toBeNull();
  });

  it('sees a rise of errors in many blocks, and none in a burst of one', () => {
    const steady = simulatePairs(seededRandom(8), 12, [{ errorsAfter: 0.02 }]);
    expect(changesOf(steady)['GET /a errors']).toMatchObject({ verdict: 'regressed', before: 0 });
    const burst = simulatePairs(seededRandom(9), 12, [{}]);
    const [first] = burst;
    const [endpoint] = first?.after.endpoints ?? [];
    if (endpoint) Object.assign(endpoint, { succeeded: 170, failed: { reset: 30 } });
    expect(changesOf(burst)['GET /a errors']?.verdict).not.toBe('regressed');
  });

  it('counts what was given up as slow and as an error', () => {
    const pairs = simulatePairs(seededRandom(10), 12, [{}]);
    for (const { after } of pairs) {
      const [endpoint] = after.endpoints;
      if (endpoint) endpoint.censored = { ...endpoint.response, counts: endpoint.response.counts };
    }
    const changes = changesOf(pairs);
    expect(changes['GET /a errors']).toMatchObject({ verdict: 'regressed', after: 0.5 });
    expect(changes['GET /a p95']?.verdict).toBe('regressed');
  });

  it('compares throughput under a closed load only, where less is worse', () => {
    const pairs = simulatePairs(seededRandom(11), 12, [{}]).map((pair, index) => {
      const slower = pair.after.endpoints.map((one) => ({ ...one, succeeded: 150 + (index % 3) }));
      return { ...pair, after: { ...pair.after, endpoints: slower } };
    });
    expect(changesOf(pairs)['GET /a throughput']).toBeUndefined();
    const { 'GET /a throughput': throughput } = changesOf(pairs, { closed: true });
    expect(throughput).toMatchObject({ verdict: 'regressed', before: expect.closeTo(100, 0) });
    expect(throughput?.change).toBeCloseTo(-0.245, 2);
    expect(throughput?.interval?.low).toBeLessThanOrEqual(throughput?.interval?.high ?? -1);
  });

  it('judges only what is asked for', () => {
    const pairs = simulatePairs(seededRandom(12), 12, [{}, { name: 'GET /b' }]);
    expect(Object.keys(changesOf(pairs, { endpoints: ['GET /b'] }))).toEqual([
      'GET /b p50',
      'GET /b p95',
      'GET /b errors',
    ]);
  });
});

describe('comparing with blocks of another moment', () => {
  const unpaired = (slower: number, blocks: number): ComparedBlocks => {
    const quiet = { moment: 0.02, own: 0.01 };
    return {
      kind: 'unpaired',
      before: simulatePairs(seededRandom(20), blocks, [{}], quiet).map(({ before }) => before),
      after: simulatePairs(seededRandom(21), blocks, [{ slower }], quiet).map(({ after }) => after),
    };
  };

  it('wants twice the margin, because moments differ, too', () => {
    const changed = changesOf(unpaired(1.5, 12))['GET /a p50'];
    expect(changed).toMatchObject({ verdict: 'regressed', margin: 0.1, blocks: 12 });
    expect(changesOf(unpaired(1.1, 12))['GET /a p50']?.verdict).not.toBe('regressed');
    expect(changesOf(unpaired(1, 12))['GET /a p50']?.verdict).toBe('same');
  });

  it('does not begin with fewer than five blocks a side', () => {
    expect(changesOf(unpaired(3, 4))['GET /a p50']).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^4 blocks/),
    });
  });
});
