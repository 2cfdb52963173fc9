import { linkSignals } from '../../../platform/abort.ts';
import { maintain } from '../../_shared/live/maintain.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import { liveRange } from '../analyze/live/range.ts';
import { followLogs, type LogFollower } from '../collect/follow.ts';
import type { ErrorOptions } from '../options.ts';
import { type ErrorSession, startErrorSession, takeChanges } from './live-session.ts';

export interface LiveRequest {
  files: readonly string[];
  format?: string | undefined;
  interval?: number | undefined;
  for?: number | undefined;
}

export interface LiveShows {
  /** While what is there already is read; null: nothing yet. */
  waiting: () => Promise<LiveView | null>;
  view: (session: ErrorSession, changes: LiveView['changes']) => LiveView;
}

/** On a screen that stays empty for longer, somebody wonders. */
const SAY_AFTER_MS = 1_000;

/** Follows logs and looks again and again, until it is told to stop, its time is over, or the pipe it reads has ended. The last look is after the end. */
export async function* runLive(
  ctx: CommandContext<ErrorOptions>,
  { files, format, interval, for: limitMs }: LiveRequest,
  { waiting, view }: LiveShows,
): AsyncGenerator<LiveView, ErrorSession, void> {
  const intervalMs = interval ?? ctx.options.interval;
  const left = new AbortController();
  const stop = linkSignals([ctx.signal, left.signal], limitMs);
  const bounded = { ...ctx, signal: stop.signal };
  const pause = (ms: number): Promise<void> => ctx.clock.sleep(ms, stop.signal).catch(() => undefined);
  const { fromMs } = liveRange(ctx.clock.wallMs());
  const starting = watched(followLogs(bounded, { files, format, fromMs, batchMs: intervalMs }));
  let follower: LogFollower | null = null;
  try {
    while (!starting.isOver() && !stop.signal.aborted) {
      const shown = await waiting();
      if (shown !== null) yield shown;
      await Promise.race([starting.promise, pause(SAY_AFTER_MS)]);
    }
    const isPartial = stop.signal.aborted;
    follower = await starting.promise;
    const session = startErrorSession(bounded, follower, { files, isPartial });
    const following = watched(follower.done);
    while (!stop.signal.aborted && !following.isOver()) {
      yield view(session, takeChanges(bounded, session));
      maintain(ctx, session);
      await Promise.race([pause(intervalMs), following.promise]);
    }
    left.abort();
    await follower.done;
    session.found = session.looker.lookAnyway();
    return session;
  } finally {
    left.abort();
    stop.dispose();
    await (follower?.done ?? starting.promise).catch(() => undefined);
  }
}

/** Whether it has ended, without waiting; a failure is for whoever awaits it. */
function watched<T>(promise: Promise<T>): { promise: Promise<T>; isOver: () => boolean } {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  promise.then(over, over);
  return { promise, isOver: () => isOver };
}
