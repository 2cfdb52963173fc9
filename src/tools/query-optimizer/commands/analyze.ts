import { z } from 'zod';
import { type Assessment, coverageOf, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { type OpenDatabase, openDatabases } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { loadSqlParser, type SqlParser } from '../../_shared/sql/parser.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { contextOf, type Observation } from '../analyze/context.ts';
import { windowGaps } from '../analyze/coverage.ts';
import { assessMysqlIndexes } from '../analyze/mysql-indexes.ts';
import { assessNPlusOne } from '../analyze/n-plus-one.ts';
import { narrow, type Narrowing, ruleNamed } from '../analyze/narrow.ts';
import { assessQueries } from '../analyze/query-rules.ts';
import { assessRepeatedLookups } from '../analyze/repeated-lookups.ts';
import { findRepeats } from '../analyze/repeats.ts';
import { type Described, describeStatements } from '../collect/describe-statements.ts';
import { observe, type Observed, watchWindow } from '../collect/observe.ts';
import { observeMysql } from '../collect/observe-mysql.ts';
import { type CollectedCalls, collectUnitCalls } from '../collect/unit-calls.ts';
import { insightsOf } from '../insights.ts';
import type { OptimizerOptions } from '../options.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import { analyzeSections, databaseDataSchema, toDatabaseData } from './analyze-view.ts';

const input = z.strictObject({
  target: z.string().optional().describe('Only this database, by the name of its target'),
  duration: optionalDurationSchema('How long to watch; default: the watch setting'),
  minTime: optionalDurationSchema(
    'Look at a query when its mean time is at least this; default: the minTime setting',
  ),
  query: z.string().optional().describe('Only this query, by the eight digits of its key'),
  rule: z.string().optional().describe('Only this rule: `deep-offset`'),
  callsPerMinute: z.coerce
    .number()
    .nonnegative()
    .optional()
    .describe('With --query: calls a minute it used to have; tells "gone" from "not called just now"'),
  limit: z.coerce.number().int().min(1).max(500).default(12).describe('Queries that the table shows'),
});

const data = z.object({ databases: z.array(databaseDataSchema) });

const EMPTY_CATALOG: Catalog = { searchPath: [], tables: [], extensions: new Map() };

export const analyze = defineCommand<typeof input, typeof data, OptimizerOptions>({
  summary: 'What queries do that they need not: N+1, deep pages, counts, casts, locks; each with its figures',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard query-optimizer analyze', does: 'watch every database for ten seconds' },
    {
      line: 'rearguard queries analyze --duration 1m --min-time 50ms',
      does: 'longer, and with a lower limit',
    },
    {
      line: 'rearguard queries analyze --target shop-db --rule n-plus-one',
      does: 'one rule for one database',
    },
  ],
  async run(ctx, { target, duration, minTime, query, rule, callsPerMinute, limit }) {
    const narrowing: Narrowing = { query, rule: ruleNamed(rule), callsPerMinute };
    const opened = await openDatabases(ctx, target, { statementTimeoutMs: ctx.options.statementTimeout });
    try {
      const options = { ...ctx.options, minTime: minTime ?? ctx.options.minTime };
      const watchMs = duration ?? ctx.options.watch;
      const unitsMs = query === undefined ? Math.max(watchMs, options.unitsSince) : watchMs;
      const observed = await Promise.all(
        opened.databases.map((database) => lookAt(ctx, database, { watchMs, unitsMs })),
      );
      const parser = await loadSqlParser();
      const assessments = observed.map((one) => assess(one, options, narrowing, parser));
      const { findings, ...assessment } = mergeAssessments(assessments);
      const databases = observed.flatMap((one) => toDatabaseData(one, findings, limit) ?? []);
      const coverage = coverageOf({ findings, ...assessment });
      return {
        ...(observed.every(sawNothing) ? { status: 'unknown' as const } : {}),
        summary: summarise(observed, findings.length),
        findings,
        coverage: { ...coverage, notChecked: [...opened.notChecked, ...coverage.notChecked] },
        insights: insightsOf(findings),
        diagnostics: opened.diagnostics,
        sections: analyzeSections(databases),
        data: { databases },
        next: ['rearguard query-optimizer recommendations'],
      } satisfies ReportDraft;
    } finally {
      await opened.close();
    }
  },
});

interface Seen extends Observed {
  units: CollectedCalls;
  described: ReadonlyMap<string, Described>;
}

/** @param unitsMs how far back units of work are looked at; a narrowed check must not see what was before a fix */
async function lookAt(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  { watchMs, unitsMs }: { watchMs: number; unitsMs: number },
): Promise<Seen> {
  const fromMs = ctx.clock.wallMs() - unitsMs;
  const observed = await observeAny(ctx, database, watchMs);
  const units = await collectUnitCalls(ctx, database, { fromMs, toMs: ctx.clock.wallMs() });
  const statements = units.calls.map(({ statement }) => statement);
  const described = await describeStatements(statements, observed.observation?.catalog ?? EMPTY_CATALOG);
  return { ...observed, units, described };
}

async function observeAny(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  watchMs: number,
): Promise<Observed> {
  const { dialect } = database.session;
  if (dialect === 'postgresql') return observe(ctx, database, await watchWindow(ctx, database, watchMs));
  return dialect === 'sqlite' ? unobserved(database) : observeMysql(ctx, database, watchMs);
}

/** SQLite counts no statements: its queries come from the user. */
function unobserved({ target }: OpenDatabase): Observed {
  const gap = { subject: databaseSubject(target.name), reason: 'SQLite keeps no statistics of queries' };
  return { target: target.name, observation: null, coverage: null, notChecked: [gap] };
}

/** All rules over one database. */
function assess(
  { target, observation, coverage, notChecked, units, described, needs }: Seen,
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

function sawNothing({ observation, units }: Seen): boolean {
  return observation === null && units.calls.length === 0;
}

function summarise(observed: readonly Observed[], findings: number): string {
  const seen = observed.filter(({ observation }) => observation !== null);
  const queries = seen.reduce((sum, { observation }) => sum + (observation?.workload.queries.length ?? 0), 0);
  if (seen.length === 0) return 'No database could be looked at.';
  const what = `${counted(queries, 'query', 'queries')} of ${counted(seen.length, 'database')} looked at`;
  return `${what}; ${findings === 0 ? 'nothing to report' : counted(findings, 'finding')}.`;
}
