import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from './format.ts';

export interface RecordReaderOptions {
  /** Name of a format, instead of looking at a sample. */
  format?: string;
  /** Minutes east of UTC for times without a zone. */
  zoneOffsetMinutes: number;
  /** Epoch ms of the file's last change, or of the run's begin. */
  modifiedMs: number;
  /** Called for each record, in the order of the stream. `format` reads its fields when somebody wants them. */
  onRecord: (view: RecordView, format: LogFormat) => void;
  /** State of an earlier reader of the same stream. */
  resume?: unknown;
}

/**
 * Bytes of one stream in, records out: encoding, lines, wrappers of containers and of the journal, joining of lines (per container and stream
 * within), the format. Memory is bounded whatever comes: a line past 64 KiB and a record past 500 lines or 256 KiB are cut, counted and reported.
 */
export interface RecordReader {
  /** Hot. `atByte`: content offset of the first byte. */
  push(bytes: Uint8Array, start: number, end: number, atByte: number): void;
  /** Nothing came for a while: gives out what is pending, but keeps half a line. */
  idle(): void;
  /** The stream ended: gives out everything, a last line without its end included. */
  end(): void;
  /** Content offset of the first byte that no record given out holds: where a checkpoint stands. */
  pendingFromByte(): number;
  /** JSON; what `resume` wants. Only meaningful together with pendingFromByte(). */
  state(): unknown;
  report(): ReaderReport;
}

/** Sums merge over readers. */
export interface ReaderReport {
  /** Null while nothing could be told. */
  format: string | null;
  /** Container format around it: docker, cri, journal. */
  wrapper: string | null;
  lines: number;
  bytes: number;
  records: number;
  /** Records whose decoder said no: counted and grouped as plain text. */
  undecoded: number;
  withoutTime: number;
  cutLines: number;
  cutRecords: number;
  /** Said to people: `times without a zone are read as UTC`, `years come from the file's date`. */
  assumptions: readonly string[];
}
