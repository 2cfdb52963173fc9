import { linkSignals } from '../../../platform/abort.ts';
import { noteGaps } from '../../_shared/live/gaps.ts';
import { maintain } from '../../_shared/live/maintain.ts';
import { closeAll, selectServers } from '../collect/keep-open.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView, ReportDraft } from '../../define.ts';
import type { TrackerOptions } from '../options.ts';
import { assessWatch } from './watch-assess.ts';
import { lookAtDatabase, sampleDatabase } from './watch-look.ts';
import { rememberChanges, startWatch, type WatchedDatabase, type WatchSession } from './watch-session.ts';
import { watchMetrics, watchReport, watchSections } from './watch-view.ts';
import type { WatchInput } from './watch.ts';

/** Sessions are sampled this often, in a rhythm that varies by half. */
const SAMPLE_EVERY_MS = 1_000;
/** A pause this much longer than it should be is time in which nobody looked. */
const GAP_MS = 30_000;

type Context = CommandContext<TrackerOptions>;

export async function* runWatch(
  ctx: Context,
  { target, interval, for: limitMs }: WatchInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const intervalMs = interval ?? ctx.options.interval;
  const { servers, notChecked } = selectServers(ctx.targets, target);
  const session = startWatch(servers, notChecked, ctx.clock.wallMs());
  const stop = linkSignals([ctx.signal], limitMs);
  try {
    for (;;) {
      const changes = await tick(ctx, session, intervalMs);
      rememberChanges(session, changes);
      yield {
        changes,
        sections: () => watchSections(session, ctx.clock.wallMs()),
        assess: () => assessWatch(session),
        metrics: () => watchMetrics(session),
      };
      const gap = await pause(ctx, stop.signal);
      if (stop.signal.aborted) break;
      rememberChanges(session, noteGaps(ctx, session, { gaps: gap, missedSlots: 0 }));
      maintain(ctx, session);
    }
  } catch (error) {
    // Told to stop in the middle of a look: what was seen before stands.
    if (!ctx.signal.aborted) throw error;
  } finally {
    stop.dispose();
    await closeAll(session.databases.map(({ kept }) => kept));
  }
  return watchReport(session, assessWatch(session), ctx.clock.wallMs());
}

/** One step of time: a look at those that are due, a sample of the others. */
async function tick(ctx: Context, session: WatchSession, intervalMs: number): Promise<LiveView['changes']> {
  const changes = await Promise.all(
    session.databases.map(async (watched) => {
      if (!isDue(ctx, watched, intervalMs)) {
        await sampleDatabase(ctx, watched);
        return [];
      }
      return lookAtDatabase(ctx, watched, intervalMs);
    }),
  );
  return changes.flat();
}

/** The rhythm stays, however long a look takes; what was missed is not made up for. */
function isDue({ clock }: Context, watched: WatchedDatabase, intervalMs: number): boolean {
  const nowMs = clock.monotonicMs();
  if (nowMs < watched.nextLookMs) return false;
  const from = Number.isFinite(watched.nextLookMs) ? watched.nextLookMs : nowMs;
  watched.nextLookMs = from + intervalMs * (Math.floor((nowMs - from) / intervalMs) + 1);
  return true;
}

async function pause({ clock, random }: Context, stop: AbortSignal) {
  const fromMs = clock.wallMs();
  const forMs = SAMPLE_EVERY_MS * (0.5 + random());
  await clock.sleep(forMs, stop).catch(() => undefined);
  const toMs = clock.wallMs();
  return toMs - fromMs - forMs > GAP_MS ? [{ fromMs, toMs, reason: 'process-stopped' as const }] : [];
}
