import type { WorkloadQuery } from '../workload.ts';
import type { CostedVariant } from './cost.ts';

/**
 * The planner counts a page in order as 1, and far less where an inner index is looked into again and again: up to ten
 * pages for each unit of cost. Twice that is no rounding.
 */
const PAGES_PER_COST = 20;
/** Fewer pages per call than this are cheap, whatever was promised. */
const FEW_PAGES = 100;

/**
 * Whether a call with such values can be what the counters saw: not when each call reads pages by the hundred and this
 * plan promises next to none. `ORDER BY … LIMIT 1` ends at the first row when the value is common, and reads the whole
 * index when nothing has it. Data that is changed and pages that triggers read are in no plan, so only reads are judged.
 */
export function canBeWhatRan(
  { asItIs }: Pick<CostedVariant, 'asItIs'>,
  { shape, sharedBuffers, calls }: Pick<WorkloadQuery, 'shape' | 'sharedBuffers' | 'calls'>,
): boolean {
  if (shape.kind !== 'select' || calls === 0 || asItIs.totalCost === null) return true;
  const pages = sharedBuffers / calls;
  return pages <= FEW_PAGES || pages <= PAGES_PER_COST * asItIs.totalCost;
}
