import type { Assessment } from '../../../core/assessment.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import type { QueryShape } from '../../_shared/sql/types.ts';
import type { RuleContext } from './context.ts';
import { figure, percentOf, rounded } from './figures.ts';
import { queryFinding, subjectOf } from './finding.ts';
import type { Repeat } from './repeats.ts';

/** N+1 as spans or a log show it: with the route, whatever the counters of the server have. */
export interface RepeatedLookup {
  repeat: Repeat;
  shape: QueryShape;
}

/**
 * Adds what was seen in units of work to what the counters say: one finding for a query, with the evidence of both.
 *
 * @param batched the look-up for several keys at once; null where it cannot be written
 */
export function assessRepeatedLookups(
  lookups: readonly RepeatedLookup[],
  context: RuleContext,
  byCounters: Assessment,
  batched: (query: WorkloadQuery) => string | null,
): Assessment {
  const seen = lookups.map((lookup) => ({ lookup, query: queryOf(lookup, context) }));
  const nameOf = (query: WorkloadQuery): string => subjectOf(query, context).name;
  const isAlsoSeen = ({ subject }: FindingDraft): boolean =>
    seen.some(({ query }) => nameOf(query) === subject.name);
  return {
    ...byCounters,
    findings: [
      ...byCounters.findings.filter((finding) => !isAlsoSeen(finding)),
      ...seen.map(({ lookup, query }) => {
        const counted = byCounters.findings.find(({ subject }) => subject.name === nameOf(query));
        return toFinding(lookup.repeat, query, context, counted, batched(query));
      }),
    ],
    checked: [
      ...byCounters.checked,
      ...seen.map(({ query }) => ({ subject: subjectOf(query, context), rule: RULES.nPlusOne })),
    ],
  };
}

/** As the counters have it where they do, with what the units know of its origin. */
function queryOf({ repeat, shape }: RepeatedLookup, { workload }: RuleContext): WorkloadQuery {
  const known = workload.queries.find((query) => query.shape.key === shape.key);
  const { statement, calls, totalMs, origins } = repeat;
  if (known) return { ...known, origins: [...origins, ...known.origins] };
  return {
    shape,
    texts: [statement],
    calls,
    totalMs,
    meanMs: totalMs / calls,
    rows: 0,
    sharedBuffers: 0,
    exactness: 'exact',
    origins,
  };
}

function toFinding(
  repeat: Repeat,
  query: WorkloadQuery,
  context: RuleContext,
  counted: FindingDraft | undefined,
  batched: string | null,
): FindingDraft {
  const { parent, callsPerUnit, timeShare, origins } = repeat;
  const places = [...new Set(origins.flatMap(({ endpoint }) => endpoint ?? []))];
  return queryFinding(query, context, RULES.nPlusOne, {
    title: `${query.shape.label} runs ${figure(callsPerUnit)} times in ${places[0] ?? 'one unit of work'}`,
    confidence: counted !== undefined || repeat.rowsMatch === true ? 'proven' : 'likely',
    evidence: [
      { label: 'calls in one unit of work', value: rounded(callsPerUnit) },
      { label: 'units of work with it', value: repeat.units },
      { label: 'units of work seen', value: repeat.unitsSeen },
      ...(parent === null ? [] : [{ label: 'after', value: parent.label, sample: parent.statement }]),
      ...traceEvidence(repeat),
      ...(counted?.evidence.filter(({ label }) => COUNTED.has(label)) ?? []),
    ],
    impact: {
      summary: `${figure(callsPerUnit)} round trips where one would do; they take ${percentOf(timeShare)} of the database time of this work`,
      basis: 'measured',
      value: rounded(100 * timeShare),
      unit: '%',
    },
    steps: counted?.fix.steps ?? [
      'Collect the keys and fetch the rows of all of them with one query: = ANY($1).',
      'In a data access layer, let the list load them with it (prefetch_related, includes, include, relations, selectinload).',
    ],
    patch: batched,
  });
}

/** Figures of the counters that say more than the units do. */
const COUNTED = new Set(['look-ups for each list', 'lists', 'led to by']);

function traceEvidence({ origins }: Repeat): Evidence[] {
  const trace = origins.find(({ traceId }) => traceId !== null)?.traceId;
  return trace === undefined || trace === null ? [] : [{ label: 'trace', value: trace }];
}
