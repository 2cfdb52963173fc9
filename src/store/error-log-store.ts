import type { LogLevelName } from '../core/log/level.ts';
import type { TimeRange } from './store.ts';

/** What a group of errors is, as its first record told. */
export interface GroupSighting {
  id: string;
  kind: 'message' | 'exception';
  /** Already redacted. */
  title: string;
  /** Where it is from, where that is known; already redacted. */
  culprit: string | null;
  /** The worst so far. */
  level: LogLevelName;
  /** In the order of first sighting. */
  releases: readonly string[];
  firstMs: number;
  lastMs: number;
  /** Records since the last fold, by hour (epoch ms / 3,600,000). */
  hours: readonly (readonly [hour: number, count: number])[];
}

/** What a person said of a group. */
export interface GroupMark {
  state: 'resolved' | 'ignored';
  atMs: number;
  /** Resolved in this release: on an older one it is no regression. */
  release: string | null;
  /** Ignored until a time, or until it exceeds so many an hour; both null is for good. */
  untilMs: number | null;
  untilPerHour: number | null;
  note: string | null;
}

export interface StoredGroup extends Omit<GroupSighting, 'hours' | 'firstMs' | 'lastMs'> {
  firstSeenMs: number;
  lastSeenMs: number;
  total: number;
  /** Null: open. */
  mark: GroupMark | null;
}

export interface GroupEdge {
  child: string;
  parent: string;
  /** Plain data of the analysis. */
  reason: unknown;
}

export interface StoredSegment {
  startMs: number;
  widthMs: number;
  /** JSON; the tool's own shape, already redacted. */
  document: unknown;
}

export interface StreamCheckpoint {
  stream: string;
  /** JSON. */
  document: unknown;
}

export interface LogFold {
  segments: readonly StoredSegment[];
  /** Adds a segment to the one that is there of the same start and width. */
  merge: (stored: unknown, added: unknown) => unknown;
  groups: readonly GroupSighting[];
  /** All records since the last fold, of every level, by hour. */
  recordHours: readonly (readonly [hour: number, count: number])[];
  edges: readonly GroupEdge[];
  /** Where each stream stands afterwards, and where it must stand before. */
  checkpoints: readonly { before: StreamCheckpoint | null; after: StreamCheckpoint }[];
  nowMs: number;
}

/** Logs as they were read: counts and samples per hour, groups, how far each stream was read. */
export interface ErrorLogStore {
  /**
   * Takes in what was read since the checkpoints, in one transaction: after a kill, bytes count once or not yet. False, and nothing is
   * changed, when another process has read one of the streams on meanwhile.
   */
  fold(fold: LogFold): boolean;
  checkpoints(): StreamCheckpoint[];
  /** Those that touch the range, in order of time. */
  segments(range: TimeRange): StoredSegment[];
  /** When the first hour with records began; null without any. */
  knownSinceMs(): number | null;
  groups(): StoredGroup[];
  /** By id or an unambiguous beginning of it. */
  group(id: string): StoredGroup | undefined;
  /** Counts per hour within a range, by group id. */
  hours(range: TimeRange): Map<string, [hour: number, count: number][]>;
  /** All records per hour within a range. */
  recordHours(range: TimeRange): [hour: number, count: number][];
  edges(): GroupEdge[];
  /** Null reopens. False when there is no such group. */
  mark(id: string, mark: GroupMark | null): boolean;
}
