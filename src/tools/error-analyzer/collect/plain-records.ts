import type { LogLevel } from '../../../core/log/level.ts';
import { copyRecordView } from '../../../core/log/record-view.ts';
import { addAttributes, attributeRankLimit, type AttributeEntry } from '../analyze/segments/attributes.ts';
import { addCount } from '../analyze/segments/counts.ts';
import { takeTitle, type GroupTally } from '../analyze/segments/groups.ts';
import { LIMIT } from '../analyze/segments/limits.ts';
import { rankLimit } from '../analyze/segments/ranked.ts';
import { addSample } from '../analyze/segments/samples.ts';
import { groupIn, type Segment } from '../analyze/segments/segment.ts';
import type { PlacedRecord, RecordContext } from './error-record.ts';
import { sampleOf } from './record-sample.ts';

/**
 * Records that are no errors: nearly all of them, so they are counted by the index of their shape while the minute lasts, and go to their groups only
 * at its end. What the first of a minute looks up serves the others: whether one is kept as a sample is a comparison of two numbers.
 */
export interface PlainRecords {
  /** Hot. `segment` and minute are the same for all until `flush`. */
  add(segment: Segment, record: PlacedRecord): void;
  flush(segment: Segment, minute: number): void;
}

const NO_FIELDS: Readonly<Record<string, string>> = {};

export function createPlainRecords(context: RecordContext, shapes: number): PlainRecords {
  const { keys, fieldsOf, counters } = context;
  const counts = new Uint32Array(shapes + 1);
  /** Of the group in its segment, records of before the minute included. */
  const firstMs = new Float64Array(shapes + 1);
  const lastMs = new Float64Array(shapes + 1);
  const levels = new Uint8Array(shapes + 1);
  /** A sample is taken of smaller ranks only. */
  const sampleBelow = new Float64Array(shapes + 1);
  /** Null: past the cap of groups. */
  const tallies: (GroupTally | null)[] = [];
  const touched: number[] = [];
  /** As of the first record of the minute: it only falls, so what is below it is looked at again. */
  let attributesBelow = 0;

  const begin = (segment: Segment, shape: number, record: PlacedRecord): void => {
    if (touched.length === 0) attributesBelow = attributeRankLimit(segment.traffic, record.atMs);
    touched.push(shape);
    const tally = groupIn(segment, keys.messageGroup(shape), false);
    tallies[shape] = tally;
    firstMs[shape] = tally?.firstMs ?? Number.NEGATIVE_INFINITY;
    lastMs[shape] = record.atMs;
    levels[shape] = record.view.level;
    sampleBelow[shape] = tally === null ? 0 : rankLimit(tally.samples.ranked);
  };

  /** Of one time the smaller title is taken, so equals count. */
  const keep = (tally: GroupTally, record: PlacedRecord): void => {
    const { view, format, shape, atMs, rank } = record;
    if (atMs <= tally.firstMs) {
      takeTitle(tally, { title: keys.titleOf(view, shape), culprit: keys.loggerOf(view), firstMs: atMs });
      tally.firstMs = atMs;
      firstMs[shape] = atMs;
    }
    if (rank < (sampleBelow[shape] ?? 0)) {
      addSample(tally.samples, sampleOf(record, fieldsOf(view, format)));
      sampleBelow[shape] = rankLimit(tally.samples.ranked);
    }
  };

  const keepAttributes = (segment: Segment, { view, format, atMs, rank }: PlacedRecord): void => {
    const isNow = format.hasPassingFields === true || view.raw.end - view.raw.start > LIMIT.sampleBytes;
    const entry: AttributeEntry = { rank, atMs, fields: isNow ? fieldsOf(view, format).counted : NO_FIELDS };
    if (!isNow) {
      const record = copyRecordView(view);
      entry.settle = () => {
        entry.fields = fieldsOf(record, format).counted;
        delete entry.settle;
      };
    }
    segment.trafficAttributes += addAttributes(segment.traffic, entry);
    attributesBelow = attributeRankLimit(segment.traffic, atMs);
  };

  return {
    add(segment, record) {
      const { shape, atMs, rank, view } = record;
      const count = counts[shape]!;
      if (count === 0) begin(segment, shape, record);
      counts[shape] = count + 1;
      if (atMs > lastMs[shape]!) lastMs[shape] = atMs;
      if (view.level > levels[shape]!) levels[shape] = view.level;
      if (atMs <= firstMs[shape]! || rank < sampleBelow[shape]!) {
        const tally = tallies[shape];
        if (tally !== null && tally !== undefined) keep(tally, record);
      }
      if (rank < attributesBelow) keepAttributes(segment, record);
    },
    flush(segment, minute) {
      for (const shape of touched) {
        const count = counts[shape] ?? 0;
        counts[shape] = 0;
        const tally = tallies[shape] ?? null;
        tallies[shape] = null;
        if (tally === null) {
          counters.overflowed += count;
          addCount(segment.overflow.records, minute, count);
          continue;
        }
        addCount(tally.minutes, minute, count);
        tally.lastMs = Math.max(tally.lastMs, lastMs[shape] ?? 0);
        tally.level = Math.max(tally.level, levels[shape] ?? 0) as LogLevel;
      }
      touched.length = 0;
    },
  };
}
