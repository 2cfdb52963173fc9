import type { Alternatives, ColumnUse } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, isNarrowed, leads, matters, readsMostOf, type RuleContext } from '../context.ts';
import { rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** An OR whose sides use different columns, one of which no index serves, and nothing else narrows the scan. */
export function judgeOrAcrossColumns(query: WorkloadQuery, context: RuleContext): Verdict {
  if (!matters(query, context)) return FINE;
  for (const alternatives of query.shape.traits.alternatives) {
    const verdict = judgeOne(query, alternatives, context);
    if (verdict.kind === 'found') return verdict;
  }
  return FINE;
}

function judgeOne(query: WorkloadQuery, { arms, sql }: Alternatives, context: RuleContext): Verdict {
  const used = arms.map(({ uses }) =>
    uses.filter(({ column, expression }) => (column ?? expression) !== null),
  );
  // A side without a column is an optional filter: `$1 IS NULL OR …`.
  if (used.length < 2 || used.some((uses) => uses.length === 0)) return FINE;
  const places = new Set(used.flat().map(({ alias, scope }) => `${scope} ${alias}`));
  const columns = new Set(
    used.flat().map((use) => `${use.scope} ${use.alias} ${use.column ?? use.expression}`),
  );
  if (
    columns.size < 2 ||
    (places.size === 1 && used.every((uses) => uses.some((use) => isServed(use, context))))
  ) {
    return FINE;
  }
  const largest = used
    .flat()
    .flatMap((use) => {
      const table = context.tables.get(use.table);
      return table === undefined ? [] : [{ use, table }];
    })
    .toSorted((a, b) => b.table.pages - a.table.pages)[0];
  if (largest === undefined || (largest.table.rows ?? 0) < context.options.indexable.rows) return FINE;
  if (isNarrowed(query, largest.use, largest.table) || !readsMostOf(query, largest.table)) return FINE;
  const several = places.size > 1;
  return found({
    title: `An OR over ${several ? 'columns of different tables' : 'different columns'} makes ${query.shape.label} read all of ${largest.table.name}`,
    evidence: [
      { label: 'condition', value: '', sample: sql },
      { label: 'pages touched a call', value: rounded(buffersPerCall(query)) },
      { label: `pages of ${largest.table.name}`, value: largest.table.pages },
    ],
    steps: several
      ? ['Write it as a UNION of one query for each side: each then begins with the index of its own table.']
      : [
          'Index every column of the OR: the server then combines the indexes (BitmapOr).',
          'Or write it as a UNION of one query for each side.',
        ],
  });
}

function isServed({ column, role, table: name }: ColumnUse, { tables }: RuleContext): boolean {
  const table = tables.get(name);
  const helps = role === 'equality' || role === 'list' || role === 'range' || role === 'prefix';
  return helps && column !== null && table !== undefined && leads(table, column);
}
