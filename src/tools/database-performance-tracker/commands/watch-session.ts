import type { Coverage } from '../../../core/coverage.ts';
import type { DatabaseTarget } from '../../../config/targets.ts';
import { type LiveSession, startLiveSession } from '../../_shared/live/session.ts';
import type { LiveView } from '../../define.ts';
import type { ActivityLook } from '../analyze/connection-history.ts';
import type { WaitSample } from '../analyze/wait-profile.ts';
import { type KeptDatabase, keepOpen } from '../collect/keep-open.ts';
import type { LiveReader, LiveState } from '../collect/live-state.ts';

/** What a watch keeps between its looks. */
export interface WatchSession extends LiveSession {
  databases: WatchedDatabase[];
  /** Targets that have nothing to watch. */
  notServed: Coverage['notChecked'];
  /** The newest changes, for the screen. */
  recent: LiveView['changes'][number][];
}

export interface WatchedDatabase {
  kept: KeptDatabase;
  /** The newest look; null before the first one. */
  state: LiveState | null;
  /** Belongs to the session that is open. */
  reader: LiveReader | null;
  /** Counts of the newest interval. */
  transactionsPerSecond: number | null;
  cacheHitPercent: number | null;
  /** Samples since the last look, and those of the last minutes. */
  fresh: WaitSample[];
  waits: WaitSample[];
  looks: ActivityLook[];
  /** Titles of the findings that stand, by rule. */
  standing: Map<string, string>;
  /** Monotonic times. */
  nextLookMs: number;
  nextKeepMs: number;
  /** Spans in which it could not be looked at; the last one may still go on. */
  outages: { fromMs: number; toMs: number | null; reason: string }[];
}

/** Waits are judged over this long. */
const WAITS_MS = 5 * 60_000;
/** Growth of the connections within a watch is seen over this long; longer trends come from the store. */
const LOOKS_MS = 2 * 60_000;
const MAX_RECENT = 8;
const MAX_OUTAGES = 100;

export function startWatch(
  targets: readonly DatabaseTarget[],
  notServed: Coverage['notChecked'],
  nowMs: number,
): WatchSession {
  return {
    ...startLiveSession(nowMs),
    databases: targets.map((target) => ({
      kept: keepOpen(target),
      state: null,
      reader: null,
      transactionsPerSecond: null,
      cacheHitPercent: null,
      fresh: [],
      waits: [],
      looks: [],
      standing: new Map(),
      nextLookMs: Number.NEGATIVE_INFINITY,
      nextKeepMs: Number.NEGATIVE_INFINITY,
      outages: [],
    })),
    notServed,
    recent: [],
  };
}

/** Bounded by time, whatever the interval is. */
export function rememberSample(
  watched: WatchedDatabase,
  sample: WaitSample,
  looks: readonly ActivityLook[],
): void {
  watched.fresh.push(sample);
  watched.waits = [...watched.waits, sample].filter(({ atMs }) => sample.atMs - atMs <= WAITS_MS);
  watched.looks = [...watched.looks, ...looks].filter(({ atMs }) => sample.atMs - atMs <= LOOKS_MS);
}

export function rememberChanges(session: WatchSession, changes: LiveView['changes']): void {
  session.changes += changes.length;
  session.recent = [...session.recent, ...changes].slice(-MAX_RECENT);
}

/** Begins an outage with the first failed look, and ends it with the first that succeeds. */
export function noteOutage(
  watched: WatchedDatabase,
  nowMs: number,
): { kind: 'lost' | 'back'; text: string; lastedMs: number } | null {
  const open = watched.outages.at(-1);
  const isOpen = open !== undefined && open.toMs === null;
  const { failure, target } = watched.kept;
  if (failure !== null && !isOpen) {
    watched.outages = [
      ...watched.outages,
      { fromMs: nowMs, toMs: null, reason: failure.error.message },
    ].slice(-MAX_OUTAGES);
    return {
      kind: 'lost',
      text: `${target.name}: cannot be looked at: ${failure.error.message}`,
      lastedMs: 0,
    };
  }
  if (failure === null && isOpen) {
    open.toMs = nowMs;
    return { kind: 'back', text: `${target.name}: is back`, lastedMs: nowMs - open.fromMs };
  }
  return null;
}
