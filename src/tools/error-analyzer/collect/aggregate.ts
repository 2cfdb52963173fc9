import { LEVEL } from '../../../core/log/level.ts';
import type { RecordView } from '../../../core/log/record-view.ts';
import { withoutPersonalData } from '../../../core/personal-data.ts';
import type { Redactor } from '../../../core/redact.ts';
import type { ExceptionKeyOptions } from '../analyze/exception/key.ts';
import { settleAttributes } from '../analyze/segments/attributes.ts';
import { addCount } from '../analyze/segments/counts.ts';
import { rankOf } from '../analyze/segments/hash.ts';
import { fitSegment, type Segment } from '../analyze/segments/segment.ts';
import { createTimeline, fitTimeline, segmentAt, takeSegments } from '../analyze/segments/timeline.ts';
import { createShapeTable } from '../analyze/shape/table.ts';
import { OVERFLOW_SHAPE } from '../analyze/shape/types.ts';
import type { Aggregate, AggregateCounters } from './aggregate-types.ts';
import { addErrorRecord, createPlacedRecord, type RecordContext } from './error-record.ts';
import { createPlainRecords } from './plain-records.ts';
import { createFieldReader } from './record-fields.ts';
import { createRecordKeys } from './record-keys.ts';
import { saysTime } from './record-time.ts';
import { MINUTE_MS } from '../analyze/minutes.ts';

/** Shapes that one thread tells apart, about 1 KB each with their groups. */
const SHAPES = 32_768;

export interface AggregateOptions {
  /** `toMs` is exclusive. */
  range: { fromMs: number; toMs: number };
  redact: Redactor;
  exceptions: ExceptionKeyOptions;
}

/** Records in, segments out, in bounded memory. */
export function createAggregate({ range, exceptions, ...options }: AggregateOptions): Aggregate {
  const redact = withoutPersonalData(options.redact);
  const table = createShapeTable({ capacity: SHAPES });
  const keys = createRecordKeys({ table, redact, exceptions });
  const fieldsOf = createFieldReader(redact);
  const counters: AggregateCounters = {
    records: 0,
    errors: 0,
    withoutTime: 0,
    early: 0,
    late: 0,
    overflowed: 0,
  };
  const timeline = createTimeline();
  const context: RecordContext = { keys, fieldsOf, counters };
  const plain = createPlainRecords(context, SHAPES);
  /** One object for all records: none of them is kept. */
  const record = createPlacedRecord();

  /** The minute that is being counted, in a segment that stays the same meanwhile. */
  let minute = Number.NaN;
  let minuteFromMs = Number.NaN;
  let minuteToMs = Number.NaN;
  let segment: Segment | null = null;
  /** The last one, whose sampled records may not have been read yet. */
  let lastSegment: Segment | null = null;
  let groupsBefore = 0;
  let recordsOfMinute = 0;
  let errorsOfMinute = 0;

  const openMinute = (atMs: number): Segment => {
    const opened = segmentAt(timeline, atMs);
    if (opened !== lastSegment) {
      // What waits to be read is of one segment at most: it holds bytes of records.
      if (lastSegment !== null) settleAttributes(lastSegment.traffic);
      lastSegment = opened;
    }
    minute = Math.floor(atMs / MINUTE_MS);
    minuteFromMs = minute * MINUTE_MS;
    minuteToMs = minuteFromMs + MINUTE_MS;
    groupsBefore = groupCount(opened);
    segment = opened;
    return opened;
  };

  const closeMinute = (): void => {
    if (segment === null) return;
    plain.flush(segment, minute);
    addCount(segment.records, minute, recordsOfMinute);
    if (errorsOfMinute > 0) addCount(segment.errors, minute, errorsOfMinute);
    recordsOfMinute = 0;
    errorsOfMinute = 0;
    fitSegment(segment);
    if (groupCount(segment) !== groupsBefore) fitTimeline(timeline);
    segment = null;
  };

  return {
    counters,
    add(stream, view, format) {
      let atMs = view.timeMs;
      const timeless = !saysTime(atMs);
      if (timeless) {
        counters.withoutTime += 1;
        atMs = stream.lastMs;
      } else stream.lastMs = atMs;
      if (atMs < range.fromMs || atMs >= range.toMs) {
        if (atMs < range.fromMs) counters.early += 1;
        else counters.late += 1;
        return;
      }
      let current = segment;
      if (current === null || atMs < minuteFromMs || atMs >= minuteToMs) {
        closeMinute();
        current = openMinute(atMs);
      }
      counters.records += 1;
      recordsOfMinute += 1;
      record.stream = stream.name;
      record.view = view;
      record.format = format;
      record.shape = keys.shapeIndex(view);
      if (record.shape === OVERFLOW_SHAPE) counters.overflowed += 1;
      record.rank = rankOf(stream.hash, view.atByte, atMs);
      record.atMs = atMs;
      record.timeless = timeless;
      if (!isError(view, record.shape)) {
        plain.add(current, record);
        return;
      }
      counters.errors += 1;
      errorsOfMinute += 1;
      addErrorRecord(context, current, record);
    },
    take() {
      closeMinute();
      lastSegment = null;
      return takeSegments(timeline, redact);
    },
  };

  /** Errors are what says so by its level or by an exception; without a level, by its words. */
  function isError({ level, stack, exceptionType }: RecordView, shape: number): boolean {
    if (level >= LEVEL.error || stack.start < stack.end || exceptionType.start < exceptionType.end)
      return true;
    return level === LEVEL.unknown && keys.saysFailure(shape);
  }
}

function groupCount({ errorGroups, plainGroups }: Segment): number {
  return errorGroups.byId.size + plainGroups.byId.size;
}
