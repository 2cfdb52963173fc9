import { linkSignals } from '../../../platform/abort.ts';
import { maintain } from '../../_shared/live/maintain.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView, ReportDraft } from '../../define.ts';
import { liveRange } from '../analyze/live/range.ts';
import { followLogs, type LogFollower } from '../collect/follow.ts';
import type { ErrorOptions } from '../options.ts';
import { assessSession, startErrorSession, takeChanges } from './live-session.ts';
import { monitorMetrics, monitorReport, monitorSections } from './monitor-view.ts';
import type { MonitorInput } from './monitor.ts';

/** On a screen that stays empty for longer, somebody wonders. */
const SAY_AFTER_MS = 1_000;

export async function* runMonitor(
  ctx: CommandContext<ErrorOptions>,
  { files, format, interval, for: limitMs }: MonitorInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const intervalMs = interval ?? ctx.options.interval;
  const left = new AbortController();
  const stop = linkSignals([ctx.signal, left.signal], limitMs);
  const bounded = { ...ctx, signal: stop.signal };
  const pause = (ms: number): Promise<void> => ctx.clock.sleep(ms, stop.signal).catch(() => undefined);
  const { fromMs } = liveRange(ctx.clock.wallMs());
  const starting = followLogs(bounded, { files, format, fromMs, batchMs: intervalMs });
  let follower: LogFollower | null = null;
  try {
    if (ctx.watched) {
      let hasStarted = false;
      const started = starting.finally(() => (hasStarted = true));
      started.catch(() => undefined);
      for (;;) {
        await Promise.race([started, pause(SAY_AFTER_MS)]);
        if (hasStarted || stop.signal.aborted) break;
        yield READING;
      }
    }
    follower = await starting;
    const session = startErrorSession(bounded, follower, files.length > 0);
    let isOver = false;
    const ended = follower.done.finally(() => (isOver = true));
    ended.catch(() => undefined);
    while (!stop.signal.aborted && !isOver) {
      const changes = takeChanges(bounded, session);
      yield {
        changes,
        sections: () => monitorSections(session, ctx.clock.wallMs()),
        assess: () => assessSession(ctx, session),
        metrics: () => monitorMetrics(session),
      };
      maintain(ctx, session);
      await Promise.race([pause(intervalMs), ended]);
    }
    left.abort();
    await follower.done;
    session.found = session.looker.lookAnyway();
    return monitorReport(session, assessSession(ctx, session), ctx.clock.wallMs());
  } finally {
    left.abort();
    stop.dispose();
    await (follower?.done ?? starting).catch(() => undefined);
  }
}

const READING: LiveView = {
  changes: [],
  sections: () => [{ kind: 'text', text: 'reading what was written since the last look …', tone: 'muted' }],
};
