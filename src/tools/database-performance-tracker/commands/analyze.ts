import { z } from 'zod';
import { mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { withDatabases } from '../../_shared/database/with-databases.ts';
import { assessExhausted } from '../analyze/connections.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import { narrowed } from '../analyze/narrow.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { TrackerOptions } from '../options.ts';
import { analyzeDatabase, type AnalyzedDatabase } from './analyze-database.ts';
import { databaseDataSchema } from './analyze-view.ts';
import { targetInput } from './inputs.ts';

const input = z.strictObject({
  target: targetInput,
  duration: optionalDurationSchema(
    'Length of the window: from history where that reaches back so far, else watched from now on; default: what history has of the last hour, else 10 s',
  ),
  now: z.boolean().default(false).describe('Watch from now on, whatever history has'),
  deep: z
    .boolean()
    .default(false)
    .describe(
      'Also the plans of the top statements, and bloat counted by pgstattuple where that is installed',
    ),
  rule: z.string().optional().describe('Only this rule: `bloat`'),
  subject: z.string().optional().describe('Only findings about this, by its full name'),
  limit: z.coerce.number().int().min(1).max(500).default(12).describe('Rows of each table that are shown'),
});

const data = z.object({ databases: z.array(databaseDataSchema) });

export const analyze = defineCommand<typeof input, typeof data, TrackerOptions>({
  summary:
    'What databases did in a window, and how they stand: statements, tables, indexes, vacuum, settings',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard database-performance-tracker analyze', does: 'what history has, else ten seconds' },
    { line: 'rearguard db analyze --duration 1h --target shop-db', does: 'the last hour of one database' },
    { line: 'rearguard db analyze --deep', does: 'with plans, and bloat counted instead of estimated' },
    { line: 'rearguard db analyze --rule unused-index', does: 'one rule, in every database' },
  ],
  // A live command in one respect: told to stop, it ends its window there and keeps what it saw.
  // oxlint-disable-next-line require-yield
  async *run(ctx, { target, rule, subject, ...how }): AsyncGenerator<LiveView, ReportDraft, void> {
    const { statementTimeout: statementTimeoutMs } = ctx.options;
    const { results, notChecked, diagnostics, exhausted } = await withDatabases(
      ctx,
      target,
      { statementTimeoutMs },
      (database) => analyzeDatabase(ctx, database, { ...how, durationMs: how.duration }),
    );
    const assessment = narrowed(
      mergeAssessments([...results.map((one) => one.assessment), ...exhausted.map(assessExhausted)]),
      { rule, subject },
    );
    const coverage = trackerCoverage(assessment);
    return {
      summary: summarise(results, assessment.findings.length),
      findings: assessment.findings,
      coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
      insights: insightsOf(assessment.findings),
      diagnostics: [...diagnostics, ...results.flatMap((one) => one.diagnostics)],
      sections: results.flatMap(({ sections }) => sections),
      data: { databases: results.map((one) => one.data) },
      next: nextCommands(results, how.deep),
    };
  },
});

function summarise(analyzed: readonly AnalyzedDatabase[], findings: number): string {
  const spans = analyzed.map(({ data: { target, source, from, to } }) => {
    if (from === null) return `${target} as it is now`;
    const span = formatDuration(Date.parse(to) - Date.parse(from));
    return `${target} over ${span}${source === 'history' ? ' of history' : ''}`;
  });
  const said = spans.length <= 2 ? spans.join(', ') : counted(spans.length, 'database');
  return `${said}: ${findings === 0 ? 'nothing to report' : counted(findings, 'finding')}.`;
}

function nextCommands(analyzed: readonly AnalyzedDatabase[], deep: boolean): string[] {
  const hasHistory = analyzed.some(({ data: { source } }) => source === 'history');
  return [
    ...(deep ? [] : ['rearguard db analyze --deep']),
    hasHistory ? 'rearguard db overnight-summary' : 'rearguard db watch',
  ];
}
