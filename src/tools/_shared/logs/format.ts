import type { LogLevelName } from '../../../core/log/level.ts';
import type { RecordView } from '../../../core/log/record-view.ts';

/** What a decoder needs beside the bytes. One object per stream, so it may keep memos (the last date, the last offset). */
export interface DecodeContext {
  /** Year of a date without one: of the file's last change; rolls over on a fall from December to January only. */
  yearOf(month: number): number;
  /** Minutes east of UTC for local times that name no zone; what was assumed is reported. */
  zoneOffsetMinutes: number;
  /** Set by whoever read a time without a zone, or a date without a year: the reader reports it. */
  assumedZone: boolean;
  assumedYear: boolean;
  /** For unescaping; grown by whoever needs more. Valid until the next record. */
  scratch: Uint8Array;
}

/** One format of log records: how to know it, how to cut it into records and how to read one. One file each, registered in `formats/index.ts`. */
export interface LogFormat {
  /** As the report names it: `pino`, `nginx-error`. */
  name: string;
  title: string;
  /** 0 to 1: how sure one line is of being of this format; called on a sample of some hundred lines. A generic format (json, logfmt, plain) stays below a specific one. */
  score(line: string): number;
  /**
   * A record of it is one line (JSON, access logs), given out at once; lines between records are none of its own: a crash printed as plain text.
   */
  oneLine?: boolean;
  /** Hot. Whether a new record begins here; other lines belong to the record before. */
  startsRecord(bytes: Uint8Array, start: number, end: number): boolean;
  /** Hot. Fills everything but `raw` and `lines`, which are set before (`lines` 1: there is no line end in it); false when the record is not of this format, which is counted and read as plain text. */
  decode(view: RecordView, context: DecodeContext): boolean;
  /** Cold. All fields of a record, nested ones by dotted name; caps of depth and number are the caller's. Values are text, as written. */
  fields(view: RecordView, sink: (name: string, value: string) => void): void;
  /** Fields are told by what stands around the record, too (a wrapper): they can only be read while it is given out. */
  hasPassingFields?: boolean;
  /** Its documentation and its tests. */
  samples: readonly FormatSample[];
}

export interface FormatSample {
  /** One record, `\n` between its lines. */
  text: string;
  expected: {
    /** ISO 8601, or null. */
    time: string | null;
    level: LogLevelName;
    message: string;
    exceptionType?: string;
    /** First line of the stack. */
    stack?: string;
    logger?: string;
    fields?: Readonly<Record<string, string>>;
  };
}
