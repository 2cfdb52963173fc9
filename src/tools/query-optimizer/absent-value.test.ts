import { describe, expect, it } from 'vitest';
import type { ColumnStatistics } from '../_shared/database/catalog.ts';
import { absentValue } from './absent-value.ts';

const statistics = (values: string[], histogram: string[] = []): ColumnStatistics => ({
  nullShare: 0,
  averageWidth: 4,
  distinct: values.length,
  mostCommonValues: values,
  mostCommonShares: values.map(() => 1 / values.length),
  histogram,
  correlation: null,
});

describe('absentValue', () => {
  it('is none of the values that statistics know', () => {
    expect(absentValue({ type: 'text', statistics: statistics(['shipped', 'paid']) })).toBe('shipped~');
    expect(absentValue({ type: 'integer', statistics: statistics(['7', '-3']) })).toBe('8');
    expect(absentValue({ type: 'boolean', statistics: statistics(['t']) })).toBe('f');
  });

  it('is not thought of where there are rarer values, no statistics, or a type with values of its own', () => {
    expect(absentValue({ type: 'text', statistics: statistics(['paid'], ['a', 'b']) })).toBeNull();
    expect(absentValue({ type: 'text', statistics: null })).toBeNull();
    expect(absentValue({ type: 'boolean', statistics: statistics(['t', 'f']) })).toBeNull();
    expect(absentValue({ type: 'order_state', statistics: statistics(['open']) })).toBeNull();
  });
});
