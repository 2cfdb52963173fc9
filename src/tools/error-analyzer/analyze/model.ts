import type { LogLevelName } from '../../../core/log/level.ts';

/** What the analysis works on: counts and samples of groups within a window, merged from whatever segments it touches. Plain data, JSON. */

export type GroupKind = 'message' | 'exception';

/** Counts per minute: minute (epoch ms / 60,000) and count, ascending, without zeros. */
export type MinuteCounts = readonly (readonly [minute: number, count: number])[];

export interface ErrorGroup {
  /** `m` or `e` and 12 hex of the key: tier 1's, or that of the exception. Merged groups keep the id of the one that was there first. */
  id: string;
  kind: GroupKind;
  /** `TypeError: Cannot read properties of undefined (reading <*>)`. Already redacted. */
  title: string;
  /** Where it is from: the top frame within the application, or the logger. */
  culprit: string | null;
  /** Worst level of its records. */
  level: LogLevelName;
  /** Whether its records are errors: level error and above, an exception, status 5xx, or words of failure where no level is known. */
  isError: boolean;
  count: number;
  firstMs: number;
  lastMs: number;
  minutes: MinuteCounts;
  /** Distinct values: exact up to some hundred, an estimate (HyperLogLog, 3 % off) above. Null where no record has the field. */
  users: number | null;
  hosts: number | null;
  requests: number | null;
  /** Most frequent values of each field, exact while the field has at most 20 values. */
  fields: readonly FieldMix[];
  /** Newest first, then a sample over all; redacted. */
  samples: readonly RecordSample[];
  /** Releases it was seen in, in the order of first sighting. */
  releases: readonly string[];
  /** Ids that were merged into it, with why. */
  merged: readonly { id: string; reason: string }[];
}

export interface FieldMix {
  /** `host`, `tenant`, `endpoint`, `release`, or the field's own name. */
  field: string;
  values: readonly { value: string; count: number }[];
  /** Records with another value than those. */
  others: number;
  distinct: number;
}

export interface RecordSample {
  atMs: number | null;
  level: LogLevelName;
  /** Redacted, cleaned, capped. Untrusted. */
  text: string;
  fields: Readonly<Record<string, string>>;
  stream: string;
}

/**
 * Fields of single records, kept so that combinations can be compared: per group and ten minutes at most 64, and of all traffic at most 256, chosen by
 * the hash of the record's place, so that merging segments in any order keeps the same ones. `weight`: how many records this one stands for.
 */
export interface AttributeSample {
  atMs: number;
  weight: number;
  /** Null for traffic that is no error. */
  group: string | null;
  fields: Readonly<Record<string, string>>;
}

/** One trace or request with an error: what failed first in it. */
export interface TraceOrigin {
  trace: string;
  /** Group of its earliest error, and its service or host. */
  group: string;
  service: string | null;
  atMs: number;
  /** Groups of later errors of the same trace. */
  later: readonly string[];
}

export interface LogWindow {
  fromMs: number;
  toMs: number;
  /** All records per minute, of every level: the denominator. */
  records: MinuteCounts;
  errors: MinuteCounts;
  /** Every group with a record in the window, errors and others; most frequent errors first. */
  groups: readonly ErrorGroup[];
  attributes: readonly AttributeSample[];
  traces: readonly TraceOrigin[];
  /** Minutes without any record of any stream, where some came before and after: silence that says nothing about errors. */
  blindMinutes: readonly number[];
}

export type GroupState = 'open' | 'resolved' | 'ignored';

/** What is remembered of a group from before the window. */
export interface GroupHistory {
  id: string;
  firstSeenMs: number;
  lastSeenMs: number;
  total: number;
  state: GroupState;
  /** When the state was set; null for open ones never touched. */
  stateAtMs: number | null;
  /** Resolved in this release, where it was said. */
  resolvedIn: string | null;
  /** Ignored until: a time, a count per hour, or for good (both null). */
  ignoredUntilMs: number | null;
  ignoredUntilPerHour: number | null;
  releases: readonly string[];
  /** Counts per hour (epoch ms / 3,600,000) before the window, for seasons: up to five weeks. */
  hours: readonly (readonly [hour: number, count: number])[];
}
