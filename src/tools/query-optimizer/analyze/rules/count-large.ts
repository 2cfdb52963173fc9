import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, matters, type RuleContext, tableNames } from '../context.ts';
import { figure, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** A count that visits most of a large table each time: what its condition leaves is seen by the pages it touches. */
export function judgeCountLarge(query: WorkloadQuery, context: RuleContext): Verdict {
  if (!query.shape.traits.counts || !matters(query, context)) return FINE;
  const tables = tableNames(query).flatMap((name) => context.tables.get(name) ?? []);
  const table = tables.toSorted((a, b) => (b.rows ?? 0) - (a.rows ?? 0))[0];
  if (table === undefined) return { kind: 'unknown', reason: 'the catalogue does not have its table' };
  if (table.rows === null) {
    return {
      kind: 'unknown',
      reason: `${table.name} was never analysed`,
      hint: `ANALYZE ${table.schema}.${table.name};`,
    };
  }
  // The smallest index is enough to count all rows.
  const smallest = Math.min(
    table.pages,
    ...table.indexes.map(({ pages }) => pages).filter((pages) => pages > 0),
  );
  const visited = buffersPerCall(query) / Math.max(smallest, 1);
  if (table.rows < context.options.countLarge.rows || visited < 0.5) return FINE;
  return found({
    title: `${query.shape.label} counts about ${figure(table.rows)} rows in each call`,
    evidence: [
      { label: `rows of ${table.name}`, value: Math.round(table.rows) },
      { label: 'pages touched a call', value: rounded(buffersPerCall(query)) },
    ],
    steps: [
      'For "is there a next page", ask for one row more than a page holds.',
      `For a total that may be a little old: SELECT reltuples::bigint FROM pg_class WHERE oid = '${table.schema}.${table.name}'::regclass;`,
      'For an exact one, keep a counter that is changed with the rows, or cache the answer.',
    ],
  });
}
