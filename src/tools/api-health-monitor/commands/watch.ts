import { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { linkSignals } from '../../../platform/abort.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import { coverageOf, mergeAssessments } from '../analyze/assessment.ts';
import { assessLive } from '../analyze/live-findings.ts';
import { assessLiveLatency } from '../analyze/live-latency.ts';
import { liveMetrics } from '../analyze/live-metrics.ts';
import { foldResult, type LiveEndpoint } from '../analyze/live-window.ts';
import type { StateChange } from '../../../core/health-state.ts';
import { type BurnWatch, createBurnWatch } from '../collect/burn-watch.ts';
import { collectEndpoints, type Endpoint } from '../collect/endpoints.ts';
import { planFor } from '../collect/plan.ts';
import { storeResults } from '../collect/samples.ts';
import { noteGaps } from '../../_shared/live/gaps.ts';
import { maintain } from '../../_shared/live/maintain.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveAssessment, type LiveView, type ReportDraft } from '../../define.ts';
import type { HealthOptions } from '../options.ts';
import { endpointSelectionInput } from './inputs.ts';
import { nothingToCheck } from './status.ts';
import { startSession, type WatchSession } from './watch-session.ts';
import { liveSections, watchDataSchema, watchReport } from './watch-view.ts';

/** A failure is confirmed at once by this many more probes, so that "down" does not wait for three intervals. */
const CONFIRMATIONS = 2;
/** When a hundred endpoints fail together, confirming some of them says enough. */
const MAX_CONFIRMING = 20;

const input = z.strictObject({
  ...endpointSelectionInput,
  interval: optionalDurationSchema('Time between probes of an endpoint; default: the interval setting'),
  for: optionalDurationSchema('Stop after this long; default: until Ctrl-C'),
});

export const watch = defineCommand<typeof input, typeof watchDataSchema, HealthOptions>({
  summary: 'Probe every endpoint in its slots and show what changes, live',
  input,
  data: watchDataSchema,
  effect: 'traffic',
  examples: [
    {
      line: 'rearguard api-health-monitor watch --endpoints=/api/users,/api/auth',
      does: 'two endpoints until Ctrl-C',
    },
    {
      line: 'rearguard health watch --interval 5s --for 10m --output ndjson',
      does: 'one JSON line per change, for ten minutes',
    },
  ],
  async *run(ctx, { interval, for: limitMs, ...selection }): AsyncGenerator<LiveView, ReportDraft, void> {
    const selected = await collectEndpoints(ctx, selection);
    const endpoints = selected.endpoints.map((endpoint) => withInterval(endpoint, interval));
    if (endpoints.length === 0) throw nothingToCheck(selected.notChecked[0]?.reason);
    const session = startSession(endpoints, ctx.clock.wallMs());
    const burn = createBurnWatch(ctx);
    const { signal: stop, dispose } = linkSignals([ctx.signal], limitMs);
    const monitors = endpoints.map((endpoint) => ({
      plan: planFor(endpoint, { warm: ctx.options.warm }),
      intervalMs: endpoint.intervalMs,
    }));
    for await (const tick of ctx.probes.watch(monitors, stop)) {
      const gaps = noteGaps(ctx, session, tick);
      storeResults(ctx.store, session.byName, tick.results, (endpoint) => endpoint.intervalMs);
      const changes = [
        ...gaps,
        ...fold(ctx, session, tick.results, true),
        ...fold(ctx, session, session.confirmed.splice(0), false),
      ];
      confirmFailures(ctx, session, tick.results, stop);
      maintain(ctx, session);
      yield {
        changes,
        sections: () => liveSections([...session.live.values()], session, ctx.clock.wallMs(), tick.loopLagMs),
        assess: () => assessNow(ctx, session, burn, selected.notChecked),
        metrics: () => liveMetrics(session.live.values()),
      };
    }
    dispose();
    await Promise.allSettled(session.confirming.values());
    return watchReport([...session.live.values()], session, ctx.clock.wallMs(), selected.notChecked);
  },
});

/** Everything a watch can judge now: states, error budgets, and latency over its newest calls. */
function assessNow(
  ctx: CommandContext<HealthOptions>,
  session: WatchSession,
  burn: BurnWatch,
  notChecked: Coverage['notChecked'],
): LiveAssessment {
  const live = [...session.live.values()];
  const assessment = mergeAssessments([
    assessLive(live),
    assessLiveLatency(live),
    burn.look(live, ctx.clock.wallMs()),
  ]);
  const coverage = coverageOf(assessment);
  return {
    findings: assessment.findings,
    coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
  };
}

function withInterval(endpoint: Endpoint, intervalMs: number | undefined): Endpoint {
  return intervalMs === undefined
    ? endpoint
    : { ...endpoint, intervalMs, timeoutMs: Math.min(endpoint.timeoutMs, intervalMs) };
}

function fold(
  ctx: CommandContext<HealthOptions>,
  session: WatchSession,
  results: readonly ProbeResult[],
  scheduled: boolean,
): LiveView['changes'] {
  return results.flatMap((result) => {
    const live = session.live.get(result.id);
    const change = live === undefined ? null : foldResult(live, result, scheduled);
    if (live === undefined || change === null) return [];
    session.changes += 1;
    recordChange(ctx, live, change);
    const cause = change.to === 'down' || change.to === 'flapping' ? live.lastCause : null;
    return [
      {
        atMs: change.atMs,
        text: `${live.endpoint.name}: ${change.from} -> ${change.to}${cause === null ? '' : ` (${cause})`}`,
        data: { kind: 'state-change', endpoint: live.endpoint.name, ...change, cause },
      },
    ];
  });
}

/** An endpoint that is simply up when a watch begins is no event. */
function recordChange(
  ctx: CommandContext<HealthOptions>,
  { endpoint }: LiveEndpoint,
  change: StateChange,
): void {
  if (change.from === 'unknown' && change.to === 'up') return;
  ctx.store.events.add({
    id: `${ctx.run.id}:${endpoint.name}:${change.atMs}`,
    kind: 'state-change',
    atMs: change.atMs,
    target: endpoint.target.name,
    title: `${endpoint.name} is ${change.to}`,
    attributes: { endpoint: endpoint.name, from: change.from, to: change.to },
  });
}

/** Probes a failing endpoint again at once, on fresh sockets; the answers are folded in with the next tick and never count as uptime. */
function confirmFailures(
  ctx: CommandContext<HealthOptions>,
  session: WatchSession,
  results: readonly ProbeResult[],
  signal: AbortSignal,
): void {
  for (const result of results) {
    const live = session.live.get(result.id);
    const isNews =
      live !== undefined &&
      !result.cold.success &&
      !result.suspect &&
      live.state.state !== 'down' &&
      live.state.state !== 'flapping';
    if (
      !isNews ||
      session.confirming.has(result.id) ||
      session.confirming.size >= MAX_CONFIRMING ||
      signal.aborted
    )
      continue;
    session.confirming.set(result.id, confirm(ctx, session, live.endpoint, signal));
  }
}

async function confirm(
  ctx: CommandContext<HealthOptions>,
  session: WatchSession,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    plans: [planFor(endpoint, { warm: false })],
    samples: CONFIRMATIONS,
    maxRatePerSecond: 2,
    maxConcurrency: 1,
  };
  try {
    const results: ProbeResult[] = [];
    for await (const result of ctx.probes.burst(request, signal)) results.push(result);
    storeResults(ctx.store, session.byName, results, () => 0);
    session.confirmed.push(...results);
  } catch (error) {
    if (!signal.aborted) ctx.log.warn(`confirming ${endpoint.name} failed: ${String(error)}`);
  } finally {
    session.confirming.delete(endpoint.name);
  }
}
