import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block, Cell } from '../../../core/block.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { sparkline } from '../../../core/sparkline.ts';
import { percentiles } from '../../../core/statistics/percentiles.ts';
import { explanationOf } from '../analyze/causes.ts';
import { type LiveDependency, recentLatencies } from '../analyze/live.ts';
import { downNames } from '../analyze/live-findings.ts';
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
import type { LiveAssessment, ReportDraft } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { MonitorSession } from './monitor-session.ts';
import { vendorTable } from './status-view.ts';

const TREND_POINTS = 8;

export const monitorDataSchema = z.object({
  watchedMs: z.number(),
  /** Time within it in which Rearguard itself was not looking. */
  gapMs: z.number(),
  missedSlots: z.int(),
  stateChanges: z.int(),
  dependencies: z.array(
    z.object({
      dependency: z.string(),
      kind: z.string(),
      state: z.enum(['unknown', 'up', 'degraded', 'down', 'flapping']),
      since: z.iso.datetime(),
      /** The dependency whose failure explains this one's. */
      because: z.string().nullable(),
      cause: z.string().nullable(),
      ok: z.int(),
      failed: z.int(),
      suspect: z.int(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      uptimePercent: z.number().nullable(),
    }),
  ),
});
type DependencyRow = z.infer<typeof monitorDataSchema>['dependencies'][number];

export function liveSections(session: MonitorSession, nowMs: number, loopLagMs: number): Block[] {
  const ordered = worstFirst(session.live.values());
  const shown = ordered.slice(0, MAX_ROWS);
  return [
    {
      kind: 'table',
      columns: [
        { header: 'dependency' },
        { header: 'kind' },
        { header: 'state' },
        { header: 'why' },
        { header: 'p50', align: 'right' },
        { header: 'p95', align: 'right' },
        { header: 'up %', align: 'right' },
        { header: 'trend' },
      ],
      rows: shown.map((live) => toRow(live, session)),
      ...(ordered.length > shown.length ? { omitted: ordered.length - shown.length } : {}),
    },
    ...vendorTable(
      session.beside.vendors,
      new Map(ordered.map(({ monitored, state }) => [monitored.name, state.state])),
    ),
    liveFooter(counted(ordered.length, 'dependency', 'dependencies'), session, nowMs, loopLagMs),
  ];
}

function toRow(live: LiveDependency, session: MonitorSession): Cell[] {
  const { dependency, kind, state, because, cause, p50Ms, p95Ms, uptimePercent } = toData(live, session);
  return [
    dependency,
    kind,
    { text: state, tone: STATE_TONE[state] },
    because === null ? (cause ?? '') : `because of ${because}`,
    p50Ms === null ? null : ms(p50Ms),
    p95Ms === null ? null : ms(p95Ms),
    uptimePercent,
    sparkline(trendOf(recentLatencies(live))),
  ];
}

/** Medians of consecutive parts, oldest first. */
function trendOf(latencies: readonly number[]): number[] {
  const size = Math.max(1, Math.ceil(latencies.length / TREND_POINTS));
  const parts = Math.ceil(latencies.length / size);
  return Array.from(
    { length: parts },
    (_, part) => percentiles(latencies.slice(part * size, (part + 1) * size)).p50Ms ?? 0,
  );
}

/** What a monitor leaves behind. */
export function monitorReport(
  session: MonitorSession,
  { findings, coverage }: LiveAssessment,
  nowMs: number,
): ReportDraft {
  const all = [...session.live.values()];
  const unseen = all.filter(({ ok, failed }) => ok + failed === 0);
  const troubled = all.filter(isTroubled);
  const hasSeen = unseen.length < all.length || session.beside.registrations.size > 0;
  return {
    ...(hasSeen ? {} : { status: 'unknown' as const }),
    summary: watchedSummary(
      counted(session.selection.chosen.length, 'dependency', 'dependencies'),
      session,
      nowMs,
      troubled.length,
    ),
    findings,
    coverage: {
      checked: coverage.checked,
      notChecked: [
        ...coverage.notChecked,
        ...unseen.map(({ monitored }) => ({
          subject: { kind: 'dependency' as const, name: monitored.name },
          reason: 'the monitor ended before its first slot',
        })),
        ...gapsNotChecked(session.gaps),
      ],
    },
    insights: insightsOf(findings),
    sections: liveSections(session, nowMs, 0).slice(0, -1),
    data: {
      watchedMs: watchedMs(session, nowMs),
      gapMs: gapMs(session.gaps),
      missedSlots: session.missedSlots,
      stateChanges: session.changes,
      dependencies: all.map((live) => toData(live, session)),
    },
    next: ['rearguard dependency-health-checker status'],
  };
}

function toData(live: LiveDependency, session: MonitorSession): DependencyRow {
  const { monitored, state, ok, failed, suspect, lastCause } = live;
  const { p50Ms, p95Ms } = percentiles(recentLatencies(live));
  const isDown = state.state === 'down';
  const down = downNames([...session.live.values()]);
  return {
    dependency: monitored.name,
    kind: monitored.kind,
    state: state.state,
    since: new Date(state.sinceMs).toISOString(),
    because: isDown ? explanationOf(monitored.name, down, session.selection.causes) : null,
    cause: isDown || state.state === 'flapping' ? lastCause : null,
    ok,
    failed,
    suspect,
    p50Ms,
    p95Ms,
    uptimePercent: ok + failed === 0 ? null : percent(ok / (ok + failed)),
  };
}
