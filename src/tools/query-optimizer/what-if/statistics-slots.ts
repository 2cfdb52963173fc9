import type { StatisticsRow } from './read-statistics.ts';

/**
 * A slot of pg_statistic: kind, operator, numbers and values (src/include/catalog/pg_statistic.h). `of` says of which type
 * the values are, `operator` which operator of that type they are ordered or compared by.
 */
export interface StatisticsSlot {
  kind: number;
  operator: 'equal' | 'less' | 'float-less' | 'none';
  of: 'column' | 'element' | 'float' | 'none';
  /** Text of a real[]; null: none. */
  numbers: string | null;
  /** Text of an array; null: none. */
  values: string | null;
}

const KIND = {
  mostCommonValues: 1,
  histogram: 2,
  correlation: 3,
  mostCommonElements: 4,
  elementCounts: 5,
  rangeLengths: 6,
  rangeBounds: 7,
} as const;

/** What pg_stats shows of a column, as pg_statistic keeps it; at most five slots. */
export function slotsOf(row: StatisticsRow): StatisticsSlot[] {
  const slots: StatisticsSlot[] = [];
  if (row.common_values !== null && row.common_shares !== null) {
    slots.push({
      kind: KIND.mostCommonValues,
      operator: 'equal',
      of: 'column',
      numbers: row.common_shares,
      values: row.common_values,
    });
  }
  if (row.histogram !== null) {
    slots.push({
      kind: KIND.histogram,
      operator: 'less',
      of: 'column',
      numbers: null,
      values: row.histogram,
    });
  }
  if (row.correlation !== null) {
    slots.push({
      kind: KIND.correlation,
      operator: 'less',
      of: 'none',
      numbers: `{${row.correlation}}`,
      values: null,
    });
  }
  if (row.common_elements !== null && row.common_element_shares !== null) {
    slots.push({
      kind: KIND.mostCommonElements,
      operator: 'equal',
      of: 'element',
      numbers: row.common_element_shares,
      values: row.common_elements,
    });
  }
  if (row.element_counts !== null) {
    slots.push({
      kind: KIND.elementCounts,
      operator: 'equal',
      of: 'none',
      numbers: row.element_counts,
      values: null,
    });
  }
  if (row.length_histogram !== null) {
    slots.push({
      kind: KIND.rangeLengths,
      operator: 'float-less',
      of: 'float',
      numbers: `{${row.empty_share ?? 0}}`,
      values: row.length_histogram,
    });
  }
  if (row.bounds_histogram !== null) {
    slots.push({
      kind: KIND.rangeBounds,
      operator: 'none',
      of: 'column',
      numbers: null,
      values: row.bounds_histogram,
    });
  }
  return slots.slice(0, 5);
}
