import { z } from 'zod';
import { coverageOf, mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { openDatabases } from '../../_shared/database/open-databases.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { assess, type Seen } from '../analyze/assess.ts';
import { type Narrowing, ruleNamed } from '../analyze/narrow.ts';
import { lookAt } from '../collect/look.ts';
import type { Observed } from '../collect/observe.ts';
import { insightsOf } from '../insights.ts';
import type { OptimizerOptions } from '../options.ts';
import { analyzeSections, databaseDataSchema, toDatabaseData } from './analyze-view.ts';

const input = z.strictObject({
  target: z.string().optional().describe('Only this database, by the name of its target'),
  duration: optionalDurationSchema(
    'Length of the window: from history where `db watch` has kept so much, else watched from now on; default: the watch setting, watched',
  ),
  minTime: optionalDurationSchema(
    'Look at a query when its mean time is at least this; default: the minTime setting',
  ),
  query: z.string().optional().describe('Only this query, by the eight digits of its key'),
  rule: z.string().optional().describe('Only this rule: `deep-offset`'),
  table: z.string().optional().describe('Only this table, for index advice: `public.orders`'),
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
    {
      line: 'rearguard query-optimizer analyze',
      does: 'what history has of the last hour, else ten seconds',
    },
    {
      line: 'rearguard queries analyze --duration 1m --min-time 50ms',
      does: 'longer, and with a lower limit',
    },
    {
      line: 'rearguard queries analyze --target shop-db --rule n-plus-one',
      does: 'one rule for one database',
    },
  ],
  async run(ctx, { target, duration, minTime, limit, ...asked }) {
    const narrowing: Narrowing = { ...asked, rule: ruleNamed(asked.rule) };
    const opened = await openDatabases(ctx, target, { statementTimeoutMs: ctx.options.statementTimeout });
    try {
      const options = { ...ctx.options, minTime: minTime ?? ctx.options.minTime };
      const observed = await Promise.all(
        opened.databases.map((database) =>
          lookAt(ctx, database, { durationMs: duration ?? null, narrowing }),
        ),
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
