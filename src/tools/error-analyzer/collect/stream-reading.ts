import type { FileIdentity, LogCheckpoint, LogChunk, LogStream } from '../../../platform/log-source/types.ts';
import {
  createRecordReader,
  type ReaderReport,
  type RecordReader,
} from '../../_shared/logs/record-reader.ts';
import { hashText } from '../analyze/segments/hash.ts';
import type { Aggregate, RecordStream } from './aggregate-types.ts';
import { addReports, EMPTY_REPORT } from './reader-reports.ts';
import type { StreamReport } from './types.ts';

/** One stream while it is read: file after file of a rotated set, each with a reader of its own. */
export interface StreamReading {
  name: string;
  take(chunk: LogChunk): void;
  idle(): void;
  end(atByte: number, file: FileIdentity | null): void;
  truncated(lostBytesAtMost: number | null): void;
  failed(reason: string): void;
  /** Where it stands now; null while nothing of it was read. */
  checkpoint(): LogCheckpoint | null;
  report(): StreamReport;
}

export interface StreamReadingOptions {
  stream: LogStream;
  /** Takes the records. */
  aggregate: Pick<Aggregate, 'add'>;
  format: string | undefined;
  zoneOffsetMinutes: number;
  nowMs: number;
  /** Where it stood at the end of an earlier run. */
  resume: LogCheckpoint | null;
}

/** JSON; `reader` of a checkpoint. */
interface ReadingState {
  reader: unknown;
  /** Of the record before, for records that say no time. */
  lastMs: number;
}

export function createStreamReading(options: StreamReadingOptions): StreamReading {
  const { aggregate, format, zoneOffsetMinutes, nowMs } = options;
  const { name } = options.stream;
  const records: RecordStream = { name, hash: hashText(name), lastMs: options.stream.modifiedMs ?? nowMs };
  let { location } = options.stream;
  let reader: RecordReader | null = null;
  let file: FileIdentity | null = null;
  let atByte = 0;
  let isTouched = false;
  let resume = options.resume;
  /** Of programs: where the chunks begin that may not be folded whole. */
  let cursors: { atByte: number; cursor: string }[] = [];
  let finished: ReaderReport = EMPTY_REPORT;
  let failure: string | null = null;
  let truncations = 0;
  let lostBytes: number | null = 0;

  const open = (chunk: LogChunk): RecordReader => {
    const modifiedMs = chunk.stream.modifiedMs ?? nowMs;
    const state = resume?.atByte === chunk.atByte ? readingState(resume.reader) : null;
    resume = null;
    records.lastMs = state?.lastMs ?? modifiedMs;
    return createRecordReader({
      ...(format === undefined ? {} : { format }),
      zoneOffsetMinutes,
      modifiedMs,
      onRecord: (view, known) => aggregate.add(records, view, known),
      ...(state === null ? {} : { resume: state.reader }),
    });
  };

  const close = (): void => {
    if (reader === null) return;
    reader.end();
    finished = addReports(finished, reader.report());
    reader = null;
    cursors = [];
  };

  return {
    name,
    take(chunk) {
      const { bytes, cursor } = chunk;
      if (reader !== null && isOther(chunk, file, atByte)) close();
      reader ??= open(chunk);
      isTouched = true;
      ({ location } = chunk.stream);
      ({ file } = chunk);
      if (cursor !== undefined) cursors.push({ atByte: chunk.atByte, cursor });
      reader.push(bytes, 0, bytes.length, chunk.atByte);
      atByte = chunk.atByte + bytes.length;
    },
    idle: () => reader?.idle(),
    end(endByte, endFile) {
      close();
      isTouched ||= endFile !== null;
      atByte = endByte;
      file = endFile;
    },
    truncated(lost) {
      close();
      truncations += 1;
      lostBytes = lost === null || lostBytes === null ? null : lostBytes + lost;
    },
    failed(reason) {
      failure = reason;
    },
    checkpoint() {
      if (!isTouched) return null;
      const from = reader?.pendingFromByte() ?? atByte;
      while (cursors[1] !== undefined && cursors[1].atByte <= from) cursors.shift();
      const state: ReadingState | null =
        reader === null ? null : { reader: reader.state(), lastMs: records.lastMs };
      return { stream: name, atByte: from, file, cursor: cursors[0]?.cursor ?? null, reader: state };
    },
    report: () => ({
      ...(reader === null ? finished : addReports(finished, reader.report())),
      stream: name,
      location,
      failed: failure,
      truncations,
      lostBytesAtMost: lostBytes,
    }),
  };
}

/** Bytes that do not go on where the last ones ended: of another file, or of the same one anew. */
function isOther(chunk: LogChunk, file: FileIdentity | null, atByte: number): boolean {
  return chunk.atByte !== atByte || (chunk.file?.prefixHash !== file?.prefixHash && chunk.atByte === 0);
}

function readingState(state: unknown): ReadingState | null {
  if (typeof state !== 'object' || state === null || !('lastMs' in state) || !('reader' in state))
    return null;
  return typeof state.lastMs === 'number' ? { reader: state.reader, lastMs: state.lastMs } : null;
}
