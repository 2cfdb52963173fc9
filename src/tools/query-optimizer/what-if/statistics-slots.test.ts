import { describe, expect, it } from 'vitest';
import type { StatisticsRow } from './read-statistics.ts';
import { slotsOf } from './statistics-slots.ts';

const EMPTY: StatisticsRow = {
  schema: 'public',
  relation: 'orders',
  column: 'status',
  inherited: false,
  null_share: 0,
  width: 8,
  distinct: 3,
  common_values: null,
  common_shares: null,
  histogram: null,
  correlation: null,
  common_elements: null,
  common_element_shares: null,
  element_counts: null,
  length_histogram: null,
  empty_share: null,
  bounds_histogram: null,
};

describe('slotsOf', () => {
  it('has none for a column that is always null', () => {
    expect(slotsOf(EMPTY)).toEqual([]);
  });

  it('keeps common values, order and correlation of a scalar', () => {
    const slots = slotsOf({
      ...EMPTY,
      common_values: '{paid,new}',
      common_shares: '{0.9,0.05}',
      histogram: '{a,b,c}',
      correlation: 0.25,
    });
    expect(slots.map(({ kind, operator, of }) => [kind, operator, of])).toEqual([
      [1, 'equal', 'column'],
      [2, 'less', 'column'],
      [3, 'less', 'none'],
    ]);
    expect(slots[2]?.numbers).toBe('{0.25}');
  });

  it('keeps elements of arrays and bounds of ranges, and never more than five', () => {
    const everything = {
      ...EMPTY,
      common_values: '{}',
      common_shares: '{}',
      histogram: '{}',
      correlation: 1,
      common_elements: '{x}',
      common_element_shares: '{0.5,0.5,0.5}',
      element_counts: '{1,2}',
      length_histogram: '{1,2}',
      bounds_histogram: '{}',
    };
    expect(slotsOf(everything).map(({ kind }) => kind)).toEqual([1, 2, 3, 4, 5]);
    const range = { ...EMPTY, length_histogram: '{1,2}', empty_share: 0.125, bounds_histogram: '{"[1,2)"}' };
    expect(slotsOf(range)).toMatchObject([
      { kind: 6, operator: 'float-less', of: 'float', numbers: '{0.125}' },
      { kind: 7, operator: 'none', of: 'column', values: '{"[1,2)"}' },
    ]);
  });
});
