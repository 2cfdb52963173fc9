import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { watchedMs } from '../../_shared/live/table.ts';
import type { LiveAssessment, ReportDraft } from '../../define.ts';
import { movementsOf, paceOf } from '../analyze/live/movements.ts';
import type { ErrorsFound } from '../collect/errors.ts';
import { insightsOf } from '../insights.ts';
import { toIncidentData } from './group-data.ts';
import { movementTable, rate, toMovementData } from './live-groups.ts';
import type { ErrorSession } from './live-session.ts';
import { commandOn, filesAsWritten } from '../analyze/command-lines.ts';
import type { MonitorData } from './monitor.ts';
import { readingSection, toReadingData } from './reading-view.ts';
import { totalOf } from '../analyze/minutes.ts';

/** What fits a screen beside the changes. */
const MAX_ROWS = 20;
const MAX_DATA_GROUPS = 100;

export function monitorSections(session: ErrorSession, nowMs: number): Block[] {
  const { found, recent } = session;
  const movements = movementsOf(found.window);
  return [
    ...(movements.length === 0
      ? [{ kind: 'text' as const, text: quietText(found), tone: 'muted' as const }]
      : movementTable(movements, found, MAX_ROWS)),
    ...(recent.length === 0
      ? []
      : [
          {
            kind: 'timeline' as const,
            title: 'Changes',
            entries: recent.map(({ atMs, text }) => ({ atMs, label: text })),
          },
        ]),
    { kind: 'text', text: footer(session, nowMs), tone: 'muted' },
  ];
}

function quietText({ window }: ErrorsFound): string {
  return window.records.length === 0 ? 'no record yet' : 'no error within the last hour';
}

function footer(session: ErrorSession, nowMs: number): string {
  const { window } = session.found;
  return [
    `watching for ${formatDuration(watchedMs(session, nowMs))}`,
    `${rate(paceOf(window.records, window).nowPerMinute)} records a minute`,
    `${rate(paceOf(window.errors, window).nowPerMinute)} errors a minute`,
    'Ctrl-C ends',
  ].join('   ');
}

/** Of the newest look, for a scraper. */
export function monitorMetrics({ found: { window, incidents } }: ErrorSession): MetricValue[] {
  const gauge = (name: string, unit: string, value: number): MetricValue => ({
    name: `log.${name}`,
    kind: 'gauge',
    unit,
    attributes: {},
    value,
  });
  return [
    gauge('records.rate', '1/min', paceOf(window.records, window).nowPerMinute),
    gauge('errors.rate', '1/min', paceOf(window.errors, window).nowPerMinute),
    gauge('error_groups', '1', window.groups.filter(({ isError }) => isError).length),
    gauge('incidents', '1', incidents.length),
  ];
}

/** What a monitor leaves behind. */
export function monitorReport(
  session: ErrorSession,
  { findings, coverage }: LiveAssessment,
  nowMs: number,
  files: readonly string[],
): ReportDraft {
  const { found, follower, changes } = session;
  const { window, incidents } = found;
  const reading = follower.report();
  const records = totalOf(window.records);
  const errors = totalOf(window.errors);
  const data: MonitorData = {
    watchedMs: watchedMs(session, nowMs),
    changes,
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    records,
    errors,
    incidents: incidents.map(toIncidentData),
    groups: movementsOf(window)
      .slice(0, MAX_DATA_GROUPS)
      .map((movement) => toMovementData(movement, found)),
    reading: toReadingData(reading),
  };
  const first = incidents[0]?.incident.detections[0]?.group;
  return {
    ...(records === 0 ? { status: 'unknown' as const } : {}),
    summary: `Watched logs for ${formatDuration(data.watchedMs)}: ${counted(changes, 'change')}, ${counted(findings.length, 'finding')} at the end.`,
    findings,
    coverage,
    insights: insightsOf(incidents, findings, window),
    sections: [...monitorSections(session, nowMs).slice(0, -1), ...readingSection(reading)],
    data,
    next: [
      ...(first === undefined ? [] : [commandOn('show', first, files)]),
      ['rearguard errors emergency', ...filesAsWritten(files)].join(' '),
    ],
  };
}
