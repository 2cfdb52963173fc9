import type { LogLevel } from '../../../core/log/level.ts';
import { addAttributes, wantsAttributes } from '../analyze/segments/attributes.ts';
import { addCount } from '../analyze/segments/counts.ts';
import { takeTitle, type GroupTally } from '../analyze/segments/groups.ts';
import { addSample, wantsSample } from '../analyze/segments/samples.ts';
import { groupIn, type Segment } from '../analyze/segments/segment.ts';
import type { PlacedRecord, RecordContext } from './error-record.ts';
import { sampleOf } from './record-sample.ts';

/**
 * Records that are no errors: nearly all of them, so they are counted by the index of their shape while the minute lasts, and go to their groups only
 * at its end. What the first of a minute looks up serves the others.
 */
export interface PlainRecords {
  /** Hot. `segment` and minute are the same for all until `flush`. */
  add(segment: Segment, record: PlacedRecord): void;
  flush(segment: Segment, minute: number): void;
}

export function createPlainRecords(context: RecordContext, shapes: number): PlainRecords {
  const { keys, fieldsOf, counters } = context;
  const counts = new Uint32Array(shapes + 1);
  const firstMs = new Float64Array(shapes + 1);
  const lastMs = new Float64Array(shapes + 1);
  const levels = new Uint8Array(shapes + 1);
  /** Null: past the cap of groups. */
  const tallies: (GroupTally | null)[] = [];
  const touched: number[] = [];

  const begin = (segment: Segment, shape: number, record: PlacedRecord): void => {
    touched.push(shape);
    firstMs[shape] = record.atMs;
    lastMs[shape] = record.atMs;
    levels[shape] = record.view.level;
    tallies[shape] = groupIn(segment, keys.messageGroup(shape), false);
  };

  const keep = (tally: GroupTally, record: PlacedRecord): void => {
    const { view, format, shape, atMs, rank } = record;
    if (atMs <= tally.firstMs) {
      takeTitle(tally, { title: keys.titleOf(view, shape), culprit: keys.loggerOf(view), firstMs: atMs });
      tally.firstMs = atMs;
    }
    if (wantsSample(tally.samples, atMs, rank))
      addSample(tally.samples, sampleOf(record, fieldsOf(view, format)));
  };

  return {
    add(segment, record) {
      const { shape, atMs, rank, view, format } = record;
      if (counts[shape] === 0) begin(segment, shape, record);
      counts[shape] = (counts[shape] ?? 0) + 1;
      if (atMs < (firstMs[shape] ?? 0)) firstMs[shape] = atMs;
      if (atMs > (lastMs[shape] ?? 0)) lastMs[shape] = atMs;
      if (view.level > (levels[shape] ?? 0)) levels[shape] = view.level;
      const tally = tallies[shape] ?? null;
      if (tally === null) counters.overflowed += 1;
      else keep(tally, record);
      if (wantsAttributes(segment.traffic, atMs, rank)) {
        const { counted } = fieldsOf(view, format);
        segment.trafficAttributes += addAttributes(segment.traffic, { rank, atMs, fields: counted });
      }
    },
    flush(segment, minute) {
      for (const shape of touched) {
        const count = counts[shape] ?? 0;
        counts[shape] = 0;
        const tally = tallies[shape] ?? null;
        tallies[shape] = null;
        if (tally === null) {
          addCount(segment.overflow.records, minute, count);
          continue;
        }
        addCount(tally.minutes, minute, count);
        tally.firstMs = Math.min(tally.firstMs, firstMs[shape] ?? 0);
        tally.lastMs = Math.max(tally.lastMs, lastMs[shape] ?? 0);
        tally.level = Math.max(tally.level, levels[shape] ?? 0) as LogLevel;
      }
      touched.length = 0;
    },
  };
}
