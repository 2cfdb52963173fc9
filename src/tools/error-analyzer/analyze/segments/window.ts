import type { AttributeSample, LogWindow, MinuteCounts, TraceOrigin } from '../model.ts';
import { decodeSegment } from './codec.ts';
import { addCounts, type Counts } from './counts.ts';
import { familiesOf, type Families, type FamilyEdge } from './families.ts';
import type { Segment } from './segment.ts';
import { mergeTraces, type Traces } from './traces.ts';
import type { SegmentDocument } from './types.ts';
import { weighted, type WindowRange } from './weights.ts';
import { createWindowGroup, finishWindowGroup, takeIntoGroup, type WindowGroup } from './window-group.ts';
import { MINUTE_MS } from '../minutes.ts';

/** A window of years would be mostly blind; the beginning of the list says as much. */
const MAX_BLIND_MINUTES = 100_000;
const MAX_TRACES = 2_000;

/**
 * All that segments hold of a range, with the edges of tier 2 and of rules applied. Counts are cut to the range by the minute; distinct values, fields and samples are
 * those of whole segments. Documents of another version are left out.
 */
export function windowOf(
  documents: readonly SegmentDocument[],
  range: WindowRange,
  edges: readonly FamilyEdge[],
): LogWindow {
  const segments = documents
    .filter(({ startMs, widthMs }) => startMs < range.toMs && startMs + widthMs > range.fromMs)
    .toSorted((a, b) => a.startMs - b.startMs || a.widthMs - b.widthMs);
  const families = familiesOf(edges);
  const records: Counts = new Map();
  const errors: Counts = new Map();
  const errorGroups = new Map<string, WindowGroup>();
  const plainGroups = new Map<string, WindowGroup>();
  const traces: Traces = new Map();
  const traffic: AttributeSample[] = [];
  for (const document of segments) {
    // Segments are large, and one at a time is enough.
    const segment = decodeSegment(document);
    if (segment === null) continue;
    addCounts(records, within(segment.records, range));
    addCounts(errors, within(segment.errors, range));
    takeGroups(errorGroups, segment, range, families, true);
    takeGroups(plainGroups, segment, range, families, false);
    mergeTraces(traces, segment.traces);
    traffic.push(...trafficOf(segment, range));
  }
  // Where words are told as errors, too, the group is that of its errors.
  for (const id of errorGroups.keys()) plainGroups.delete(id);
  const groups = [...errorGroups.values(), ...plainGroups.values()];
  return {
    fromMs: range.fromMs,
    toMs: range.toMs,
    records: inOrder(records),
    errors: inOrder(errors),
    groups: groups.map((group) => finishWindowGroup(group, families)).toSorted(errorsFirst),
    attributes: [...groups.flatMap(({ attributes }) => attributes), ...traffic],
    traces: originsOf(traces, range, families),
    blindMinutes: blindMinutesOf(records),
  };
}

function takeGroups(
  into: Map<string, WindowGroup>,
  segment: Segment,
  range: WindowRange,
  families: Families,
  isError: boolean,
): void {
  const { byId } = isError ? segment.errorGroups : segment.plainGroups;
  for (const tally of byId.values()) {
    const minutes = within(tally.minutes, range);
    if (minutes.size === 0) continue;
    const root = families.rootOf(tally.id);
    let group = into.get(root);
    if (group === undefined) {
      group = createWindowGroup(root, tally);
      into.set(root, group);
    }
    takeIntoGroup(group, tally, minutes, range);
  }
}

function errorsFirst(a: LogWindow['groups'][number], b: LogWindow['groups'][number]): number {
  return Number(b.isError) - Number(a.isError) || b.count - a.count || (a.id < b.id ? -1 : 1);
}

/** By whole minutes. */
function within(counts: Counts, { fromMs, toMs }: WindowRange): Counts {
  const from = Math.floor(fromMs / MINUTE_MS);
  const to = Math.ceil(toMs / MINUTE_MS);
  const cut: Counts = new Map();
  for (const [minute, count] of counts) if (minute >= from && minute < to) cut.set(minute, count);
  return cut;
}

function inOrder(counts: Counts): MinuteCounts {
  return [...counts].toSorted(([a], [b]) => a - b);
}

function trafficOf({ traffic, records, errors }: Segment, range: WindowRange): AttributeSample[] {
  const plain: Counts = new Map();
  for (const [minute, count] of records) plain.set(minute, count - (errors.get(minute) ?? 0));
  return weighted(traffic, plain, range).map((sample) => ({ ...sample, group: null }));
}

function originsOf(traces: Traces, { fromMs, toMs }: WindowRange, families: Families): TraceOrigin[] {
  return [...traces.values()]
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .toSorted((a, b) => a.atMs - b.atMs || (a.trace < b.trace ? -1 : 1))
    .slice(0, MAX_TRACES)
    .map(({ trace, group, service, atMs, groups }) => {
      const origin = families.rootOf(group);
      const later = new Set([...groups].map((id) => families.rootOf(id)));
      later.delete(origin);
      return { trace, group: origin, service, atMs, later: [...later] };
    });
}

function blindMinutesOf(records: Counts): number[] {
  const minutes = [...records.keys()].toSorted((a, b) => a - b);
  const blind: number[] = [];
  for (const [index, minute] of minutes.entries()) {
    const next = minutes[index + 1] ?? minute;
    for (let between = minute + 1; between < next && blind.length < MAX_BLIND_MINUTES; between += 1)
      blind.push(between);
  }
  return blind;
}
