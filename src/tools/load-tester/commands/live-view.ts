import type { Block } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { LoadTick } from '../../../core/load/measure.ts';
import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import { percent } from '../../../core/rounding.ts';
import type { LiveView } from '../../define.ts';
import { planDurationMs } from '../analyze/plan-summary.ts';
import { sliceFigures } from '../analyze/figures.ts';
import { formatLatency, formatRate, percentileText } from '../analyze/format.ts';
import { mergeMeasures } from '../analyze/merge.ts';
import type { PhaseStep } from '../collect/phases.ts';
import type { LoadSlice } from '../record.ts';
import { endpointTable } from './blocks.ts';

/** What is shown of the last seconds, and how far back the lines go. */
const WINDOW_SLICES = 5;
const LINE_SLICES = 60;
const LOG_EVERY_MS = 5_000;

/** A live run as it is shown: the last seconds, never more. */
export interface LiveLoad {
  target: string;
  objectiveMs: number;
  slices: LoadSlice[];
  tick: LoadTick | null;
  phase: string;
  durationMs: number;
  failed: number;
  loggedAtMs: number;
}

export function startLiveLoad(target: string, objectiveMs: number): LiveLoad {
  return {
    target,
    objectiveMs,
    slices: [],
    tick: null,
    phase: '',
    durationMs: 0,
    failed: 0,
    loggedAtMs: -Infinity,
  };
}

/** Takes a step; returns what to show of it, where anybody would see it. */
export function liveView(
  live: LiveLoad,
  { tick, slice, phase }: PhaseStep,
  watched: boolean,
): LiveView | null {
  if (live.phase !== phase.name) {
    Object.assign(live, {
      slices: [],
      phase: phase.name,
      durationMs: planDurationMs(phase.plan.model),
      failed: 0,
    });
    live.loggedAtMs = tick.fromMs;
  }
  live.tick = tick;
  if (slice !== null) {
    live.slices = [...live.slices, slice].slice(-LINE_SLICES);
    live.failed += sliceFigures(slice).whole.failed;
  }
  const isDue = slice !== null && tick.toMs - live.loggedAtMs >= LOG_EVERY_MS - 500;
  if (!isDue && !watched) return null;
  if (isDue) live.loggedAtMs = tick.toMs;
  return {
    sections: () => liveSections(live),
    changes: isDue ? [{ atMs: tick.atMs, text: logLine(live), data: logData(live) }] : [],
  };
}

function lastSeconds({ slices }: LiveLoad): LoadSlice | null {
  const window = slices.slice(-WINDOW_SLICES);
  return window.length === 0 ? null : mergeInTime(window);
}

/** `50 users: 480 req/s, p50 84 ms, p95 120 ms, p99 180 ms, failed 0, in flight 50`. */
function logLine(live: LiveLoad): string {
  const window = lastSeconds(live);
  if (window === null || live.tick === null) return live.phase;
  const { whole } = sliceFigures(window);
  const { p50, p95, p99 } = whole.response;
  const latency = (name: string, value: typeof p50): string =>
    value === null ? '' : `, ${name} ${value.atLeast ? '> ' : ''}${formatLatency(value.ms)}`;
  const queued = live.tick.queued > 0 ? `, queued ${live.tick.queued}` : '';
  const failed = whole.errorShare === null ? 'nothing answered' : `failed ${percent(whole.errorShare)} %`;
  return `${live.phase}: ${formatRate(whole.rate)} req/s${latency('p50', p50)}${latency('p95', p95)}${latency('p99', p99)}, ${failed}, in flight ${live.tick.inFlight}${queued}`;
}

function logData(live: LiveLoad): Record<string, unknown> {
  const window = lastSeconds(live);
  const whole = window === null ? null : sliceFigures(window).whole;
  return {
    phase: live.phase,
    atMs: live.tick?.toMs ?? null,
    ratePerSecond: whole?.rate ?? null,
    p50Ms: whole?.response.p50?.ms ?? null,
    p95Ms: whole?.response.p95?.ms ?? null,
    p99Ms: whole?.response.p99?.ms ?? null,
    failures: whole?.failures ?? {},
    inFlight: live.tick?.inFlight ?? null,
    queued: live.tick?.queued ?? null,
  };
}

function liveSections(live: LiveLoad): Block[] {
  const { tick, slices } = live;
  const window = lastSeconds(live);
  if (tick === null || window === null) {
    return [{ kind: 'text', text: `${live.target}: ${live.phase || 'getting ready'} …`, tone: 'muted' }];
  }
  const figures = slices.map((slice) => ({ atMs: slice.atMs, ...sliceFigures(slice) }));
  return [
    { kind: 'text', text: headLine(live, tick) },
    endpointTable(`Last ${slices.slice(-WINDOW_SLICES).length} s`, window, live.objectiveMs),
    {
      kind: 'series',
      title: 'Requests a second',
      unit: 'req/s',
      lines: [{ name: 'answered', points: figures.map(({ atMs, whole }) => [atMs, Math.round(whole.rate)]) }],
    },
    {
      kind: 'series',
      title: 'Response time',
      unit: 'ms',
      lines: (['p50', 'p95', 'p99'] as const).map((name) => ({
        name,
        points: figures.map(({ atMs, whole }) => [atMs, rounded(whole.response[name]?.ms ?? null)]),
      })),
      threshold: live.objectiveMs,
    },
    ...failureLine(window),
    { kind: 'text', text: footLine(window, tick), tone: 'muted' },
  ];
}

function headLine(live: LiveLoad, tick: LoadTick): string {
  const goal =
    tick.targetRate === null ? `${tick.users} users` : `${formatRate(tick.targetRate)} sessions/s asked for`;
  return `${live.target}   ${live.phase}   ${formatDuration(tick.toMs)} of ${formatDuration(live.durationMs)}   ${goal}`;
}

function footLine(window: LoadSlice, tick: LoadTick): string {
  const lag = sliceFigures(window).whole.lag.p99;
  const parts = [
    `in flight ${tick.inFlight}`,
    `queued ${tick.queued}`,
    `connections ${tick.connections}`,
    ...(lag === null ? [] : [`own lag p99 ${percentileText(lag)} ms`]),
    `own loop ${percent(window.busy)} %`,
    ...(tick.pausedUntilMs === null ? [] : ['paused: the server said Retry-After']),
    'Ctrl-C ends',
  ];
  return parts.join('   ');
}

function failureLine(window: LoadSlice): Block[] {
  const { failed } = mergeMeasures('', window.endpoints);
  const kinds = Object.entries(failed).map(([kind, count]) => `${count ?? 0} ${kind}`);
  return kinds.length === 0 ? [] : [{ kind: 'text', text: `failed: ${kinds.join(', ')}`, tone: 'bad' }];
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}
