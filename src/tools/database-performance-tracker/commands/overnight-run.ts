import { mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { withDatabases } from '../../_shared/database/with-databases.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import { narrowed } from '../analyze/narrow.ts';
import { assessNight } from '../analyze/overnight/assess.ts';
import { judgeNight, type Night, type NightFindings } from '../analyze/overnight/night.ts';
import { collectNight } from '../collect/night.ts';
import { errorsIn } from '../analyze/server-log.ts';
import { insightsOf } from '../insights.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import type { OvernightInput } from './overnight-summary.ts';
import { nightData, nightSections } from './overnight-view.ts';

type Context = CommandContext<TrackerOptions>;

export async function runOvernight(
  ctx: Context,
  { target, since, now, rule, subject }: OvernightInput,
): Promise<ReportDraft> {
  const nowMs = ctx.clock.wallMs();
  const sinceMs = since === undefined ? lastEvening(nowMs) : nowMs - since;
  const { results, notChecked, diagnostics } = await withDatabases(
    ctx,
    target,
    { statementTimeoutMs: ctx.options.statementTimeout },
    (database) => lookBack(ctx, database, { sinceMs, now }),
  );
  const nights = results.filter((one) => one !== null);
  const assessment = narrowed(mergeAssessments(nights.map(({ night, found }) => assessNight(night, found))), {
    rule,
    subject,
  });
  const coverage = trackerCoverage(assessment);
  const others = results.length - nights.length;
  return {
    ...(nights.every(({ found }) => found.series.length === 0) ? { status: 'unknown' as const } : {}),
    summary: summarise(nights, nowMs - sinceMs, assessment.findings.length),
    findings: assessment.findings,
    coverage: {
      ...coverage,
      notChecked: [...notChecked, ...(others > 0 ? [onlyPostgres(others)] : []), ...coverage.notChecked],
    },
    insights: insightsOf(assessment.findings),
    diagnostics,
    sections: nights.flatMap(({ night, found }) => nightSections(night, found)),
    data: { databases: nights.map(({ night, found }) => nightData(night, found)) },
    next: ['rearguard db analyze', 'rearguard db watch'],
  };
}

async function lookBack(
  ctx: Context,
  database: OpenDatabase,
  asked: { sinceMs: number; now: boolean },
): Promise<{ night: Night; found: NightFindings } | null> {
  if (database.session.dialect !== 'postgresql') return null;
  const night = await collectNight(ctx, database, asked);
  return { night, found: judgeNight(night) };
}

const EVENING_HOUR = 18;

/** 18:00 of the day before, in the time zone of this process. */
export function lastEvening(nowMs: number): number {
  const evening = new Date(nowMs);
  evening.setHours(EVENING_HOUR, 0, 0, 0);
  evening.setDate(evening.getDate() - 1);
  return evening.getTime();
}

function onlyPostgres(count: number) {
  return {
    rules: [RULES.statementRegression.id, RULES.planRegression.id],
    reason: `history of statements is kept of PostgreSQL only; ${counted(count, 'database is', 'databases are')} of another kind`,
  };
}

function summarise(
  nights: readonly { night: Night; found: NightFindings }[],
  spanMs: number,
  findings: number,
): string {
  const names = nights.map(({ night }) => night.target).join(', ') || 'no database';
  const loads = nights.reduce((sum, { found }) => sum + found.loads.length, 0);
  const said = findings === 0 ? 'no regression' : counted(findings, 'regression');
  const load = loads === 0 ? '' : `; ${counted(loads, 'statement')} only called more often`;
  const errors = nights.reduce((sum, { night: { log } }) => sum + (log?.known ? errorsIn(log.value) : 0), 0);
  const failed = errors === 0 ? '' : `; ${counted(errors, 'error')} in the log`;
  return `${names} over ${formatDuration(spanMs)}: ${said}${load}${failed}.`;
}
