import { mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { withDatabases } from '../../_shared/database/with-databases.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import { assessExhausted } from '../analyze/connections.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import { narrowed } from '../analyze/narrow.ts';
import { insightsOf } from '../insights.ts';
import type { TrackerOptions } from '../options.ts';
import { analyzeDatabase, type AnalyzedDatabase } from './analyze-database.ts';
import type { AnalyzeInput } from './analyze.ts';

export async function runAnalyze(
  ctx: CommandContext<TrackerOptions>,
  { target, rule, subject, ...how }: AnalyzeInput,
): Promise<ReportDraft> {
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
}

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
