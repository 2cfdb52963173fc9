import type { WorkloadQuery } from '../../workload.ts';
import { type RuleContext, rowsPerCall } from '../context.ts';
import { figure, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** Seen more than once: a single export is somebody's decision. */
const LEAST_CALLS = 2;

export function judgeMissingLimit(query: WorkloadQuery, context: RuleContext): Verdict {
  const { kind, limit, traits } = query.shape;
  const rows = rowsPerCall(query);
  if (kind !== 'select' || limit !== null || traits.singleRow) return FINE;
  if (query.calls < LEAST_CALLS || rows < context.options.missingLimit.rowsPerCall) return FINE;
  return found({
    title: `${query.shape.label} has no LIMIT and returns ${figure(rows)} rows in each call`,
    evidence: [{ label: 'rows returned a call', value: rounded(rows) }],
    steps: [
      'For a page: ORDER BY a unique key, WHERE key > $1, LIMIT.',
      'For figures: aggregate in the database.',
      'For an export: read in batches through a cursor (DECLARE … FETCH 1000), so that neither side holds all rows.',
    ],
  });
}
