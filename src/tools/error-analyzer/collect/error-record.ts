import { createRecordView, type RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import { FALLBACK_FORMAT } from '../../_shared/logs/formats/index.ts';
import { addAttributes, wantsAttributes } from '../analyze/segments/attributes.ts';
import { addCount } from '../analyze/segments/counts.ts';
import { addDistinct } from '../analyze/segments/distinct.ts';
import { addField } from '../analyze/segments/fields.ts';
import { addRelease, takeTitle, type GroupTally } from '../analyze/segments/groups.ts';
import { addSample, wantsSample } from '../analyze/segments/samples.ts';
import { fitSegment, groupIn, type Segment } from '../analyze/segments/segment.ts';
import { addTrace } from '../analyze/segments/traces.ts';
import type { AggregateCounters } from './aggregate-types.ts';
import type { FieldReader, RecordFields } from './record-fields.ts';
import type { RecordKeys } from './record-keys.ts';
import { sampleOf } from './record-sample.ts';
import { MINUTE_MS } from '../analyze/minutes.ts';

export interface RecordContext {
  keys: RecordKeys;
  fieldsOf: FieldReader;
  counters: AggregateCounters;
}

export interface PlacedRecord {
  stream: string;
  view: RecordView;
  format: LogFormat;
  shape: number;
  rank: number;
  atMs: number;
  timeless: boolean;
}

export function createPlacedRecord(): PlacedRecord {
  return {
    stream: '',
    view: createRecordView(),
    format: FALLBACK_FORMAT,
    shape: 0,
    rank: 0,
    atMs: 0,
    timeless: false,
  };
}

/** Counts and keeps an error; records and errors of its minute are counted by the caller. */
export function addErrorRecord(
  { keys, fieldsOf, counters }: RecordContext,
  segment: Segment,
  record: PlacedRecord,
): void {
  const { view, format, shape, rank, atMs } = record;
  const exception = keys.exceptionGroup(view, shape);
  const identity = exception ?? keys.messageGroup(shape);
  const tally = groupIn(segment, identity, true);
  if (tally === null) {
    counters.overflowed += 1;
    const minute = Math.floor(atMs / MINUTE_MS);
    addCount(segment.overflow.records, minute, 1);
    addCount(segment.overflow.errors, minute, 1);
    return;
  }
  if (atMs <= tally.firstMs) {
    const title = exception?.title ?? keys.titleOf(view, shape);
    takeTitle(tally, { title, culprit: identity.culprit ?? keys.loggerOf(view), firstMs: atMs });
  }
  countIn(tally, record);
  const fields = fieldsOf(view, format);
  keepFields(segment, tally, record, fields);
  if (wantsSample(tally.samples, atMs, rank)) addSample(tally.samples, sampleOf(record, fields));
}

function countIn(tally: GroupTally, { view, atMs }: PlacedRecord): void {
  if (view.level > tally.level) tally.level = view.level;
  if (atMs < tally.firstMs) tally.firstMs = atMs;
  if (atMs > tally.lastMs) tally.lastMs = atMs;
  addCount(tally.minutes, Math.floor(atMs / MINUTE_MS), 1);
}

function keepFields(
  segment: Segment,
  tally: GroupTally,
  { rank, atMs }: PlacedRecord,
  fields: RecordFields,
): void {
  const { details } = tally;
  if (details === null) return;
  const { counted, user, request, trace } = fields;
  if (user !== null) addDistinct(details.users, user);
  if (request !== null || trace !== null) addDistinct(details.requests, request ?? trace ?? '');
  for (const [field, value] of Object.entries(counted)) addField(details.fields, field, value);
  if (counted['release'] !== undefined) addRelease(details.releases, counted['release'], atMs);
  if (wantsAttributes(details.attributes, atMs, rank)) {
    segment.attributes += addAttributes(details.attributes, { rank, atMs, fields: counted });
    fitSegment(segment);
  }
  const journey = trace ?? request;
  if (journey !== null) {
    const service = counted['service'] ?? counted['host'] ?? null;
    addTrace(segment.traces, journey, { group: tally.id, service, atMs, rank });
  }
}
