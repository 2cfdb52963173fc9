import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../core/statistics/random.ts';
import { compareBlocks } from './compare.ts';
import { changeText, figureText, intervalText } from './figure-text.ts';
import { assessChanges, type RegressionContext } from './regression.ts';
import { type SimulatedEndpoint, simulatePairs } from './simulate-fixture.ts';

const CONTEXT: RegressionContext = {
  kind: 'paired',
  otherHost: false,
  unfit: null,
  late: false,
  beforeName: 'http://127.0.0.1:1',
  location: 'http://127.0.0.1:2',
  check: (endpoint) => ({ command: 'before-after', input: { endpoints: [endpoint] } }),
};

function assess(
  endpoints: readonly SimulatedEndpoint[],
  context: Partial<RegressionContext> = {},
  pairs = 12,
) {
  const blocks = { kind: 'paired' as const, pairs: simulatePairs(seededRandom(4), pairs, endpoints) };
  return assessChanges(compareBlocks(blocks, { margin: 0.05, closed: false }), { ...CONTEXT, ...context });
}

describe('findings of a comparison', () => {
  it('tells one endpoint that regressed from one that did not', () => {
    const { findings, checked, notChecked } = assess([{ slower: 1.3 }, { name: 'GET /b' }]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      rule: 'load-tester/regression-under-load',
      severity: 'high',
      confidence: 'proven',
      subject: { kind: 'endpoint', name: 'GET /a' },
      check: { command: 'before-after', input: { endpoints: ['GET /a'] } },
    });
    expect(findings[0]?.title).toMatch(
      /^GET \/a is slower under the same load: p50 [\d.]+ ms, was [\d.]+ ms \(\+\d+\.\d %\)$/,
    );
    expect(findings[0]?.evidence.map(({ label }) => label)).toEqual([
      'p50',
      'p50 changed by',
      'p50 p-value',
      'p95',
      'p95 changed by',
      'p95 p-value',
      'compared over',
    ]);
    expect(checked.map(({ subject }) => subject.name)).toEqual(['GET /a', 'GET /b']);
    expect(notChecked).toEqual([]);
  });

  it('calls errors severe, and a tenth of latency not', () => {
    expect(assess([{ slower: 1.12 }]).findings[0]?.severity).toBe('medium');
    const errors = assess([{ errorsAfter: 0.03 }]).findings[0];
    expect(errors).toMatchObject({ severity: 'high', impact: { unit: '%' } });
    expect(errors?.title).toMatch(/^GET \/a fails more often under the same load/);
  });

  it('concludes nothing when the generator was the limit, or pairs are too few', () => {
    const unfit = assess([{ slower: 2 }], { unfit: 'the generator was late' });
    expect(unfit).toMatchObject({
      findings: [],
      checked: [],
      notChecked: [{ reason: 'the generator was late' }],
    });
    const few = assess([{ slower: 2 }], {}, 4);
    expect(few.findings).toEqual([]);
    expect(few.notChecked[0]?.reason).toMatch(/^p50, p95, errors: 4 pairs with enough requests/);
  });

  it('is less sure of what it did not measure side by side', () => {
    const unpaired = assess([{ slower: 1.3 }], { kind: 'unpaired' }).findings[0];
    expect(unpaired?.confidence).toBe('likely');
    expect(unpaired?.evidence).toContainEqual(
      expect.objectContaining({ label: 'compared over', unit: expect.stringContaining('unpaired, weaker') }),
    );
    expect(assess([{ slower: 1.3 }], { late: true }).findings[0]?.confidence).toBe('likely');
    expect(assess([{ slower: 1.3 }], { kind: 'unpaired', otherHost: true }).findings[0]?.confidence).toBe(
      'possible',
    );
  });
});

describe('figures for people', () => {
  it('have signs and units', () => {
    expect(changeText('p50', 0.098)).toBe('+9.8 %');
    expect(changeText('p50', -0.0001)).toBe('0.0 %');
    expect(changeText('p50', 0.0004)).toBe('0.0 %');
    expect(changeText('errors', 0.012)).toBe('+1.2 pt');
    expect(changeText('throughput', -0.25)).toBe('-25.0 %');
    expect(changeText('p95', 2.5)).toBe('+250 %');
    expect(intervalText({ metric: 'p50', interval: { low: 0.08, high: null } })).toBe('+8.0 to ? %');
    expect(intervalText({ metric: 'p50', interval: { low: null, high: null } })).toBe('-');
    expect(figureText('errors', 0.0123)).toBe('1.23 %');
    expect(figureText('throughput', 310.4)).toBe('310/s');
    expect(figureText('p95', null)).toBe('-');
  });
});
