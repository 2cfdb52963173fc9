import type { Redactor } from '../../../../core/redact.ts';
import { encodeSegment } from './codec.ts';
import { LIMIT, WIDTHS_MS } from './limits.ts';
import { absorbSegment, createSegment, type Segment } from './segment.ts';
import type { SegmentDocument } from './types.ts';

/** All segments that are added to at one time: of an hour each, and wider when they or their groups are too many. */
export interface Timeline {
  widthMs: number;
  byStart: Map<number, Segment>;
  /** The segment of the record before. */
  last: Segment | null;
}

export function createTimeline(): Timeline {
  return { widthMs: WIDTHS_MS[0], byStart: new Map(), last: null };
}

/** Hot. */
export function segmentAt(timeline: Timeline, atMs: number): Segment {
  const { last } = timeline;
  if (last !== null && atMs >= last.startMs && atMs < last.startMs + last.widthMs) return last;
  const startMs = Math.floor(atMs / timeline.widthMs) * timeline.widthMs;
  let segment = timeline.byStart.get(startMs);
  if (segment === undefined) {
    segment = createSegment(startMs, timeline.widthMs);
    timeline.byStart.set(startMs, segment);
    if (timeline.byStart.size > LIMIT.liveSegments) {
      widen(timeline);
      return segmentAt(timeline, atMs);
    }
  }
  timeline.last = segment;
  return segment;
}

/** To be called after groups were added. Whether segments are others than before. */
export function fitTimeline(timeline: Timeline): boolean {
  let isWidened = false;
  while (timeline.byStart.size > 1 && groupCount(timeline) > LIMIT.liveGroups && widen(timeline))
    isWidened = true;
  return isWidened;
}

function groupCount({ byStart }: Timeline): number {
  let count = 0;
  for (const { errorGroups, plainGroups } of byStart.values()) {
    count += Math.min(LIMIT.groups, errorGroups.byId.size) + Math.min(LIMIT.groups, plainGroups.byId.size);
  }
  return count;
}

function widen(timeline: Timeline): boolean {
  const widthMs = WIDTHS_MS.find((width) => width > timeline.widthMs);
  if (widthMs === undefined) return false;
  const narrow = timeline.byStart;
  timeline.widthMs = widthMs;
  timeline.byStart = new Map();
  timeline.last = null;
  for (const segment of narrow.values()) absorbInto(timeline, segment);
  return true;
}

function absorbInto(timeline: Timeline, segment: Segment): void {
  const startMs = Math.floor(segment.startMs / timeline.widthMs) * timeline.widthMs;
  const wide = timeline.byStart.get(startMs) ?? createSegment(startMs, timeline.widthMs);
  timeline.byStart.set(startMs, wide);
  absorbSegment(wide, segment);
}

/** Adds what another timeline counted: of another thread. */
export function absorbSegments(timeline: Timeline, segments: readonly Segment[]): void {
  for (const segment of segments) {
    while (segment.widthMs > timeline.widthMs && widen(timeline));
    absorbInto(timeline, segment);
    while (timeline.byStart.size > LIMIT.liveSegments && widen(timeline));
  }
  fitTimeline(timeline);
}

/** The documents in order of time; the timeline is empty afterwards. */
export function takeSegments(timeline: Timeline, redact: Redactor): SegmentDocument[] {
  const documents = [...timeline.byStart.values()]
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((segment) => encodeSegment(segment, redact));
  Object.assign(timeline, createTimeline());
  return documents;
}
