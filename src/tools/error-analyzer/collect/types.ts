import type { Redactor } from '../../../core/redact.ts';
import type { ComputeThreads } from '../../../platform/compute/types.ts';
import type {
  LogCheckpoint,
  LogNotice,
  LogSources,
  ReadLogsOptions,
} from '../../../platform/log-source/types.ts';
import type { ReaderReport } from '../../_shared/logs/record-reader.ts';
import type { ExceptionKeyOptions } from '../analyze/exception/key.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import type { AggregateCounters } from './aggregate-types.ts';

export interface IngestOptions {
  sources: LogSources;
  read: ReadLogsOptions;
  /** Name of a format, instead of looking at a sample. */
  format?: string;
  /** Minutes east of UTC for times without a zone. */
  zoneOffsetMinutes: number;
  /** Records of other times are counted and left out. `toMs` is exclusive. */
  range: { fromMs: number; toMs: number };
  /** Takes secrets out of whatever is kept, and personal data goes with them; keys are made before, so it changes no group. */
  redact: Redactor;
  /** Epoch ms: what records of a program or of stdin are dated by that say no time. */
  nowMs: () => number;
  /** Which frames are the application's own; its rules. */
  exceptions?: ExceptionKeyOptions;
  /** With threads, streams are read by `workers` of them once they are large enough; without, or with fewer than two, on this one. */
  threads?: ComputeThreads;
  workers?: number;
  /** Files of fewer bytes, and fewer in all, are read on this thread; 48 MiB when left out, as threads take time to start. */
  threadsFromBytes?: number;
  /**
   * Takes what was read since the batch before, with where each stream stands after it. False: somebody else has read the streams on, and reading ends.
   * Without it everything is in the result.
   */
  onBatch?: (batch: IngestBatch) => boolean | Promise<boolean>;
  /** A batch is due after so many bytes; 1 GiB when left out. */
  batchBytes?: number;
  /** In follow, also after so many ms, and as soon as a stream falls silent; 10 s when left out. */
  batchMs?: number;
  onNotice?: (notice: LogNotice) => void;
  /** Called after each chunk. */
  onProgress?: (bytes: number) => void;
}

export interface IngestBatch {
  segments: readonly SegmentDocument[];
  checkpoints: readonly CheckpointStep[];
}

/** How far a stream was before and is now. */
export interface CheckpointStep {
  before: LogCheckpoint | null;
  after: LogCheckpoint;
}

export interface IngestResult extends IngestBatch {
  report: IngestReport;
}

/** What was read, and what could not be. */
export interface ReadingReport extends Pick<AggregateCounters, 'records' | 'withoutTime' | 'overflowed'> {
  lines: number;
  bytes: number;
  streams: readonly StreamReport[];
  /** Another process has read the same streams on meanwhile, so reading ended; what it had not taken is lost to this run, not to the logs. */
  superseded: boolean;
}

/** ... and what was made of it: everything that was left out or cut has a counter here. */
export interface IngestReport extends ReadingReport, AggregateCounters {}

export interface StreamReport extends ReaderReport {
  stream: string;
  /** Where its last bytes came from. */
  location: string;
  /** Why it could not be read, or could not be read on. */
  failed: string | null;
  truncations: number;
  /** Bytes that may have gone as it was cut while it was read; null where that cannot be known. */
  lostBytesAtMost: number | null;
}
