import type { Subquery } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, isNarrowed, matters, type RuleContext, rowsPerCall } from '../context.ts';
import { figure, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** EXISTS and IN become joins; a scalar subquery, an array and NOT IN are run for each row around them. */
const RUN_PER_ROW = new Set<Subquery['kind']>(['scalar', 'not-in', 'other']);

export function judgePerRowSubquery(query: WorkloadQuery, context: RuleContext): Verdict {
  if (!matters(query, context)) return FINE;
  const { perRowSubquery } = context.options;
  for (const subquery of query.shape.traits.subqueries) {
    if (!subquery.correlated || !RUN_PER_ROW.has(subquery.kind) || subquery.place === 'other') continue;
    const rows = rowsAround(query, subquery, context);
    if (rows === null || rows < perRowSubquery.rows) continue;
    // Each run touches a page at least; fewer say that it was not run for every row.
    const pagesPerRun = buffersPerCall(query) / rows;
    if (pagesPerRun < 1) continue;
    return found({
      title: `A subquery of ${query.shape.label} is run for each of ${figure(rows)} rows`,
      evidence: [
        { label: 'rows around it, a call', value: rounded(rows) },
        { label: 'pages touched for each of them', value: rounded(pagesPerRun) },
        { label: 'stands in', value: subquery.place === 'select-list' ? 'the select list' : 'a condition' },
        { label: 'subquery', value: '', sample: subquery.sql },
      ],
      steps: [
        'Group the subquery’s table once by the columns it is correlated by, and LEFT JOIN the result.',
        'Where only a page is shown, cut to the page first and look the rest up for its rows.',
      ],
    });
  }
  return FINE;
}

/** How many rows the query around the subquery has in one call, as far as counters and the catalogue say. */
function rowsAround(
  query: WorkloadQuery,
  { place, outerScope }: Subquery,
  context: RuleContext,
): number | null {
  const { traits, tables } = query.shape;
  if (place === 'select-list') {
    return outerScope === 0 && !traits.grouped && !traits.singleRow ? rowsPerCall(query) : null;
  }
  const around = tables.flatMap((mention) => {
    const table =
      mention.scope === outerScope && mention.table !== null ? context.tables.get(mention.table) : undefined;
    return table === undefined || isNarrowed(query, mention, table) ? [] : [table.rows ?? 0];
  });
  return around.length === 0 ? null : Math.max(...around);
}
