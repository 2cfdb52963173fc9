import { RearguardError } from '../../../core/errors.ts';
import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogFormat } from './format.ts';
import { formatNamed, LOG_FORMATS } from './formats/index.ts';
import { createLineFramer, type Encoding } from './framing/lines.ts';
import { createReaderCounters } from './reading/counters.ts';
import { createLanes, type LanesState } from './reading/lanes.ts';
import { createSample } from './reading/sample.ts';
import { createLaneLine, type LaneLine } from './reading/lane-line.ts';
import { readerReport } from './reading/reader-report.ts';
import { findWrapper, WRAPPER_SAMPLE_LINES, WRAPPERS } from './wrappers/find-wrapper.ts';
import type { Unwrapped, Wrapper } from './wrappers/wrapper.ts';

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

/** JSON. Version 1. */
interface ReaderState {
  version: 1;
  encoding: Encoding | null;
  /** Undefined while it is not known; null for bare lines. */
  wrapper?: string | null;
  /** Lines before it were given out, apart from those of lanes that say otherwise. */
  atByte: number;
  lanes: LanesState;
}

/** Lanes are looked at for what has been pending for too long at every so many bytes of the stream, wherever its chunks end. */
const SWEEP_BYTES = 64 * 1024;

/** A reader for one stream. Throws E_LOG_FORMAT for a format nobody knows. */
export function createRecordReader(options: RecordReaderOptions): RecordReader {
  const fixedFormat = options.format === undefined ? null : knownFormat(options.format);
  const resume = resumeState(options.resume);
  const counters = createReaderCounters();
  const line = createLaneLine();
  const wrapperSample = createSample();
  let isWrapperKnown = resume?.wrapper !== undefined;
  let wrapper: Wrapper | null =
    resume?.wrapper === undefined
      ? null
      : (WRAPPERS.find((kind) => kind.name === resume.wrapper)?.create() ?? null);
  let chunk: Buffer | null = null;
  let nextSweep = 0;
  const givenBefore = resume?.atByte ?? 0;

  const lanes = createLanes({
    fixedFormat: () => (wrapper?.innerFormat === undefined ? fixedFormat : formatNamed(wrapper.innerFormat)),
    modifiedMs: options.modifiedMs,
    zoneOffsetMinutes: options.zoneOffsetMinutes,
    counters,
    onRecord: options.onRecord,
    wrapperFields: (lane, sink) => wrapper?.fields(lane, sink),
    resume: resume?.lanes ?? null,
    resumeAtByte: givenBefore,
  });

  const framer = createLineFramer(
    (bytes, start, end, atByte, nextByte, isCut) => {
      line.bytes = bytes;
      line.start = start;
      line.end = end;
      line.atByte = atByte;
      line.fileLines = 1;
      line.fileBytes = nextByte - atByte;
      line.isStable = bytes === chunk;
      line.timeMs = Number.NaN;
      line.level = 0;
      if (isCut) counters.cutLines += 1;
      if (isWrapperKnown) route(line);
      else {
        wrapperSample.add(line);
        if (wrapperSample.size >= WRAPPER_SAMPLE_LINES) decideWrapper();
      }
      if (nextByte >= nextSweep) {
        lanes.sweep(nextByte);
        nextSweep = (Math.floor(nextByte / SWEEP_BYTES) + 1) * SWEEP_BYTES;
      }
    },
    resume === null ? 0 : lowest(resume),
    resume?.encoding ?? null,
  );

  function decideWrapper(): void {
    if (wrapperSample.size === 0) return;
    isWrapperKnown = true;
    wrapper = findWrapper(wrapperSample.texts())?.create() ?? null;
    wrapperSample.drain(route);
  }

  // The line being unwrapped; the first record in it takes its place in the counts.
  let outer: LaneLine = line;

  function route(next: LaneLine): void {
    if (wrapper === null) {
      lanes.bare(next);
      return;
    }
    outer = next;
    if (!wrapper.unwrap(next.bytes, next.start, next.end, takeInner)) lanes.bare(next);
    else if (next.atByte >= givenBefore) {
      // Zero when a record took them; a batch may hold none.
      counters.lines += next.fileLines;
      counters.bytes += next.fileBytes;
    }
  }

  const inner = createLaneLine();

  function takeInner(unwrapped: Unwrapped): void {
    inner.bytes = unwrapped.bytes;
    inner.start = unwrapped.start;
    inner.end = unwrapped.end;
    inner.atByte = outer.atByte;
    inner.fileLines = outer.fileLines;
    inner.fileBytes = outer.fileBytes;
    inner.isStable = outer.isStable && unwrapped.bytes === outer.bytes;
    inner.timeMs = unwrapped.timeMs;
    inner.level = unwrapped.level;
    outer.fileLines = 0;
    outer.fileBytes = 0;
    lanes.wrapped(unwrapped.lane, unwrapped.family, inner, unwrapped.isPartial);
  }

  function pendingFromByte(): number {
    const from = wrapperSample.fromByte() ?? framer.lineFromByte();
    return Math.min(from, lanes.pendingFromByte() ?? from);
  }

  return {
    push(bytes, start, end, atByte) {
      // A Buffer's search is three times as fast as a typed array's; it ends where the chunk does.
      chunk = Buffer.from(bytes.buffer, bytes.byteOffset, end);
      framer.push(chunk, start, end, atByte);
      lanes.settle();
      chunk = null;
    },
    idle() {
      decideWrapper();
      lanes.flush();
    },
    end() {
      framer.flush();
      decideWrapper();
      lanes.flushParts();
      lanes.flush();
    },
    pendingFromByte,
    state(): ReaderState {
      return {
        version: 1,
        encoding: framer.encoding(),
        ...(isWrapperKnown ? { wrapper: wrapper?.name ?? null } : {}),
        atByte: wrapperSample.fromByte() ?? framer.lineFromByte(),
        lanes: lanes.state(),
      };
    },
    report: () => readerReport(counters, wrapper?.name ?? null, lanes, options.zoneOffsetMinutes),
  };
}

function knownFormat(name: string): LogFormat {
  const format = formatNamed(name);
  if (format !== null) return format;
  const names = LOG_FORMATS.map((each) => each.name).join(', ');
  throw new RearguardError('E_LOG_FORMAT', { format: name, names });
}

/**
 * A state of another version, or a damaged one, is as none: the stream is read from its checkpoint with a new look at it. A copy, as the lanes go on
 * with it, and whoever gave it has to find it again as it was.
 */
function resumeState(state: unknown): ReaderState | null {
  if (typeof state !== 'object' || state === null) return null;
  return (state as Partial<ReaderState>).version === 1 ? structuredClone(state as ReaderState) : null;
}

function lowest(state: ReaderState): number {
  return state.lanes.open.reduce((from, lane) => Math.min(from, lane.fromByte ?? from), state.atByte);
}
