import { z } from 'zod';
import { type Assessment, coverageOf, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { type OpenDatabase, openDatabases } from '../../_shared/database/open-databases.ts';
import { loadSqlParser, type SqlParser } from '../../_shared/sql/parser.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { contextOf, type Observation } from '../analyze/context.ts';
import { windowGaps } from '../analyze/coverage.ts';
import type { Lookup } from '../analyze/lookups.ts';
import { assessNPlusOne } from '../analyze/n-plus-one.ts';
import { narrow, type Narrowing, ruleNamed } from '../analyze/narrow.ts';
import { assessQueries } from '../analyze/query-rules.ts';
import { observe, type Observed, watchWindow } from '../collect/observe.ts';
import { insightsOf } from '../insights.ts';
import type { OptimizerOptions } from '../options.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { RULES } from '../rules.ts';
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
      const observed = await Promise.all(opened.databases.map((database) => lookAt(ctx, database, watchMs)));
      const parser = await loadSqlParser();
      const assessments = observed.map((one) => assess(one, options, narrowing, parser));
      const { findings, ...assessment } = mergeAssessments(assessments);
      const databases = observed.flatMap((one) => toDatabaseData(one, findings, limit) ?? []);
      const coverage = coverageOf({ findings, ...assessment });
      return {
        ...(observed.every(({ observation }) => observation === null) ? { status: 'unknown' as const } : {}),
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

async function lookAt(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  watchMs: number,
): Promise<Observed> {
  return observe(ctx, database, await watchWindow(ctx, database, watchMs));
}

/** All rules over one database. */
function assess(
  { observation, coverage, notChecked }: Observed,
  options: OptimizerOptions,
  narrowing: Narrowing,
  parser: SqlParser,
): Assessment {
  if (observation === null || coverage === null) return { ...emptyAssessment(), notChecked: [...notChecked] };
  const context = contextOf(observation, options);
  const gaps = { ...emptyAssessment(), notChecked: [...notChecked, ...windowGaps(observation, coverage)] };
  const whole = mergeAssessments([
    gaps,
    assessNPlusOne(context, (lookup) => batched(lookup, observation, parser)),
    assessQueries(context),
  ]);
  return narrow(whole, narrowing, observation);
}

/** The look-up for many keys; that it returns the same is what `prove` shows. */
function batched({ query }: Lookup, { catalog }: Observation, parser: SqlParser): string | null {
  const [rewrite] = rewritesOf(query, catalog, parser, new Set([RULES.nPlusOne.id]));
  return rewrite?.after ?? null;
}

function summarise(observed: readonly Observed[], findings: number): string {
  const seen = observed.filter(({ observation }) => observation !== null);
  const queries = seen.reduce((sum, { observation }) => sum + (observation?.workload.queries.length ?? 0), 0);
  if (seen.length === 0) return 'No database could be looked at.';
  const what = `${counted(queries, 'query', 'queries')} of ${counted(seen.length, 'database')} looked at`;
  return `${what}; ${findings === 0 ? 'nothing to report' : counted(findings, 'finding')}.`;
}
