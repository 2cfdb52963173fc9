import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, isNarrowed, leads, matters, readsMostOf, type RuleContext } from '../context.ts';
import { rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

const COMPARISONS = new Set(['=', '<', '<=', '>', '>=']);

/** A comparison that turns an indexed column into another type, and a call that reads the table instead. */
export function judgeImplicitCast(query: WorkloadQuery, context: RuleContext): Verdict {
  if (!matters(query, context)) return FINE;
  for (const cast of query.shape.traits.casts) {
    const table = context.tables.get(cast.table);
    if (table === undefined || !cast.conjunct || !COMPARISONS.has(cast.operator)) continue;
    if ((table.rows ?? 0) < context.options.indexable.rows || !leads(table, cast.column)) continue;
    if (isNarrowed(query, cast, table, ({ column }) => column === cast.column) || !readsMostOf(query, table))
      continue;
    const by = cast.how === 'explicit' ? 'is cast' : 'is cast by the server';
    return found({
      title: `${cast.column} ${by} to ${cast.to} in ${query.shape.label}, so its index cannot be used`,
      evidence: [
        { label: `type of ${table.name}.${cast.column}`, value: cast.from },
        { label: 'compared as', value: cast.to },
        { label: 'pages touched a call', value: rounded(buffersPerCall(query)) },
        { label: `pages of ${table.name}`, value: table.pages },
      ],
      steps: [
        `Cast the other side instead: ${cast.column} ${cast.operator} $1::${cast.from}.`,
        cast.how === 'explicit'
          ? 'Where both sides are columns, give them the same type.'
          : `See which type the driver sends: a number of unknown kind is often sent as ${cast.to}.`,
      ],
    });
  }
  return FINE;
}
