import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block, Cell } from '../../../core/block.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { sparkline } from '../../../core/sparkline.ts';
import { coverageOf, endpointSubject, percent } from '../analyze/assessment.ts';
import { assessLive } from '../analyze/live-findings.ts';
import { type LiveEndpoint, liveRow } from '../analyze/live-window.ts';
import { gapMs, gapsNotChecked } from '../../_shared/live/gaps.ts';
import {
  isTroubled,
  liveFooter,
  MAX_ROWS,
  STATE_TONE,
  watchedMs,
  watchedSummary,
  worstFirst,
} from '../../_shared/live/table.ts';
import type { ReportDraft } from '../../define.ts';
import { LATENCY_COLUMNS, latencyCells } from './latency-columns.ts';
import type { WatchSession } from './watch-session.ts';

export const watchDataSchema = z.object({
  watchedMs: z.number(),
  /** Time within it in which Rearguard itself was not looking. */
  gapMs: z.number(),
  missedSlots: z.int(),
  stateChanges: z.int(),
  endpoints: z.array(
    z.object({
      endpoint: z.string(),
      state: z.enum(['unknown', 'up', 'degraded', 'down', 'flapping']),
      since: z.iso.datetime(),
      ok: z.int(),
      failed: z.int(),
      suspect: z.int(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
      uptimePercent: z.number().nullable(),
    }),
  ),
});

export function liveSections(
  endpoints: readonly LiveEndpoint[],
  session: WatchSession,
  nowMs: number,
  loopLagMs: number,
): Block[] {
  const ordered = worstFirst(endpoints);
  const shown = ordered.slice(0, MAX_ROWS);
  return [
    {
      kind: 'table',
      columns: [
        { header: 'endpoint' },
        { header: 'state' },
        // Units stand in the footer: 80 columns are needed for names.
        ...LATENCY_COLUMNS.map(({ header }) => ({ header, align: 'right' as const })),
        { header: 'err %', align: 'right' },
        { header: 'up %', align: 'right' },
        { header: 'trend' },
      ],
      rows: shown.map(toRow),
      ...(ordered.length > shown.length ? { omitted: ordered.length - shown.length } : {}),
    },
    liveFooter(counted(endpoints.length, 'endpoint'), session, nowMs, loopLagMs),
  ];
}

function toRow(live: LiveEndpoint): Cell[] {
  const row = liveRow(live);
  const { state } = live.state;
  return [
    live.endpoint.name,
    { text: state, tone: STATE_TONE[state] },
    ...latencyCells(row, live.endpoint.objective.p95Ms),
    row.errorShare === null ? null : percent(row.errorShare),
    row.errorShare === null ? null : percent(1 - row.errorShare),
    sparkline(row.trend),
  ];
}

/** What a watch leaves behind. */
export function watchReport(
  endpoints: readonly LiveEndpoint[],
  session: WatchSession,
  nowMs: number,
  notChecked: Coverage['notChecked'],
): ReportDraft {
  const seen = endpoints.filter((live) => live.ok + live.failed > 0);
  const troubled = endpoints.filter(isTroubled);
  const assessment = assessLive(endpoints);
  return {
    ...(seen.length === 0 ? { status: 'unknown' as const } : {}),
    summary: watchedSummary(counted(endpoints.length, 'endpoint'), session, nowMs, troubled.length),
    findings: assessment.findings,
    coverage: {
      checked: coverageOf(assessment).checked,
      notChecked: [
        ...notChecked,
        ...endpoints
          .filter((live) => !seen.includes(live))
          .map(({ endpoint }) => ({
            subject: endpointSubject(endpoint),
            reason: 'the watch ended before its first slot',
          })),
        ...gapsNotChecked(session.gaps),
      ],
    },
    sections: liveSections(endpoints, session, nowMs, 0).slice(0, 1),
    data: {
      watchedMs: watchedMs(session, nowMs),
      gapMs: gapMs(session.gaps),
      missedSlots: session.missedSlots,
      stateChanges: session.changes,
      endpoints: endpoints.map(toData),
    },
    next: [
      'rearguard api-health-monitor performance-report --since 1h',
      'rearguard api-health-monitor status',
    ],
  };
}

function toData(live: LiveEndpoint) {
  const { p50Ms, p95Ms, p99Ms, errorShare } = liveRow(live);
  return {
    endpoint: live.endpoint.name,
    state: live.state.state,
    since: new Date(live.state.sinceMs).toISOString(),
    ok: live.ok,
    failed: live.failed,
    suspect: live.suspect,
    p50Ms,
    p95Ms,
    p99Ms,
    uptimePercent: errorShare === null ? null : percent(1 - errorShare),
  };
}
