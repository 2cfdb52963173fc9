import type { CommandContext } from '../../context.ts';
import type { LiveView, ReportDraft } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { runLive } from './live-run.ts';
import { assessSession } from './live-session.ts';
import { monitorMetrics, monitorReport, monitorSections } from './monitor-view.ts';
import type { MonitorInput } from './monitor.ts';

export async function* runMonitor(
  ctx: CommandContext<ErrorOptions>,
  asked: MonitorInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const session = yield* runLive(ctx, asked, {
    // Where nobody looks, the first view is one that has something to conclude.
    waiting: () => Promise.resolve(ctx.watched ? READING : null),
    view: (shown, changes) => ({
      changes,
      sections: () => monitorSections(shown, ctx.clock.wallMs()),
      assess: () => assessSession(ctx, shown),
      metrics: () => monitorMetrics(shown),
    }),
  });
  return monitorReport(session, assessSession(ctx, session), ctx.clock.wallMs(), asked.files);
}

const READING: LiveView = {
  changes: [],
  sections: () => [{ kind: 'text', text: 'reading what was written since the last look …', tone: 'muted' }],
};
