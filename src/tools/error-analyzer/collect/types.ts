import type { Redactor } from '../../../core/redact.ts';
import type { ComputeThreads } from '../../../platform/compute/types.ts';
import type {
  LogCheckpoint,
  LogNotice,
  LogSources,
  ReadLogsOptions,
} from '../../../platform/log-source/types.ts';
import type { ReaderReport } from '../../_shared/logs/record-reader.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';

export interface IngestOptions {
  sources: LogSources;
  read: ReadLogsOptions;
  /** Name of a format, instead of looking at a sample. */
  format?: string;
  /** Minutes east of UTC for times without a zone. */
  zoneOffsetMinutes: number;
  /** Records of other times are counted and left out. `toMs` is exclusive. */
  range: { fromMs: number; toMs: number };
  /** Takes secrets out of whatever is kept; keys are made before, so it changes no group. */
  redact: Redactor;
  /** Epoch ms: the time of records of a program or of stdin that say none. */
  nowMs: () => number;
  /** With threads, large streams are read by `workers` of them; without, or with fewer than two, on this thread. */
  threads?: ComputeThreads;
  workers?: number;
  /** Globs of files that are the application's own, and of those that are not; for exceptions. */
  inApp?: { include: readonly string[]; exclude: readonly string[] };
  /**
   * Takes what was read since the batch before, with where each stream stands after it. False: somebody else has read the streams on, and reading
   * ends. Without it everything is in the result.
   */
  onBatch?: (batch: IngestBatch) => boolean | Promise<boolean>;
  /** A batch is due after so many bytes (1 GiB when left out) ... */
  batchBytes?: number;
  /** ... and, where streams are followed, after so long without one (10 s when left out). */
  batchMs?: number;
  onNotice?: (notice: LogNotice) => void;
  /** Called now and then. */
  onProgress?: (report: IngestReport) => void;
}

export interface IngestBatch {
  segments: readonly SegmentDocument[];
  checkpoints: readonly { before: LogCheckpoint | null; after: LogCheckpoint }[];
}

export interface IngestResult {
  /** What no batch took. */
  segments: readonly SegmentDocument[];
  checkpoints: readonly { before: LogCheckpoint | null; after: LogCheckpoint }[];
  report: IngestReport;
}

/** Sums over all streams; everything that was left out has a counter here. */
export interface IngestReport {
  streams: readonly StreamReport[];
  lines: number;
  bytes: number;
  records: number;
  errors: number;
  withoutTime: number;
  /** Records outside the range. */
  early: number;
  late: number;
  /** Records whose shape was past the cap of shapes, or whose group was past that of groups. */
  overflowed: number;
  /** The reader was told to stop: another process has read the same streams on. */
  superseded: boolean;
}

export interface StreamReport extends ReaderReport {
  stream: string;
  /** Where the last bytes came from. */
  location: string;
  /** Why it could not be read, or could not be read on. */
  failed: string | null;
  /** Bytes that may have been lost, as the file was cut while it was read. */
  lostBytesAtMost: number;
}
