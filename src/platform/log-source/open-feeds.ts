import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { expandPath } from './expand.ts';
import type { Feed } from './feed.ts';
import type { LogSet } from './log-set.ts';
import { createPartFeed } from './part-feed.ts';
import { createReadAhead } from './read-ahead.ts';
import { createSetFeed } from './set-feed.ts';
import { createStreamFeed } from './stream-feed.ts';
import type { LogNotice, LogSourceSpec, ReadLogsOptions } from './types.ts';

/** Makes the feeds of specs, each only once however often it is asked. */
export interface FeedOpener {
  /** Feeds that were not there at the last call. */
  open(spec: LogSourceSpec): Promise<Feed[]>;
  /** What could not be opened, each told once. */
  failures(): LogNotice[];
}

export interface FeedWorld {
  clock: Clock;
  stdin: () => Readable;
  /** To be called when a feed has something. */
  ring: () => void;
}

export function createFeedOpener(options: ReadLogsOptions, { clock, stdin, ring }: FeedWorld): FeedOpener {
  const { follow, checkpoints } = options;
  const ahead = createReadAhead();
  const opened = new Set<string>();
  const followed = new Map<string, LogSet>();
  const told = new Set<string>();
  const expanded = new Set<LogSourceSpec>();
  let failures: LogNotice[] = [];

  function once(key: string): boolean {
    return !opened.has(key) && opened.add(key).has(key);
  }

  function isNewSet(set: LogSet): boolean {
    const key = join(set.folder, set.base);
    const known = followed.get(key);
    for (const name of set.only ?? []) known?.only?.add(name);
    if (known === undefined) followed.set(key, set);
    return known === undefined;
  }

  async function openFiles(spec: LogSourceSpec & { kind: 'files' }): Promise<Feed[]> {
    const { sets, failures: failed } = await expandPath(spec.path);
    for (const { path, reason } of failed) {
      if (told.has(path)) continue;
      told.add(path);
      failures.push({
        type: 'failed',
        stream: { name: path, location: path, modifiedMs: null },
        reason,
      });
    }
    // What appears later is new from its first byte.
    const fromEnd = follow && options.fromEnd === true && !expanded.has(spec);
    expanded.add(spec);
    return sets
      .filter((set) => isNewSet(set))
      .map((set) =>
        createSetFeed({
          set,
          checkpoint: checkpoints.find(({ stream }) => stream === set.name) ?? null,
          follow,
          fromEnd,
          sinceMs: options.sinceMs,
          ahead,
          clock,
        }),
      );
  }

  return {
    async open(spec) {
      switch (spec.kind) {
        case 'files':
          return await openFiles(spec);
        case 'part':
          return once(`part:${spec.path}:${spec.fromByte}`) ? [createPartFeed(spec, ahead)] : [];
        case 'stdin':
          return once('stdin') ? [createStreamFeed('stdin', stdin(), ring)] : [];
        default:
          return [];
      }
    },
    failures() {
      const given = failures;
      failures = [];
      return given;
    },
  };
}
