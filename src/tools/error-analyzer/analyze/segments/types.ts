import type { LogLevel } from '../../../../core/log/level.ts';
import type { GroupKind } from '../model.ts';

/**
 * A segment holds what was counted and kept of all records within one span of event time. It depends on the set of its records only: on no order, no
 * split over runs, threads or hosts. Each part of it is therefore a sum, a minimum, a maximum, or a choice of the smallest ranks, where only the record
 * itself decides its rank.
 *
 * The document is its JSON, in one canonical order, already redacted.
 */
export interface SegmentDocument {
  version: number;
  startMs: number;
  widthMs: number;
  /** All records, and those that are errors. */
  records: CountsDocument;
  errors: CountsDocument;
  /** Ascending by id, errors first: words that are told both as an error and as none make two entries of one id. */
  groups: readonly GroupDocument[];
  /** Records whose group was past the cap. */
  overflow: { records: CountsDocument; errors: CountsDocument };
  traces: readonly TraceDocument[];
  /** Records that are no error. */
  traffic: AttributesDocument;
  /** `step` of the attributes of its groups. */
  attributeStep: number;
}

/** Raised when older documents can no longer be merged with new ones. */
export const SEGMENT_VERSION = 1;

/** Pairs in one row, ascending, without zeros: minute (epoch ms / 60,000), count, minute, count ... */
export type CountsDocument = readonly number[];

export interface GroupDocument {
  id: string;
  kind: GroupKind;
  isError: boolean;
  /** Key and canonical text of its words, which tier 2 merges by; null for exceptions, which it leaves alone. */
  shape: { key: string; canonical: string } | null;
  title: string;
  culprit: string | null;
  level: LogLevel;
  firstMs: number;
  lastMs: number;
  minutes: CountsDocument;
  /** Newest first. */
  newest: readonly SampleDocument[];
  /** Those of the smallest rank. */
  sampled: readonly SampleDocument[];
  /** Null where records are no errors: only counts and a sample of them are kept. */
  details: DetailsDocument | null;
}

export interface DetailsDocument {
  users: DistinctDocument;
  requests: DistinctDocument;
  fields: readonly FieldDocument[];
  /** Release and first sighting, earliest first. */
  releases: readonly (readonly [release: string, firstMs: number])[];
  attributes: AttributesDocument;
}

/** Hashes of the values while they are few, ascending; from then on the registers of a HyperLogLog in Base64. */
export type DistinctDocument = readonly number[] | string;

export interface FieldDocument {
  field: string;
  /** Records that have it. */
  count: number;
  distinct: DistinctDocument;
  /** Exact, in order of the values; null once there are too many of them: the sample of attributes then tells their shares. */
  values: readonly (readonly [value: string, count: number])[] | null;
}

export interface SampleDocument {
  /** Hash of the record's place. */
  rank: number;
  atMs: number;
  /** The record itself says no time; `atMs` is that of the one before it. */
  timeless: boolean;
  level: LogLevel;
  text: string;
  fields: Readonly<Record<string, string>>;
  stream: string;
}

export interface AttributesDocument {
  /** How dense the sample is: see `attributes.ts`. */
  step: number;
  entries: readonly AttributeDocument[];
}

export interface AttributeDocument {
  rank: number;
  atMs: number;
  fields: Readonly<Record<string, string>>;
}

export interface TraceDocument {
  trace: string;
  /** Of its earliest error. */
  group: string;
  service: string | null;
  atMs: number;
  rank: number;
  /** All groups with an error in it; at most eight, those of the smallest ids. */
  groups: readonly string[];
}
