import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { CoverageGap } from '../../../core/event.ts';
import type { HealthState } from '../../../core/health-state.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { sparkline } from '../../../core/sparkline.ts';
import { percentiles } from '../../../core/statistics/percentiles.ts';
import { explanationOf } from '../analyze/causes.ts';
import { type LiveDependency, recentLatencies } from '../analyze/live.ts';
import { downNames } from '../analyze/live-findings.ts';
import type { LiveAssessment, ReportDraft } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { MonitorSession } from './monitor-session.ts';
import { vendorTable } from './status-view.ts';

/** More rows than a tall terminal has help nobody; the worst come first. */
const MAX_ROWS = 50;
const TREND_POINTS = 8;
const ORDER: readonly HealthState[] = ['down', 'flapping', 'degraded', 'unknown', 'up'];
const TONE: Readonly<Record<HealthState, Tone>> = {
  up: 'good',
  degraded: 'warn',
  flapping: 'warn',
  down: 'bad',
  unknown: 'muted',
};

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
  const ordered = [...session.live.values()].toSorted((a, b) => rank(a) - rank(b));
  const shown = ordered.slice(0, MAX_ROWS);
  const footer = [
    `watching ${ordered.length} dependencies for ${formatDuration(Math.max(0, nowMs - session.startedAtMs))}`,
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
    { kind: 'text', text: footer.join('   '), tone: 'muted' },
  ];
}

function toRow(live: LiveDependency, session: MonitorSession): Cell[] {
  const { dependency, kind, state, because, cause, p50Ms, p95Ms, uptimePercent } = toData(live, session);
  return [
    dependency,
    kind,
    { text: state, tone: TONE[state] },
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
  const watchedMs = Math.max(0, nowMs - session.startedAtMs);
  const all = [...session.live.values()];
  const unseen = all.filter(({ ok, failed }) => ok + failed === 0);
  const troubled = all.filter(({ state }) => state.state !== 'up' && state.state !== 'unknown');
  const hasSeen = unseen.length < all.length || session.beside.registrations.size > 0;
  return {
    ...(hasSeen ? {} : { status: 'unknown' as const }),
    summary: `Watched ${session.selection.chosen.length} dependencies for ${formatDuration(watchedMs)}: ${session.changes} changes of state, ${troubled.length} not up at the end.`,
    findings,
    coverage: {
      checked: coverage.checked,
      notChecked: [
        ...coverage.notChecked,
        ...unseen.map(({ monitored }) => ({
          subject: { kind: 'dependency' as const, name: monitored.name },
          reason: 'the monitor ended before its first slot',
        })),
        ...session.gaps.map((gap) => ({
          reason: `not looking from ${new Date(gap.fromMs).toISOString()} to ${new Date(gap.toMs).toISOString()} (${gap.reason})`,
        })),
      ],
    },
    insights: insightsOf(findings),
    sections: liveSections(session, nowMs, 0).slice(0, -1),
    data: {
      watchedMs,
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

function gapMs(gaps: readonly CoverageGap[]): number {
  return gaps.reduce((sum, gap) => sum + Math.max(0, gap.toMs - gap.fromMs), 0);
}

function rank(live: LiveDependency): number {
  return ORDER.indexOf(live.state.state);
}
