import { z } from 'zod';
import type { StateChange } from '../../../core/health-state.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { linkSignals } from '../../../platform/abort.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import { explanationOf } from '../analyze/causes.ts';
import { foldResult, type LiveDependency } from '../analyze/live.ts';
import { downNames } from '../analyze/live-findings.ts';
import { liveMetrics } from '../analyze/live-metrics.ts';
import { pastOf, storeResults } from '../collect/samples.ts';
import { type DependencySelection, type MonitoredDependency, selectDependencies } from '../collect/select.ts';
import { noteGaps } from '../../_shared/live/gaps.ts';
import { maintain } from '../../_shared/live/maintain.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import type { DependencyOptions } from '../options.ts';
import { assertSomething, dependenciesInput, unconfirmed } from './inputs.ts';
import { askAtOnce, takeDecided } from './monitor-ask.ts';
import { assessSession } from './monitor-assess.ts';
import { lookAtOnce, lookBeside } from './monitor-beside.ts';
import { liveOf, type MonitorSession, startSession } from './monitor-session.ts';
import { liveSections, monitorDataSchema, monitorReport } from './monitor-view.ts';

const input = z.strictObject({
  dependencies: dependenciesInput,
  interval: optionalDurationSchema('Time between probes of a dependency; default: the interval setting'),
  for: optionalDurationSchema('Stop after this long; default: until Ctrl-C'),
});

export const monitor = defineCommand<typeof input, typeof monitorDataSchema, DependencyOptions>({
  summary: 'Probe every dependency in its slots and show what changes, live',
  input,
  data: monitorDataSchema,
  effect: 'traffic',
  examples: [
    { line: 'rearguard dependency-health-checker monitor', does: 'all dependencies until Ctrl-C' },
    {
      line: 'rearguard deps monitor --dependencies payment --interval 5s --for 10m --output ndjson',
      does: 'one of them, one JSON line per change, for ten minutes',
    },
  ],
  async *run(ctx, { dependencies, interval, for: limitMs }): AsyncGenerator<LiveView, ReportDraft, void> {
    const selection = withInterval(selectDependencies(ctx, dependencies), interval);
    await assertSomething(ctx, selection);
    const notChecked = [
      ...selection.notChecked,
      ...(dependencies === undefined ? await unconfirmed(ctx) : []),
    ];
    const nowMs = ctx.clock.wallMs();
    const session = startSession(selection, pastOf(ctx.store, selection.all, nowMs), nowMs);
    const { signal: stop, dispose } = linkSignals([ctx.signal], limitMs);
    try {
      for await (const tick of ctx.probes.watch(session.scheduled, stop)) {
        const gaps = noteGaps(ctx, session, tick);
        storeResults(ctx.store, session.byName, tick.results, ({ intervalMs }) => intervalMs);
        const answers = session.answers.splice(0);
        const changes = [
          ...gaps,
          ...fold(ctx, session, tick.results, true),
          ...fold(ctx, session, answers, false),
          ...decide(ctx, session),
        ];
        askAtOnce(ctx, session, [...tick.results, ...answers], stop);
        lookAtOnce(ctx, session, [...tick.results, ...answers], stop);
        lookBeside(ctx, session, stop);
        maintain(ctx, session);
        yield {
          changes,
          sections: () => liveSections(session, ctx.clock.wallMs(), tick.loopLagMs),
          assess: () => assessSession(session, ctx.options, ctx.clock.wallMs(), notChecked),
          metrics: () => liveMetrics(session.live.values()),
        };
      }
    } finally {
      dispose();
      const { scanning, reading, looking } = session.beside;
      await Promise.allSettled([...session.asking.values(), ...looking.values(), scanning, reading]);
    }
    fold(ctx, session, session.answers.splice(0), false);
    takeDecided(session);
    const endMs = ctx.clock.wallMs();
    return monitorReport(session, assessSession(session, ctx.options, endMs, notChecked), endMs);
  },
});

function withInterval(selection: DependencySelection, intervalMs: number | undefined): DependencySelection {
  if (intervalMs === undefined) return selection;
  const change = (monitored: MonitoredDependency): MonitoredDependency => ({
    ...monitored,
    intervalMs,
    plan: { ...monitored.plan, timeoutMs: Math.min(monitored.plan.timeoutMs, intervalMs) },
  });
  return { ...selection, all: selection.all.map(change), chosen: selection.chosen.map(change) };
}

function fold(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  results: readonly ProbeResult[],
  isScheduled: boolean,
): LiveView['changes'] {
  return results.flatMap((result) => {
    const monitored = session.byName.get(result.id);
    if (monitored === undefined) return [];
    const live = liveOf(session, monitored, result.startedAtMs);
    const change = foldResult(live, result, isScheduled);
    if (change === null) return [];
    session.changes += 1;
    const cause = change.to === 'down' || change.to === 'flapping' ? live.lastCause : null;
    recordChange(ctx, live, change, cause);
    return [
      {
        atMs: change.atMs,
        text: `${monitored.name}: ${change.from} -> ${change.to}${cause === null ? '' : ` (${cause})`}`,
        data: { kind: 'state-change', dependency: monitored.name, ...change, cause },
      },
    ];
  });
}

/** A dependency that is simply up when a monitor begins is no event. */
function recordChange(
  ctx: CommandContext<DependencyOptions>,
  { monitored: { name } }: LiveDependency,
  change: StateChange,
  cause: string | null,
): void {
  if (change.from === 'unknown' && change.to === 'up') return;
  ctx.store.events.add({
    id: `${ctx.run.id}:${name}:${change.atMs}`,
    kind: 'state-change',
    atMs: change.atMs,
    target: name,
    title: `${name} is ${change.to}`,
    attributes: {
      dependency: name,
      from: change.from,
      to: change.to,
      ...(cause === null ? {} : { cause }),
    },
  });
}

/** Says whom to blame as soon as those who were asked have answered. */
function decide(ctx: CommandContext<DependencyOptions>, session: MonitorSession): LiveView['changes'] {
  const down = downNames([...session.live.values()]);
  return takeDecided(session).map((name) => {
    const because = explanationOf(name, down, session.selection.causes);
    const text =
      because === null ? `${name}: nothing it is behind is down` : `${name}: down because ${because} is`;
    return { atMs: ctx.clock.wallMs(), text, data: { kind: 'cause', dependency: name, because } };
  });
}
