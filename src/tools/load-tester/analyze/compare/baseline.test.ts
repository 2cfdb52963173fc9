import { describe, expect, it } from 'vitest';
import { EMPTY_SPARSE, latencyCount } from '../../../../core/load/latency-histogram.ts';
import { seededRandom } from '../../../../core/statistics/random.ts';
import { EMPTY_TICK } from '../../../../core/load/nothing.ts';
import { mergeInTime } from '../../../../core/load/merge-ticks.ts';
import type { LoadRecord, LoadSlice } from '../../record.ts';
import { baselineOf, baselineText, blocksOfRecord, readBaseline } from './baseline.ts';
import { blockFigure } from './blocks.ts';
import { simulateEndpoint } from './simulate-fixture.ts';

function sliceAt(second: number): LoadSlice {
  const endpoints = [simulateEndpoint(seededRandom(second), { requests: 50 }, 1, false)];
  return {
    ...EMPTY_TICK,
    atMs: second,
    fromMs: second * 1_000,
    toMs: (second + 1) * 1_000 + 3,
    endpoints,
  };
}

function recordOf(seconds: number): LoadRecord {
  const slices = Array.from({ length: seconds }, (_, second) => sliceAt(second));
  return {
    version: 1,
    plan: {
      name: 'shop',
      hash: 'abc',
      seed: 1,
      model: 'open',
      open: true,
      origins: ['http://127.0.0.1:1'],
      targetRequestRate: 50,
      durationMs: seconds * 1_000,
    },
    startedAtMs: 1_000,
    endedAtMs: 2_000,
    stopReason: 'completed',
    stopDetail: null,
    workers: 1,
    slices,
    total: mergeInTime(slices),
    exemplars: [],
    silences: [],
    beside: { process: null, scraped: null, machine: null, events: [] },
    host: { platform: 'linux', cores: 2, node: 'v20.19.0' },
  };
}

describe('baselines', () => {
  it('cuts a run into blocks of two seconds, without its warm-up and without a rest', () => {
    const blocks = blocksOfRecord(recordOf(15));
    expect(blocks).toHaveLength(6);
    expect(blocks.map(({ endpoints }) => endpoints[0]?.sent)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(blocksOfRecord(recordOf(2))).toEqual([]);
  });

  it('makes blocks of long runs longer instead of more', () => {
    const blocks = blocksOfRecord(recordOf(302));
    expect(blocks).toHaveLength(30);
    expect(blocks[0]?.endpoints[0]?.sent).toBe(500);
  });

  it('comes back from its file with the same figures', () => {
    const baseline = baselineOf(
      recordOf(15),
      { seed: 1, load: { ratePerSecond: 50, durationMs: 15_000 } },
      null,
    );
    const read = readBaseline(JSON.parse(baselineText(baseline)));
    if ('problem' in read) throw new Error(read.problem);
    expect(read.request).toEqual(baseline.request);
    expect(read.plan).toEqual(baseline.plan);
    for (const [index, block] of baseline.blocks.entries()) {
      const other = read.blocks[index];
      if (other === undefined) throw new Error('a block is missing');
      expect(latencyCount(other.endpoints[0]?.response ?? EMPTY_SPARSE)).toBe(100);
      for (const metric of ['p50', 'p95', 'errors', 'throughput'] as const) {
        expect(blockFigure(other, 'GET /a', metric)).toBe(blockFigure(block, 'GET /a', metric));
      }
    }
  });

  it('says what is wrong with a document that is none', () => {
    expect(readBaseline({ format: 'other' })).toMatchObject({ problem: expect.stringMatching(/^format: /) });
    expect(readBaseline(null)).toMatchObject({ problem: expect.stringContaining('the document') });
  });
});
