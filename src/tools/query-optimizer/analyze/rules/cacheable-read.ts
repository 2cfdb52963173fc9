import type { ColumnUse } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { type RuleContext, shareOf, tableNames } from '../context.ts';
import { percentOf, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/** Each call differs, or must see the moment. */
const NEVER_CACHED = /^(random|clock_timestamp|timeofday|nextval|gen_random_uuid|uuid_generate_\w+|pg_\w+)$/;
/** Below this a call costs less than the cache. */
const LEAST_MEAN_MS = 5;

/**
 * The hit rate that a cache would have had, if every write to one of the tables emptied it. Between two writes there are
 * c = calls / (writes + 1) calls over D equally likely answers, of which D * (1 - (1 - 1/D)^c) have to be computed.
 */
export function judgeCacheableRead(query: WorkloadQuery, context: RuleContext): Verdict {
  const { shape, calls, meanMs } = query;
  const { cacheableRead, minTime, minShare } = context.options;
  if (shape.kind !== 'select' || shape.traits.locking !== null || shape.traits.modifiesData) return FINE;
  if (calls < cacheableRead.calls || shape.traits.functions.some((name) => NEVER_CACHED.test(name)))
    return FINE;
  const isExpensive =
    meanMs >= minTime || (meanMs >= LEAST_MEAN_MS && shareOf(query, context) >= 2 * minShare);
  const tables = tableNames(query);
  if (!isExpensive || tables.length === 0) return FINE;
  if (context.reads === null)
    return { kind: 'unknown', reason: 'nobody counts what is written to its tables' };
  const answers = distinctAnswers(query, context);
  if (answers === null) return FINE;
  const writes = tables.reduce((sum, name) => sum + writesOf(name, context), 0);
  const spans = Math.min(writes + 1, calls);
  const callsPerSpan = calls / spans;
  const computed = spans * answers * (1 - (1 - 1 / answers) ** callsPerSpan);
  const hitRate = 1 - Math.min(1, computed / calls);
  if (hitRate < cacheableRead.hitRate) return FINE;
  return found({
    title: `${shape.label} is computed ${calls} times, and ${percentOf(hitRate)} of the answers were known already`,
    confidence: 'possible',
    evidence: [
      { label: 'modelled hit rate of a cache', value: Math.round(100 * hitRate), unit: '%' },
      { label: 'different answers, at most', value: rounded(answers) },
      { label: `writes to ${tables.join(', ')}`, value: writes },
    ],
    impact: {
      summary: `A cache emptied by every write would save ${percentOf(hitRate * shareOf(query, context))} of the time of all queries`,
      basis: 'modelled',
      value: rounded(100 * hitRate * shareOf(query, context)),
      unit: '%',
    },
    steps: [
      'Cache the answer by its parameters, and drop it when one of the tables is written or after some seconds.',
      'Or keep it in a materialized view that is refreshed when it is due.',
    ],
  });
}

function writesOf(table: string, { workload }: RuleContext): number {
  const { inserted, updated, deleted } = workload.writes.get(table) ?? {
    inserted: 0,
    updated: 0,
    deleted: 0,
  };
  return inserted + updated + deleted;
}

/** How many sets of parameters there can be, by the statistics of the columns they are compared with; null: nobody knows. */
function distinctAnswers({ shape }: WorkloadQuery, context: RuleContext): number | null {
  let answers = 1;
  for (const number of shape.parameters.keys()) {
    if (isParameter(shape.limit, number)) continue;
    const use = shape.uses.find(({ value }) => value?.kind === 'parameter' && value.number === number);
    const distinct = use === undefined ? null : distinctValues(use, context);
    if (distinct === null) return null;
    answers *= distinct;
  }
  return answers;
}

function isParameter(value: WorkloadQuery['shape']['limit'], number: number): boolean {
  return value?.kind === 'parameter' && value.number === number;
}

function distinctValues({ role, column, table: name }: ColumnUse, { tables }: RuleContext): number | null {
  const table = tables.get(name);
  const statistics = table?.columns.find((one) => one.name === column)?.statistics;
  if (role !== 'equality' || !statistics || table === undefined || table.rows === null) return null;
  const { distinct } = statistics;
  return distinct > 0 ? distinct : distinct < 0 ? -distinct * table.rows : null;
}
