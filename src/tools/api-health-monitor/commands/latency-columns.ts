import type { Cell, Column } from '../../../core/block.ts';
import { ms } from '../analyze/assessment.ts';

interface Latencies {
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** The percentiles, the same in every table of this tool. */
export const LATENCY_COLUMNS: readonly Column[] = ['p50', 'p95', 'p99'].map((header) => ({
  header,
  align: 'right',
  unit: 'ms',
}));

/** A p95 above the objective stands out. */
export function latencyCells({ p50Ms, p95Ms, p99Ms }: Latencies, objectiveMs: number): Cell[] {
  const slow = p95Ms !== null && p95Ms > objectiveMs;
  return [rounded(p50Ms), slow ? { text: String(ms(p95Ms)), tone: 'bad' } : rounded(p95Ms), rounded(p99Ms)];
}

export function rounded(value: number | null): number | null {
  return value === null ? null : ms(value);
}
