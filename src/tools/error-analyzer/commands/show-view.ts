import type { Block, TreeNode } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { quoteForeign, quoteUnlessPlain } from '../../../core/text.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import type { ErrorGroup, LogWindow } from '../analyze/model.ts';
import { seriesOf } from '../analyze/trend.ts';
import { incidentTree } from './analyze-view.ts';
import type { ShowData } from './show.ts';

const MAX_VALUES = 8;
const MAX_MERGED = 20;

/** A group as people ask about it: what it is, since when, why, who is hit, what it looks like. */
export function showSections(
  data: ShowData,
  {
    group,
    window,
    incidents,
  }: { group: ErrorGroup; window: LogWindow; incidents: readonly ExplainedIncident[] },
): Block[] {
  return [
    { kind: 'tree', title: quoteForeign(data.group.title, 160), roots: facts(data) },
    {
      kind: 'series',
      title: 'Records over time',
      unit: 'records',
      lines: [{ name: group.id, points: seriesOf(group.minutes, window) }],
    },
    ...incidents.map((incident) => incidentTree(incident, window)),
    ...fieldTable(data),
    ...data.samples.map(({ at, stream, text }): Block => ({
      kind: 'text',
      title: `Record ${at === null ? 'without a time' : clock(at)} of ${stream}`,
      text,
      untrusted: true,
    })),
    ...mergedTable(data),
    ...(data.explanation === null
      ? []
      : [
          {
            kind: 'tree' as const,
            title: 'Why these records are one group',
            roots: data.explanation.map((label) => ({ label })),
          },
        ]),
  ];
}

function facts({ group, sharePercent, total, said }: ShowData): TreeNode[] {
  const hit = [
    ...(group.users === null ? [] : [counted(group.users, 'user')]),
    ...(group.hosts === null ? [] : [counted(group.hosts, 'host')]),
    ...(group.requests === null ? [] : [counted(group.requests, 'request')]),
  ];
  return [
    { label: `${group.id}, ${group.kind}, level ${group.level}, ${saidText(said)}` },
    ...(group.culprit === null ? [] : [{ label: `from ${quoteForeign(group.culprit, 160)}` }]),
    {
      label: `${counted(group.count, 'record')} (${sharePercent} % of all), ${clock(group.firstSeen)} to ${clock(group.lastSeen)}`,
    },
    ...(group.everSince === null || total === null
      ? []
      : [{ label: `${counted(total, 'record')} since ${clock(group.everSince)}` }]),
    ...(hit.length === 0 ? [] : [{ label: `hit: ${hit.join(', ')}` }]),
    ...(group.releases.length === 0
      ? []
      : [
          {
            label: `releases, in order of first sighting: ${group.releases.map((release) => quoteUnlessPlain(release, 60)).join(', ')}`,
          },
        ]),
  ];
}

function saidText(said: ShowData['said']): string {
  if (said === null) return 'open';
  const parts = [
    said.release === null ? '' : ` in ${said.release}`,
    said.until === null ? '' : ` until ${clock(said.until)}`,
    said.untilPerHour === null ? '' : ` until more than ${said.untilPerHour} an hour`,
    said.note === null ? '' : ` (${said.note})`,
  ];
  return `${said.state} ${clock(said.at)}${parts.join('')}`;
}

function fieldTable({ fields, group }: ShowData): Block[] {
  const rows = fields.flatMap(({ field, values, others, distinct }) => [
    ...values
      .slice(0, MAX_VALUES)
      .map(({ value, count }, index) => [
        index === 0 ? quoteUnlessPlain(field, 60) : '',
        quoteUnlessPlain(value, 100),
        count,
        share(count, group.count),
      ]),
    ...(others > 0 || values.length > MAX_VALUES ? [otherValues(values, others, distinct, group.count)] : []),
  ]);
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Who and what is hit',
      columns: [
        { header: 'field' },
        { header: 'value' },
        { header: 'records', align: 'right' },
        { header: 'share', align: 'right', unit: '%' },
      ],
      rows,
    },
  ];
}

function otherValues(
  values: ShowData['fields'][number]['values'],
  others: number,
  distinct: number,
  total: number,
): [string, string, number, number] {
  const left = values.slice(MAX_VALUES);
  const count = others + left.reduce((sum, value) => sum + value.count, 0);
  return ['', `${Math.max(left.length, distinct - MAX_VALUES)} more values`, count, share(count, total)];
}

function mergedTable({ merged }: ShowData): Block[] {
  if (merged.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Merged into it',
      columns: [{ header: 'group' }, { header: 'because' }],
      rows: merged.slice(0, MAX_MERGED).map(({ id, reason }) => [id, reason]),
      ...(merged.length > MAX_MERGED ? { omitted: merged.length - MAX_MERGED } : {}),
    },
  ];
}

function share(count: number, total: number): number {
  return Number(((100 * count) / Math.max(1, total)).toPrecision(3));
}

function clock(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
