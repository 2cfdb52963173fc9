import type { CommandContext } from '../../context.ts';
import { lastHour, liveRange, liveRangeOfFiles } from '../analyze/live/range.ts';
import type { LogWindow } from '../analyze/model.ts';
import type { FamilyEdge } from '../analyze/segments/families.ts';
import { spanOf } from '../analyze/segments/queries.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import { windowOf } from '../analyze/segments/window.ts';
import type { ErrorOptions } from '../options.ts';
import { concludeErrors, type ErrorsFound, type Seasons, seasonsBefore } from './errors.ts';
import type { LogFollower } from './follow.ts';

/** Time alone changes things, too: what was steady has stopped, what was new is over. */
const LOOK_ANYWAY_MS = 60_000;
/** Looks take at most this share of the time, however much there is to look at: others live on the same thread. */
const LOOKING_SHARE = 0.2;

export interface Looker {
  /** What is concluded now; the same object as before while nothing could have changed, or while it is too early for another look. */
  look(): ErrorsFound;
  /** Now in any case. */
  lookAnyway(): ErrorsFound;
  /** The last hour of the newest look by itself. */
  hour(): LogWindow;
}

/** Looks again and again at what is followed; only what changed since is read and computed again. */
export function createLooker(
  ctx: CommandContext<ErrorOptions>,
  follower: LogFollower,
  { isAlone }: { isAlone: boolean },
): Looker {
  const { clock } = ctx;
  let found: ErrorsFound | null = null;
  let seen: { documents: SegmentDocument[]; edges: FamilyEdge[] } = { documents: [], edges: [] };
  let batches = 0;
  let earliestMs = Number.NEGATIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  let seasons: { beforeMs: number; counts: Seasons } | null = null;

  function lookAnyway(): ErrorsFound {
    const startedMs = clock.monotonicMs();
    batches = follower.batches();
    found = isAlone ? ofFiles() : ofSources();
    const endedMs = clock.monotonicMs();
    earliestMs = endedMs + (endedMs - startedMs) * (1 / LOOKING_SHARE - 1);
    latestMs = endedMs + LOOK_ANYWAY_MS;
    return found;
  }

  function ofSources(): ErrorsFound {
    const range = liveRange(clock.wallMs());
    if (seasons?.beforeMs !== range.fromMs)
      seasons = { beforeMs: range.fromMs, counts: seasonsBefore(ctx, range.fromMs) };
    const { documents, edges } = see(range.fromMs);
    return concludeErrors(ctx, documents, edges, range, seasons.counts);
  }

  function ofFiles(): ErrorsFound {
    const range = liveRangeOfFiles(clock.wallMs(), spanOf(follower.documents(Number.NEGATIVE_INFINITY)));
    const { documents, edges } = see(range.fromMs);
    return concludeErrors(ctx, documents, edges, range);
  }

  function see(fromMs: number): typeof seen {
    const documents = follower.documents(fromMs);
    seen = { documents, edges: follower.edges(documents) };
    return seen;
  }

  return {
    look() {
      const nowMs = clock.monotonicMs();
      const isDue = follower.batches() !== batches || nowMs >= latestMs;
      return found !== null && (!isDue || nowMs < earliestMs) ? found : lookAnyway();
    },
    lookAnyway,
    hour: () => windowOf(seen.documents, lastHour(found?.window ?? { toMs: clock.wallMs() }), seen.edges),
  };
}
