import { DAY_MS, HOUR_MS } from '../minutes.ts';

/** Every cap of what is kept of logs. All are per segment unless said; what is over one is counted and reported. */
export const LIMIT = {
  /** Groups of errors, and as many of records that are none: those of the smallest ids, so that the choice depends on no order. */
  groups: 4_096,
  /** Of all segments at one time; wider segments then hold more hours with one entry for each group. */
  liveGroups: 16_384,
  liveSegments: 96,
  newestSamples: 2,
  rankedSamples: 3,
  /** UTF-8 bytes of a sample's text: a stack of some forty frames. */
  sampleBytes: 4_096,
  sampleFields: 24,
  fieldChars: 200,
  titleChars: 300,
  /** Fields of a group whose values are counted. */
  countedFields: 12,
  /** Values of a field that are counted exactly. */
  exactValues: 64,
  valueChars: 96,
  /** Distinct values that are counted exactly. */
  exactDistinct: 256,
  releases: 32,
  /** Records of a group, and of all traffic, whose fields are kept of ten minutes. */
  groupAttributes: 64,
  trafficAttributes: 256,
  /** Of all groups together, and as many of traffic. */
  attributes: 2_048,
  traces: 1_024,
  groupsOfTrace: 8,
} as const;

/** Widths of segments; each is a multiple of the one before. They only grow, so the one in use depends on the set of records alone. */
export const WIDTHS_MS = [
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
  364 * DAY_MS,
  3_640 * DAY_MS,
] as const;
