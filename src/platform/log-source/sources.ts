import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '../clock.ts';
import { createAlarm } from './alarm.ts';
import { expandPath } from './expand.ts';
import type { Feed } from './feed.ts';
import { changedSince, type LogSet, membersOf } from './log-set.ts';
import { createFeedOpener } from './open-feeds.ts';
import type { LogChunk, LogFile, LogNotice, LogSources, ReadLogsOptions } from './types.ts';

export interface LogSourcesOptions {
  clock?: Clock;
  stdin?: () => Readable;
}

/** Between two looks at followed files: what a reader of a screen does not notice. */
const LOOK_EVERY_MS = 100;
/** New files and new folders are looked for less often than new lines. */
const EXPAND_EVERY_MS = 1_000;
/** Of a folder with very many files, looking for new ones takes at most a twentieth of the time. */
const EXPAND_SHARE = 20;
/** Chunks of one feed before it is the next one's turn. */
const TURN_CHUNKS = 16;

/** Log files of this machine, and programs that print logs. */
export function createLogSources({
  clock = systemClock,
  stdin = () => process.stdin,
}: LogSourcesOptions = {}): LogSources {
  return {
    async files({ specs, sinceMs }) {
      const files: LogFile[] = [];
      for (const spec of specs) {
        if (spec.kind !== 'files') continue;
        for (const set of (await expandPath(spec.path)).sets) files.push(...(await filesOf(set, sinceMs)));
      }
      return files;
    },
    read: (options) => readLogs(options, clock, stdin),
  };
}

async function* readLogs(
  options: ReadLogsOptions,
  clock: Clock,
  stdin: () => Readable,
): AsyncGenerator<LogChunk | LogNotice> {
  const { specs, follow, signal } = options;
  const alarm = createAlarm((ms, callback) => clock.after(ms, callback));
  const opener = createFeedOpener(options, { clock, stdin, ring: alarm.ring });
  let feeds: Feed[] = [];
  try {
    if (follow) {
      let expandAtMs = Number.NEGATIVE_INFINITY;
      const canGrow = specs.some(({ kind }) => kind !== 'stdin' && kind !== 'part');
      while (!signal.aborted) {
        const nowMs = clock.monotonicMs();
        if (nowMs >= expandAtMs) {
          for (const spec of specs) feeds.push(...(await opener.open(spec)));
          const tookMs = clock.monotonicMs() - nowMs;
          expandAtMs = nowMs + Math.max(EXPAND_EVERY_MS, tookMs * EXPAND_SHARE);
        }
        yield* opener.failures();
        const given = yield* oneRound(feeds, signal);
        feeds = await withoutEnded(feeds);
        if (feeds.length === 0 && !canGrow) return;
        if (!given) await alarm.wait(LOOK_EVERY_MS, signal);
      }
      return;
    }
    for (const spec of specs) {
      const opened = await opener.open(spec);
      yield* opener.failures();
      // One after another: what is not begun needs no handle.
      for (const feed of opened) {
        feeds = [feed];
        while (!signal.aborted && feeds.length > 0) {
          const given = yield* oneRound(feeds, signal);
          feeds = await withoutEnded(feeds);
          if (!given && feeds.length > 0) await alarm.wait(LOOK_EVERY_MS, signal);
        }
      }
    }
  } finally {
    for (const feed of feeds) await feed.close();
  }
}

/** Some chunks of each; whether there were any. */
async function* oneRound(
  feeds: readonly Feed[],
  signal: AbortSignal,
): AsyncGenerator<LogChunk | LogNotice, boolean> {
  let hasGiven = false;
  for (const feed of feeds) {
    for (let turn = 0; turn < TURN_CHUNKS && !signal.aborted; turn += 1) {
      const given = await feed.next();
      if (given === null) break;
      hasGiven = true;
      yield given;
    }
  }
  return hasGiven;
}

async function withoutEnded(feeds: readonly Feed[]): Promise<Feed[]> {
  for (const feed of feeds) if (feed.isOver()) await feed.close();
  return feeds.filter((feed) => !feed.isOver());
}

async function filesOf(set: LogSet, sinceMs: number | undefined): Promise<LogFile[]> {
  const members = await membersOf(set).catch(() => []);
  return changedSince(members, sinceMs).map(({ path, bytes, modifiedMs, place }) => ({
    stream: { name: set.name, location: path, modifiedMs },
    bytes,
    packed: place.packing !== null,
  }));
}
