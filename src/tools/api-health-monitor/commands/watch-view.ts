import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { formatDuration } from '../../../core/duration.ts';
import { sparkline } from '../../../core/sparkline.ts';
import { coverageOf, endpointSubject, percent } from '../analyze/assessment.ts';
import { assessLive } from '../analyze/live-findings.ts';
import { gapMs, type LiveEndpoint, liveRow } from '../analyze/live-window.ts';
import type { HealthState } from '../../../core/health-state.ts';
import type { ReportDraft } from '../../define.ts';
import { LATENCY_COLUMNS, latencyCells } from './latency-columns.ts';
import type { WatchSession } from './watch-session.ts';

/** More rows than a tall terminal has help nobody; the worst come first. */
const MAX_ROWS = 50;
const ORDER: readonly HealthState[] = ['down', 'flapping', 'degraded', 'unknown', 'up'];
const TONE: Readonly<Record<HealthState, Tone>> = {
  up: 'good',
  degraded: 'warn',
  flapping: 'warn',
  down: 'bad',
  unknown: 'muted',
};

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
  const ordered = endpoints.toSorted((a, b) => rank(a) - rank(b));
  const shown = ordered.slice(0, MAX_ROWS);
  const footer = [
    `watching ${endpoints.length} endpoints for ${formatDuration(Math.max(0, nowMs - session.startedAtMs))}`,
    `own lag p99 ${loopLagMs.toFixed(1)} ms`,
    ...(session.missedSlots > 0 ? [`${session.missedSlots} slots missed`] : []),
    ...(session.gaps.length > 0 ? [`${formatDuration(gapMs(session.gaps))} not looking`] : []),
    'latencies in ms',
    'Ctrl-C ends',
  ];
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
    { kind: 'text', text: footer.join('   '), tone: 'muted' },
  ];
}

function toRow(live: LiveEndpoint): Cell[] {
  const row = liveRow(live);
  const { state } = live.state;
  return [
    live.endpoint.name,
    { text: state, tone: TONE[state] },
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
  const watchedMs = Math.max(0, nowMs - session.startedAtMs);
  const seen = endpoints.filter((live) => live.ok + live.failed > 0);
  const troubled = endpoints.filter(({ state }) => state.state !== 'up' && state.state !== 'unknown');
  const assessment = assessLive(endpoints);
  return {
    ...(seen.length === 0 ? { status: 'unknown' as const } : {}),
    summary: `Watched ${endpoints.length} endpoints for ${formatDuration(watchedMs)}: ${session.changes} changes of state, ${troubled.length} not up at the end.`,
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
        ...session.gaps.map((gap) => ({
          reason: `not looking from ${new Date(gap.fromMs).toISOString()} to ${new Date(gap.toMs).toISOString()} (${gap.reason})`,
        })),
      ],
    },
    sections: liveSections(endpoints, session, nowMs, 0).slice(0, 1),
    data: {
      watchedMs,
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

function rank(live: LiveEndpoint): number {
  return ORDER.indexOf(live.state.state);
}
