import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { reasonOf } from '../../core/errors.ts';
import type { Clock } from '../clock.ts';
import { systemProcesses } from '../processes.ts';
import { expandPath } from './expand.ts';
import type { Feed } from './feed.ts';
import { withIdle } from './idle-feed.ts';
import type { LogSet } from './log-set.ts';
import { createPartFeed } from './part-feed.ts';
import { createProgramFeed, type LogProgram } from './program-feed.ts';
import {
  containersOf,
  dockerPrograms,
  journalProgram,
  kubernetesProgram,
  podsArgv,
  type ProgramRange,
} from './programs.ts';
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

/** Pods come and go; asking costs a program. */
const PODS_EVERY_MS = 10_000;
const PODS_TIMEOUT_MS = 15_000;

export function createFeedOpener(options: ReadLogsOptions, { clock, stdin, ring }: FeedWorld): FeedOpener {
  const { follow, checkpoints } = options;
  const ahead = createReadAhead();
  const opened = new Set<string>();
  const followed = new Map<string, LogSet>();
  const told = new Set<string>();
  const podsAtMs = new Map<LogSourceSpec, number>();
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
    for (const { path, reason } of failed) fail(path, reason);
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

  function rangeFor(spec: LogSourceSpec): ProgramRange {
    const fromEnd = follow && options.fromEnd === true && !expanded.has(spec);
    return { follow, fromEnd, sinceMs: options.sinceMs };
  }

  function programs(asked: readonly LogProgram[]): Feed[] {
    return asked
      .filter(({ name }) => once(name))
      .map((program) => {
        const checkpoint = checkpoints.find(({ stream }) => stream === program.name) ?? null;
        return withIdle(createProgramFeed({ program, checkpoint, follow, clock, ring }), clock);
      });
  }

  async function openPods(spec: LogSourceSpec & { kind: 'kubernetes' }): Promise<Feed[]> {
    if (clock.monotonicMs() < (podsAtMs.get(spec) ?? 0)) return [];
    podsAtMs.set(spec, clock.monotonicMs() + PODS_EVERY_MS);
    const listed = await systemProcesses
      .run(podsArgv(spec), { timeoutMs: PODS_TIMEOUT_MS, signal: options.signal })
      .catch((thrown: unknown) => reasonOf(thrown));
    if (typeof listed === 'string') return fail(`kubernetes:${spec.selector}`, listed);
    if (listed.exitCode !== 0) {
      const complaint = listed.stderr.trim().split('\n').at(-1);
      return fail(`kubernetes:${spec.selector}`, complaint ?? 'kubectl failed');
    }
    const range = rangeFor(spec);
    expanded.add(spec);
    const containers = containersOf(listed.stdout);
    if (containers.length === 0 && !follow) return fail(`kubernetes:${spec.selector}`, 'no such pod');
    return programs(containers.map((container) => kubernetesProgram(container, spec.context, range)));
  }

  function fail(name: string, reason: string): Feed[] {
    if (!told.has(name)) {
      told.add(name);
      failures.push({ type: 'failed', stream: { name, location: name, modifiedMs: null }, reason });
    }
    return [];
  }

  return {
    // oxlint-disable-next-line consistent-return -- the kinds are all there are
    async open(spec) {
      switch (spec.kind) {
        case 'files':
          return await openFiles(spec);
        case 'part':
          return once(`part:${spec.path}:${spec.fromByte}`) ? [createPartFeed(spec, ahead)] : [];
        case 'stdin':
          return once('stdin') ? [withIdle(createStreamFeed('stdin', stdin(), ring), clock)] : [];
        case 'docker':
          return programs(dockerPrograms(spec, rangeFor(spec)));
        case 'journal':
          return programs([journalProgram(spec, rangeFor(spec))]);
        case 'kubernetes':
          return await openPods(spec);
      }
    },
    failures() {
      const given = failures;
      failures = [];
      return given;
    },
  };
}
