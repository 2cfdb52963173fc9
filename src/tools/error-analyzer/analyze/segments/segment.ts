import {
  attributeCount,
  createAttributes,
  FIRST_GROUP_STEP,
  fitAttributes,
  mergeAttributes,
  raiseStep,
  type Attributes,
} from './attributes.ts';
import { addCounts, type Counts } from './counts.ts';
import { createGroupTally, mergeGroupTally, type GroupIdentity, type GroupTally } from './groups.ts';
import { LIMIT } from './limits.ts';
import { mergeTraces, type Traces } from './traces.ts';

/** A segment while it is added to. */
export interface Segment {
  startMs: number;
  widthMs: number;
  records: Counts;
  errors: Counts;
  errorGroups: GroupSet;
  plainGroups: GroupSet;
  overflow: { records: Counts; errors: Counts };
  traces: Traces;
  traffic: Attributes;
  /** Of the attributes of all groups. */
  attributeStep: number;
  /** How many attributes there are of all groups, and of traffic. */
  attributes: number;
  trafficAttributes: number;
}

export interface GroupSet {
  byId: Map<string, GroupTally>;
  /** Ids from here on are past the cap; null while nothing was. */
  cutAt: string | null;
}

export function createSegment(startMs: number, widthMs: number): Segment {
  return {
    startMs,
    widthMs,
    records: new Map(),
    errors: new Map(),
    errorGroups: { byId: new Map(), cutAt: null },
    plainGroups: { byId: new Map(), cutAt: null },
    overflow: { records: new Map(), errors: new Map() },
    traces: new Map(),
    traffic: createAttributes(0),
    attributeStep: FIRST_GROUP_STEP,
    attributes: 0,
    trafficAttributes: 0,
  };
}

/** The tally of a group; null where it is past the cap, so that the record counts under `overflow`. */
export function groupIn(segment: Segment, identity: GroupIdentity, isError: boolean): GroupTally | null {
  const set = isError ? segment.errorGroups : segment.plainGroups;
  const known = set.byId.get(identity.id);
  if (known !== undefined) return known;
  if (set.cutAt !== null && identity.id >= set.cutAt) return null;
  const tally = createGroupTally(identity, isError, segment.attributeStep);
  set.byId.set(identity.id, tally);
  // Half as many again, so that sorting is rare.
  if (set.byId.size > LIMIT.groups * 1.5) cutGroups(segment, isError);
  return set.cutAt !== null && identity.id >= set.cutAt ? null : tally;
}

/** Down to the cap: those of the smallest ids stay, as no order of records or merges changes which they are. */
export function cutGroups(segment: Segment, isError: boolean): void {
  const set = isError ? segment.errorGroups : segment.plainGroups;
  if (set.byId.size <= LIMIT.groups) return;
  const ids = [...set.byId.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  set.cutAt = ids[LIMIT.groups] ?? null;
  for (const id of ids.slice(LIMIT.groups)) {
    const tally = set.byId.get(id);
    set.byId.delete(id);
    if (tally === undefined) continue;
    addCounts(segment.overflow.records, tally.minutes);
    if (isError) addCounts(segment.overflow.errors, tally.minutes);
    segment.attributes -= tally.details === null ? 0 : attributeCount(tally.details.attributes);
  }
}

/** Keeps fewer attributes while there are too many of all groups together, or of traffic. */
export function fitSegment(segment: Segment): void {
  if (segment.attributes > LIMIT.attributes) {
    const all = [...segment.errorGroups.byId.values()].flatMap(({ details }) => details?.attributes ?? []);
    const { step, count } = fitAttributes(all, segment.attributeStep, LIMIT.attributes);
    segment.attributeStep = step;
    segment.attributes = count;
  }
  if (segment.trafficAttributes > LIMIT.attributes) {
    const { count } = fitAttributes([segment.traffic], segment.traffic.step, LIMIT.attributes);
    segment.trafficAttributes = count;
  }
}

/** After groups were merged or read: the step is one for all of them. */
export function countAttributes(segment: Segment): void {
  const all = [...segment.errorGroups.byId.values()].flatMap(({ details }) => details?.attributes ?? []);
  segment.attributeStep = all.reduce(
    (step, attributes) => Math.max(step, attributes.step),
    segment.attributeStep,
  );
  segment.attributes = 0;
  for (const attributes of all) {
    raiseStep(attributes, segment.attributeStep);
    segment.attributes += attributeCount(attributes);
  }
  segment.trafficAttributes = attributeCount(segment.traffic);
}

/** Adds a segment to one of the same span, or of a wider one around it. */
export function absorbSegment(into: Segment, from: Segment): void {
  into.attributeStep = Math.max(into.attributeStep, from.attributeStep);
  addCounts(into.records, from.records);
  addCounts(into.errors, from.errors);
  addCounts(into.overflow.records, from.overflow.records);
  addCounts(into.overflow.errors, from.overflow.errors);
  absorbGroups(into, from.plainGroups, false);
  absorbGroups(into, from.errorGroups, true);
  mergeTraces(into.traces, from.traces);
  mergeAttributes(into.traffic, from.traffic);
  countAttributes(into);
  fitSegment(into);
}

function absorbGroups(into: Segment, from: GroupSet, isError: boolean): void {
  for (const other of from.byId.values()) {
    const tally = groupIn(into, other, isError);
    if (tally !== null) {
      mergeGroupTally(tally, other);
      continue;
    }
    addCounts(into.overflow.records, other.minutes);
    if (isError) addCounts(into.overflow.errors, other.minutes);
  }
}
