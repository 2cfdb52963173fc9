import type { Block, Cell, Tone } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { sparkline } from '../../../core/sparkline.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import type { DetectionKind } from '../analyze/detect/types.ts';
import type { ErrorGroup, GroupHistory, LogWindow } from '../analyze/model.ts';
import { seriesOf, trendOf } from '../analyze/trend.ts';

const MAX_TITLE = 90;
const MAX_CAUSES = 3;
const MAX_TREES = 3;
/** Groups that an incident names; one fault may have hundreds of symptoms. */
const MAX_SYMPTOMS = 6;

/** What an analysis shows, most important first: incidents with their causes, then groups, then errors over time. */
export function analyzeSections(
  window: LogWindow,
  incidents: readonly ExplainedIncident[],
  shown: readonly ErrorGroup[],
  { history, omitted }: { history: ReadonlyMap<string, GroupHistory>; omitted: number },
): Block[] {
  return [
    ...incidents.slice(0, MAX_TREES).map((incident) => incidentTree(incident, window)),
    ...(incidents.length > MAX_TREES ? [moreIncidents(incidents.length - MAX_TREES)] : []),
    ...groupTable(window, incidents, shown, history, omitted),
    ...errorSeries(window),
  ];
}

/** How a change is called, and how much it should stand out. */
export const KIND: Readonly<Record<DetectionKind, { word: string; tone: Tone }>> = {
  new: { word: 'new', tone: 'bad' },
  regressed: { word: 'back', tone: 'bad' },
  spiking: { word: 'spike', tone: 'bad' },
  escalating: { word: 'grows', tone: 'warn' },
  disappeared: { word: 'stopped', tone: 'muted' },
};

export function incidentTree({ incident, cause }: ExplainedIncident, window: LogWindow): Block {
  const titles = new Map(window.groups.map(({ id, title }) => [id, title]));
  const { candidates, notes } = cause;
  return {
    kind: 'tree',
    title: `Incident since ${clock(incident.fromMs)}`,
    roots: [
      ...incident.detections.slice(0, MAX_SYMPTOMS).map(({ kind, group, because }) => ({
        label: `${KIND[kind].word}: ${quoteForeign(titles.get(group) ?? group, MAX_TITLE)} [${group}]`,
        tone: KIND[kind].tone,
        children: [{ label: because, tone: 'muted' as const }],
      })),
      ...(incident.detections.length > MAX_SYMPTOMS
        ? [{ label: `and ${counted(incident.detections.length - MAX_SYMPTOMS, 'more group')}` }]
        : []),
      candidates.length === 0
        ? { label: 'no supported cause', children: notes.map((label) => ({ label })) }
        : {
            label: 'likely causes',
            children: candidates.slice(0, MAX_CAUSES).map(({ title, score, evidence, counterCheck }) => ({
              label: `${title} (${score.toFixed(2)})`,
              children: [...evidence, `counter-check: ${counterCheck}`].map((label) => ({ label })),
            })),
          },
    ],
  };
}

function moreIncidents(count: number): Block {
  return {
    kind: 'text',
    text: `${counted(count, 'weaker incident')} more: \`--output json\` has them all.`,
  };
}

function groupTable(
  window: LogWindow,
  incidents: readonly ExplainedIncident[],
  groups: readonly ErrorGroup[],
  history: ReadonlyMap<string, GroupHistory>,
  omitted: number,
): Block[] {
  if (groups.length === 0) return [];
  const news = new Map(
    incidents.flatMap(({ incident }) => incident.detections.map(({ group, kind }) => [group, kind] as const)),
  );
  const stateOf = ({ id }: ErrorGroup): Cell => {
    const kind = news.get(id);
    if (kind !== undefined) return { text: KIND[kind].word, tone: KIND[kind].tone };
    const state = history.get(id)?.state ?? 'open';
    return { text: state === 'open' ? 'known' : state, tone: 'muted' };
  };
  return [
    {
      kind: 'table',
      title: 'Errors, most frequent first',
      columns: [
        { header: 'group' },
        { header: 'state' },
        { header: 'count', align: 'right' },
        { header: 'users', align: 'right' },
        { header: 'last' },
        { header: 'trend' },
        { header: 'error' },
      ],
      rows: groups.map((group) => [
        group.id,
        stateOf(group),
        group.count,
        group.users,
        clock(group.lastMs),
        sparkline(trendOf(group.minutes, window)),
        quoteForeign(group.title, MAX_TITLE),
      ]),
      ...(omitted > 0 ? { omitted } : {}),
    },
  ];
}

function errorSeries(window: LogWindow): Block[] {
  if (window.errors.length === 0) return [];
  return [
    {
      kind: 'series',
      title: 'Errors over time',
      unit: 'records',
      lines: [{ name: 'errors', points: seriesOf(window.errors, window) }],
    },
  ];
}

/** UTC, as everything in a report. */
function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(5, 16).replace('T', ' ');
}
