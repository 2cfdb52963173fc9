import type { Redactor } from '../../../../core/redact.ts';
import { attributesDocument, attributesOf } from './attributes.ts';
import { countsDocument, countsOf } from './counts.ts';
import { distinctDocument, distinctOf } from './distinct.ts';
import { fieldDocuments, fieldsOf } from './fields.ts';
import { releasesInOrder, type GroupDetails, type GroupTally } from './groups.ts';
import { createSamples, sampleDocument, type Samples } from './samples.ts';
import {
  countAttributes,
  createSegment,
  cutGroups,
  fitSegment,
  type GroupSet,
  type Segment,
} from './segment.ts';
import { cutTraces, traceDocuments, tracesOf } from './traces.ts';
import { SEGMENT_VERSION, type DetailsDocument, type GroupDocument, type SegmentDocument } from './types.ts';

/** The document of a segment: the same bytes for the same records, whatever way they came. */
export function encodeSegment(segment: Segment, redact: Redactor): SegmentDocument {
  cutGroups(segment, true);
  cutGroups(segment, false);
  fitSegment(segment);
  cutTraces(segment.traces);
  return {
    version: SEGMENT_VERSION,
    startMs: segment.startMs,
    widthMs: segment.widthMs,
    records: countsDocument(segment.records),
    errors: countsDocument(segment.errors),
    groups: [segment.errorGroups, segment.plainGroups].flatMap((set) => groupDocuments(set, redact)),
    overflow: {
      records: countsDocument(segment.overflow.records),
      errors: countsDocument(segment.overflow.errors),
    },
    traces: traceDocuments(segment.traces),
    traffic: attributesDocument(segment.traffic),
    attributeStep: segment.attributeStep,
  };
}

function groupDocuments({ byId }: GroupSet, redact: Redactor): GroupDocument[] {
  return [...byId.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(
      ({ id, kind, isError, shape, title, culprit, level, firstMs, lastMs, minutes, samples, details }) => ({
        id,
        kind,
        isError,
        shape: shape === null ? null : { key: shape.key, canonical: redactedShape(shape, redact) },
        title,
        culprit,
        level,
        firstMs,
        lastMs,
        minutes: countsDocument(minutes),
        newest: samples.newest.map((sample) => sampleDocument(sample, redact)),
        sampled: samples.ranked.entries.map((sample) => sampleDocument(sample, redact)),
        details: details === null ? null : detailsDocument(details),
      }),
    );
}

/** Shapes that differ by a secret still differ afterwards, as they must for tier 2 to see that this word varies. */
function redactedShape({ key, canonical }: { key: string; canonical: string }, redact: Redactor): string {
  const redacted = redact.text(canonical);
  return redacted === canonical
    ? canonical
    : redacted.replaceAll('[redacted]', `[redacted-${key.slice(0, 8)}]`);
}

function detailsDocument({ users, requests, fields, releases, attributes }: GroupDetails): DetailsDocument {
  return {
    users: distinctDocument(users),
    requests: distinctDocument(requests),
    fields: fieldDocuments(fields),
    releases: releasesInOrder(releases),
    attributes: attributesDocument(attributes),
  };
}

/** Null for the document of another version. */
export function decodeSegment(document: SegmentDocument): Segment | null {
  if (document.version !== SEGMENT_VERSION) return null;
  const segment = createSegment(document.startMs, document.widthMs);
  segment.records = countsOf(document.records);
  segment.errors = countsOf(document.errors);
  segment.overflow = {
    records: countsOf(document.overflow.records),
    errors: countsOf(document.overflow.errors),
  };
  for (const group of document.groups) {
    const set = group.isError ? segment.errorGroups : segment.plainGroups;
    set.byId.set(group.id, groupTallyOf(group));
  }
  segment.traces = tracesOf(document.traces);
  segment.traffic = attributesOf(document.traffic);
  segment.attributeStep = document.attributeStep;
  countAttributes(segment);
  return segment;
}

function groupTallyOf(group: GroupDocument): GroupTally {
  const { id, kind, isError, shape, title, culprit, level, firstMs, lastMs } = group;
  return {
    id,
    kind,
    isError,
    shape,
    title,
    culprit,
    level,
    firstMs,
    lastMs,
    minutes: countsOf(group.minutes),
    samples: samplesOf(group),
    details: group.details === null ? null : detailsOf(group.details),
  };
}

function samplesOf({ isError, newest, sampled }: GroupDocument): Samples {
  const samples = createSamples(isError);
  samples.newest.push(...newest);
  samples.ranked.entries.push(...sampled);
  return samples;
}

function detailsOf({ users, requests, fields, releases, attributes }: DetailsDocument): GroupDetails {
  return {
    users: distinctOf(users),
    requests: distinctOf(requests),
    fields: fieldsOf(fields),
    releases: new Map(releases),
    attributes: attributesOf(attributes),
  };
}
