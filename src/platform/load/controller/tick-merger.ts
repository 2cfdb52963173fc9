import type { LoadTick } from '../../../core/load/measure.ts';
import { mergeInTime, mergeSideBySide } from '../../../core/load/merge-ticks.ts';
import { EMPTY_TICK, emptyMeasure } from '../../../core/load/nothing.ts';

/**
 * Ticks of workers on their way to ticks of the run. Each is counted in exactly one of those, whenever it comes; a worker of whom
 * nothing came counts with its last known state and no counts.
 */
export interface TickMerger {
  add(worker: number, tick: LoadTick): void;
  /** No more ticks of this one; what it had begun and not told the end of counts as cancelled, or dropped where it still waited. */
  end(worker: number): void;
  /** Something of every worker that has not ended is there. */
  isComplete(): boolean;
  /** Something came since the last take. */
  hasNews(): boolean;
  /** What came since the last call, as a tick that goes on from that one until the newest of them, or until `toMs` when nothing came. */
  take(atMs: number, toMs: number): LoadTick;
}

interface WorkerTicks {
  pending: LoadTick[];
  /** Requests under way by endpoint: sent, and neither answered nor given up. */
  underWay: Map<string, number>;
  queued: number;
  last: LoadTick | null;
  ended: boolean;
}

export function createTickMerger(workers: number): TickMerger {
  const all = Array.from({ length: workers }, (): WorkerTicks => ({
    pending: [],
    underWay: new Map(),
    queued: 0,
    last: null,
    ended: false,
  }));
  let takenToMs = 0;

  const hasNews = (): boolean => all.some(({ pending }) => pending.length > 0);

  return {
    add(worker, tick) {
      const ticks = all[worker];
      if (ticks === undefined || ticks.ended) return;
      ticks.pending.push(tick);
      note(ticks, tick);
    },
    end(worker) {
      const ticks = all[worker];
      if (ticks === undefined || ticks.ended) return;
      ticks.ended = true;
      const closing = closingTick(ticks);
      if (ticks.pending.length > 0 || hasCounts(closing)) ticks.pending.push(closing);
      else ticks.last = closing;
    },
    isComplete: () => all.every(({ ended, pending }) => ended || pending.length > 0),
    hasNews,
    take(atMs, toMs) {
      const came = hasNews();
      const parts = all.map((ticks) => {
        const part = ticks.pending.length > 0 ? mergeInTime(ticks.pending) : stillness(ticks.last);
        ticks.pending = [];
        ticks.last = part;
        return part;
      });
      const merged = mergeSideBySide(parts);
      const fromMs = takenToMs;
      takenToMs = Math.max(fromMs, came ? merged.toMs : toMs);
      return { ...merged, fromMs, toMs: takenToMs, atMs: came ? merged.atMs : atMs };
    },
  };
}

function note(ticks: WorkerTicks, tick: LoadTick): void {
  ticks.queued += tick.sessions.asked - tick.sessions.begun - tick.sessions.dropped;
  for (const { name, sent, succeeded, failed, cancelled } of tick.endpoints) {
    const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
    const before = ticks.underWay.get(name) ?? 0;
    ticks.underWay.set(name, before + sent - succeeded - failures - cancelled);
  }
}

/** The end of a worker: nothing of it goes on, and what it had under way is given up. */
function closingTick({ underWay, queued, pending, last }: WorkerTicks): LoadTick {
  const newest = pending.at(-1) ?? last ?? EMPTY_TICK;
  const left = [...underWay].filter(([, count]) => count > 0);
  return {
    ...EMPTY_TICK,
    atMs: newest.atMs,
    fromMs: newest.toMs,
    toMs: newest.toMs,
    targetRate: newest.targetRate === null ? null : 0,
    endpoints: left.map(([name, cancelled]) => ({ ...emptyMeasure(name), cancelled })),
    sessions: { asked: 0, begun: 0, dropped: Math.max(0, queued), ended: 0 },
  };
}

function hasCounts({ endpoints, sessions }: LoadTick): boolean {
  return endpoints.length > 0 || sessions.dropped > 0;
}

function stillness(last: LoadTick | null): LoadTick {
  if (last === null) return EMPTY_TICK;
  const { inFlight, queued, connections, users, targetRate, pausedUntilMs } = last;
  const { atMs, toMs } = last;
  return {
    ...EMPTY_TICK,
    atMs,
    fromMs: toMs,
    toMs,
    inFlight,
    queued,
    connections,
    users,
    targetRate,
    pausedUntilMs,
  };
}
