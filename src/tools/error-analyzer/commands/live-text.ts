import { counted } from '../../../core/counted.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { LogNotice } from '../../../platform/log-source/types.ts';
import type { LiveView } from '../../define.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import type { IncidentChange } from '../analyze/live/incident-changes.ts';
import type { ErrorGroup, LogWindow } from '../analyze/model.ts';
import { KIND } from './analyze-view.ts';
import { toIncidentData } from './group-data.ts';

const MAX_TITLE = 90;
const MAX_REASON = 200;

type Change = LiveView['changes'][number];

/** One line of what changed, the whole of it for programs. */
export function changeOf({ kind, explained }: IncidentChange, window: LogWindow, atMs: number): Change {
  const [first] = explained.incident.detections;
  const word = first === undefined ? 'changed' : KIND[first.kind].word;
  const groups = explained.incident.detections.map(({ group }) => group);
  const head = kind === 'began' ? word : `${kind}: ${word}`;
  const text = `${head}: ${describe(explained, window)}${kind === 'over' ? '' : facts(explained, window)}`;
  return {
    atMs,
    text,
    data: { kind, change: first?.kind ?? null, groups, incident: toIncidentData(explained) },
  };
}

/** Streams that cannot be read, or were cut; a rotation is no news. */
export function noticeChange(notice: LogNotice, atMs: number): Change {
  const { name } = notice.stream;
  const reason = notice.type === 'failed' ? oneLine(capText(notice.reason, MAX_REASON)) : null;
  const text = reason === null ? `${name}: was truncated` : `${name}: cannot be read: ${reason}`;
  return { atMs, text, data: { kind: notice.type, stream: name, reason } };
}

export function titleOf(group: string, window: LogWindow): string {
  const title = window.groups.find(({ id }) => id === group)?.title;
  return title === undefined ? group : `${shortTitle(title)} [${group}]`;
}

export function shortTitle(title: string): string {
  return capText(oneLine(title), MAX_TITLE);
}

/** `12 users on 3 hosts`; null where no record says. */
export function reachOf({ users, hosts }: Pick<ErrorGroup, 'users' | 'hosts'>): string | null {
  const parts = [
    ...(users === null ? [] : [counted(users, 'user')]),
    ...(hosts === null ? [] : [counted(hosts, 'host')]),
  ];
  return parts.length === 0 ? null : parts.join(' on ');
}

function describe({ incident: { detections } }: ExplainedIncident, window: LogWindow): string {
  const [first, ...others] = detections;
  if (first === undefined) return '';
  const more = new Set(others.map(({ group }) => group).filter((group) => group !== first.group)).size;
  return `${titleOf(first.group, window)}${more > 0 ? ` and ${counted(more, 'other group')}` : ''}`;
}

function facts({ incident, cause }: ExplainedIncident, window: LogWindow): string {
  const [first] = incident.detections;
  const group = window.groups.find(({ id }) => id === first?.group);
  const reach = group === undefined ? null : reachOf(group);
  const [best] = cause.candidates;
  return [
    first === undefined ? '' : `, ${first.count} since ${clockOf(first.sinceMs)}`,
    first?.confidence === 'possible' ? ' (possible)' : '',
    reach === null ? '' : `, ${reach}`,
    best === undefined ? '' : `; likely cause: ${shortTitle(best.title)}`,
  ].join('');
}

/** UTC, as everywhere. */
export function clockOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
