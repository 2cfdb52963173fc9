import type { Block, TreeNode } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { formatDuration } from '../../../core/duration.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { ReportDraft } from '../../define.ts';
import { findingsOf, describeDetections, type ExplainedIncident } from '../analyze/assess.ts';
import { movementsOf, paceOf } from '../analyze/live/movements.ts';
import { worstIncidents } from '../analyze/live/urgency.ts';
import type { ErrorGroup, LogWindow } from '../analyze/model.ts';
import type { ErrorsFound } from '../collect/errors.ts';
import type { IngestReport } from '../collect/types.ts';
import { insightsOf } from '../insights.ts';
import type { ErrorOptions } from '../options.ts';
import { KIND } from './analyze-view.ts';
import type { EmergencyData } from './emergency.ts';
import { toIncidentData } from './group-data.ts';
import { movementTable, rate, toMovementData } from './live-groups.ts';
import { clockOf, reachOf, titleOf } from './live-text.ts';
import { commandOn, filesAsWritten } from '../analyze/command-lines.ts';
import { toReadingData } from './reading-view.ts';
import { totalOf } from '../analyze/minutes.ts';

/** One screen. */
const MAX_INCIDENTS = 4;
const MAX_GROUPS_EACH = 3;
const MAX_ROWS = 8;
const MAX_VALUES = 3;
const MAX_EVIDENCE = 140;
const MAX_DATA_GROUPS = 50;
const ASKED_FIELDS = ['release', 'host', 'tenant', 'endpoint', 'service'];

/** What is known of an emergency at one moment. */
export interface EmergencyScene {
  found: ErrorsFound;
  /** The last hour by itself: who is hit now. */
  hour: LogWindow;
  /** Named ones; none: all of the config. */
  files: readonly string[];
}

export function emergencySections({ found, hour, files }: EmergencyScene): Block[] {
  const { window } = found;
  const worst = worstIncidents(found.incidents, window);
  return [
    { kind: 'text', text: headline(found, hour), tone: worst.length > 0 ? 'bad' : 'muted' },
    ...worst.slice(0, MAX_INCIDENTS).map((explained) => incidentTree(explained, { found, hour, files })),
    ...(worst.length > MAX_INCIDENTS
      ? [
          {
            kind: 'text' as const,
            text: `${counted(worst.length - MAX_INCIDENTS, 'more incident')}: rearguard errors analyze --since 1h`,
            tone: 'muted' as const,
          },
        ]
      : []),
    ...movementTable(movementsOf(window), found, MAX_ROWS),
  ];
}

/** One sentence: what is wrong, or that nothing is. */
export function headline({ incidents, window }: ErrorsFound, hour: LogWindow): string {
  const newest = window.records.at(-1)?.[0];
  if (hour.records.length === 0) {
    return newest === undefined
      ? 'No log has a record: nothing can be said.'
      : `No log has a record of the last hour; the newest is of ${new Date(newest * 60_000).toISOString().slice(0, 16)}.`;
  }
  const { nowPerMinute, beforePerMinute } = paceOf(hour.errors, hour);
  const pace = `${rate(nowPerMinute)} errors a minute${beforePerMinute === null ? '' : `, ${rate(beforePerMinute)} before`}`;
  const worst = worstIncidents(incidents, window);
  return worst.length === 0
    ? `Nothing is new or exploding: ${pace}.`
    : `${describeDetections(worst)} within the last hour: ${pace}.`;
}

function incidentTree(
  { incident, cause }: ExplainedIncident,
  { found: { window }, hour, files }: EmergencyScene,
): Block {
  const [best, second] = cause.candidates;
  const groups = incident.detections.slice(0, MAX_GROUPS_EACH);
  const omitted = incident.detections.length - groups.length;
  const first = groups[0]?.group;
  const next = [
    ...(first === undefined ? [] : [commandOn('show', first, files)]),
    ...(best === undefined || best.next === null ? [] : [best.next]),
  ];
  const children: TreeNode[] = [
    ...groups.slice(1).map(({ kind, group }) => ({
      label: `${KIND[kind].word}: ${titleOf(group, window)}`,
      tone: KIND[kind].tone,
    })),
    ...(omitted > 0 ? [{ label: `and ${counted(omitted, 'other group')}`, tone: 'muted' as const }] : []),
    {
      label: `since ${clockOf(incident.fromMs)} (${formatDuration(Math.max(0, window.toMs - incident.fromMs))}): ${oneLine(groups[0]?.because ?? '')}`,
    },
    ...whoIsHit(hour.groups.find(({ id }) => id === first)),
    ...(best === undefined
      ? [{ label: 'likely cause: none is supported by what was read', tone: 'muted' as const }]
      : [
          {
            label: `likely cause: ${oneLine(best.title)} (${best.score.toFixed(2)})`,
            tone: 'warn' as const,
            children: [...best.evidence.slice(0, 2), `counter-check: ${best.counterCheck}`].map((text) => ({
              label: capText(oneLine(text), MAX_EVIDENCE),
              tone: 'muted' as const,
            })),
          },
        ]),
    ...(second === undefined
      ? []
      : [{ label: `or: ${oneLine(second.title)} (${second.score.toFixed(2)})`, tone: 'muted' as const }]),
    ...next.map((line) => ({ label: `next: ${line}`, tone: 'good' as const })),
  ];
  const head = groups[0];
  return {
    kind: 'tree',
    roots: [
      {
        label: head === undefined ? 'incident' : `${KIND[head.kind].word}: ${titleOf(head.group, window)}`,
        ...(head === undefined ? {} : { tone: KIND[head.kind].tone }),
        children,
      },
    ],
  };
}

/** Of the last hour; a value that most records share says where to look. */
function whoIsHit(group: ErrorGroup | undefined): TreeNode[] {
  if (group === undefined) return [];
  const mixes = ASKED_FIELDS.flatMap((name) => group.fields.find(({ field }) => field === name) ?? []).map(
    ({ field, values }) =>
      `${field} ${values
        .slice(0, MAX_VALUES)
        .map(({ value, count }) => `${capText(oneLine(value), 40)} (${count})`)
        .join(', ')}`,
  );
  const parts = [...(reachOf(group) === null ? [] : [reachOf(group)]), ...mixes];
  return parts.length === 0 ? [] : [{ label: `hit: ${parts.join('; ')}` }];
}

export interface EmergencyConclusion {
  scene: EmergencyScene;
  reading: IngestReport;
  coverage: (findings: ReportDraft['findings']) => Coverage;
  options: Pick<ErrorOptions, 'frequent'>;
}

export function emergencyReport({ scene, reading, coverage, options }: EmergencyConclusion): ReportDraft {
  const { found, hour, files } = scene;
  const worst = worstIncidents(found.incidents, found.window);
  const hasSeen = hour.records.length > 0;
  const findings = hasSeen ? findingsOf({ ...found, options, files }) : [];
  const pace = paceOf(hour.errors, hour);
  const first = worst[0]?.incident.detections[0]?.group;
  return {
    ...(hasSeen ? {} : { status: 'unknown' as const }),
    summary: headline(found, hour),
    findings,
    coverage: coverage(findings),
    insights: insightsOf(worst, findings, found.window),
    sections: emergencySections(scene),
    data: {
      from: new Date(hour.fromMs).toISOString(),
      to: new Date(hour.toMs).toISOString(),
      records: totalOf(hour.records),
      errors: totalOf(hour.errors),
      errorsPerMinuteNow: rate(pace.nowPerMinute),
      errorsPerMinuteBefore: pace.beforePerMinute === null ? null : rate(pace.beforePerMinute),
      incidents: worst.map(toIncidentData),
      groups: movementsOf(found.window)
        .slice(0, MAX_DATA_GROUPS)
        .map((movement) => toMovementData(movement, found)),
      reading: toReadingData(reading),
    } satisfies EmergencyData,
    next: [
      ...(first === undefined ? [] : [commandOn('show', first, files)]),
      ...worst.slice(0, 1).flatMap(({ cause }) => cause.candidates.flatMap(({ next }) => next ?? [])),
      `rearguard errors analyze ${files.length === 0 ? '--since 24h' : filesAsWritten(files).join(' ')}`,
    ].slice(0, 3),
  };
}
