import { z } from 'zod';
import { LOG_LEVELS } from '../../../core/log/level.ts';
import { CAUSE_KINDS } from '../analyze/cause/types.ts';
import { DETECTIONS } from '../analyze/detect/types.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import type { ErrorGroup, GroupHistory } from '../analyze/model.ts';
import { trendOf } from '../analyze/trend.ts';

/** How groups and incidents are published in `data`. Texts of records are untrusted. */
export const groupDataSchema = z.object({
  id: z.string(),
  kind: z.enum(['message', 'exception']),
  title: z.string(),
  culprit: z.string().nullable(),
  level: z.enum(LOG_LEVELS),
  isError: z.boolean(),
  state: z.enum(['open', 'resolved', 'ignored']),
  count: z.int(),
  /** Within the window. */
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  /** In anything ever read; null when only the window was read. */
  everSince: z.iso.datetime().nullable(),
  users: z.number().nullable(),
  hosts: z.number().nullable(),
  requests: z.number().nullable(),
  releases: z.array(z.string()),
  /** Counts of twelve equal parts of the window. */
  trend: z.array(z.int()),
});
export type GroupData = z.infer<typeof groupDataSchema>;

export function toGroupData(
  group: ErrorGroup,
  history: GroupHistory | undefined,
  range: { fromMs: number; toMs: number },
): GroupData {
  return {
    id: group.id,
    kind: group.kind,
    title: group.title,
    culprit: group.culprit,
    level: group.level,
    isError: group.isError,
    state: history?.state ?? 'open',
    count: group.count,
    firstSeen: iso(group.firstMs),
    lastSeen: iso(group.lastMs),
    everSince: history === undefined ? null : iso(history.firstSeenMs),
    users: group.users,
    hosts: group.hosts,
    requests: group.requests,
    releases: [...group.releases],
    trend: trendOf(group.minutes, range),
  };
}

export const incidentDataSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  detections: z.array(
    z.object({
      kind: z.enum(DETECTIONS),
      group: z.string(),
      since: z.iso.datetime(),
      count: z.int(),
      expected: z.number().nullable(),
      pValue: z.number().nullable(),
      because: z.string(),
    }),
  ),
  changePoint: z.object({ at: z.iso.datetime(), from: z.iso.datetime(), to: z.iso.datetime() }).nullable(),
  /** Best first; empty: no supported cause. */
  causes: z.array(
    z.object({
      kind: z.enum(CAUSE_KINDS),
      title: z.string(),
      score: z.number(),
      parts: z.array(z.object({ name: z.string(), value: z.number() })),
      evidence: z.array(z.string()),
      counterCheck: z.string(),
      next: z.string().nullable(),
    }),
  ),
  notes: z.array(z.string()),
});
export type IncidentData = z.infer<typeof incidentDataSchema>;

export function toIncidentData({ incident, cause }: ExplainedIncident): IncidentData {
  const { changePoint } = cause;
  return {
    from: iso(incident.fromMs),
    to: iso(incident.toMs),
    detections: incident.detections.map(({ kind, group, sinceMs, count, expected, pValue, because }) => ({
      kind,
      group,
      since: iso(sinceMs),
      count,
      expected,
      pValue,
      because,
    })),
    changePoint:
      changePoint === null
        ? null
        : { at: iso(changePoint.atMs), from: iso(changePoint.fromMs), to: iso(changePoint.toMs) },
    causes: cause.candidates.map(({ kind, title, score, parts, evidence, counterCheck, next }) => ({
      kind,
      title,
      score,
      parts: [...parts],
      evidence: [...evidence],
      counterCheck,
      next,
    })),
    notes: [...cause.notes],
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
