import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { SqlParser } from '../../_shared/sql/parser.ts';
import type { Described } from '../collect/describe-statements.ts';
import type { IndexAdvice } from '../collect/advise-database.ts';
import type { Observed } from '../collect/observe.ts';
import type { CollectedCalls } from '../collect/unit-calls.ts';
import type { OptimizerOptions } from '../options.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import { contextOf, type Observation } from './context.ts';
import { windowGaps } from './coverage.ts';
import { assessMissingIndexes } from './missing-index.ts';
import { assessMysqlIndexes } from './mysql-indexes.ts';
import { assessNPlusOne } from './n-plus-one.ts';
import { narrow, type Narrowing } from './narrow.ts';
import { assessQueries } from './query-rules.ts';
import { assessRepeatedLookups } from './repeated-lookups.ts';
import { findRepeats } from './repeats.ts';

/** What was seen of one database, by its counters and by spans and logs. */
export interface Seen extends Observed {
  units: CollectedCalls;
  described: ReadonlyMap<string, Described>;
  /** null: not asked for. */
  indexes: IndexAdvice | null;
}

export const EMPTY_CATALOG: Catalog = { searchPath: [], tables: [], extensions: new Map() };

/** All rules over one database. */
export function assess(
  { target, observation, coverage, notChecked, units, described, needs, indexes }: Seen,
  options: OptimizerOptions,
  narrowing: Narrowing,
  parser: SqlParser,
): Assessment {
  const seen = observation ?? nothingCounted(target, units);
  const context = contextOf(seen, options);
  const gaps = {
    ...emptyAssessment(),
    notChecked: [
      ...notChecked,
      ...units.notChecked,
      ...(coverage === null ? [] : windowGaps(seen, coverage)),
      ...(indexes?.notChecked ?? []),
    ],
  };
  // What the rewrite says is PostgreSQL's grammar.
  const batch = (query: WorkloadQuery): string | null =>
    needs === undefined ? batched(query, seen, parser) : null;
  const repeated = findRepeats(units.calls, (statement) => described.get(statement) ?? null).flatMap(
    (repeat) => {
      const shape = described.get(repeat.statement)?.shape;
      return shape === undefined ? [] : [{ repeat, shape }];
    },
  );
  const byCounters = assessNPlusOne(context, ({ query }) => batch(query));
  const whole = mergeAssessments([
    gaps,
    assessRepeatedLookups(repeated, context, byCounters, batch),
    assessQueries(context),
    indexes?.advice ? assessMissingIndexes(indexes.advice, context) : emptyAssessment(),
    needs === undefined || coverage === null
      ? emptyAssessment()
      : assessMysqlIndexes(target, needs, { ...seen.workload, coverage }, options),
  ]);
  return narrow(whole, narrowing, seen);
}

/** Without the counters of a server, spans and logs still tell. */
function nothingCounted(target: string, { calls }: CollectedCalls): Observation {
  const starts = calls.map(({ startMs }) => startMs);
  const fromMs = starts.reduce((a, b) => Math.min(a, b), Infinity);
  const toMs = starts.reduce((a, b) => Math.max(a, b), -Infinity);
  const range = calls.length === 0 ? { fromMs: 0, toMs: 0 } : { fromMs, toMs };
  return {
    target,
    workload: { ...range, queries: [], leftOut: [], writes: new Map() },
    members: new Map(),
    catalog: EMPTY_CATALOG,
    reads: null,
    steps: [],
  };
}

/** The look-up for many keys; that it returns the same is what `prove` shows. */
function batched(query: WorkloadQuery, { catalog }: Observation, parser: SqlParser): string | null {
  const [rewrite] = rewritesOf(query, catalog, parser, new Set([RULES.nPlusOne.id]));
  return rewrite?.after ?? null;
}
