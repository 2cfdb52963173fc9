import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';

/** Sums over all records; of several threads they add up. */
export interface AggregateCounters {
  records: number;
  errors: number;
  withoutTime: number;
  /** Records of before and of after the range, which were left out. */
  early: number;
  late: number;
  /** Records whose shape or whose group was past a cap: they count in the totals, and as one group. */
  overflowed: number;
}

/** What the records of one stream have in common. */
export interface RecordStream {
  name: string;
  /** Hash of the name. */
  hash: number;
  /** Time of the last record that said one; before the first, that of the file, or now. */
  lastMs: number;
}

export interface Aggregate {
  /** Hot. */
  add(stream: RecordStream, view: RecordView, format: LogFormat): void;
  /** What was added since the last time. */
  take(): SegmentDocument[];
  readonly counters: AggregateCounters;
}
