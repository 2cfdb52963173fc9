import { LEVEL } from '../../../../core/log/level.ts';
import { createRecordView, type RecordView, setSlice } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { FALLBACK_FORMAT, formatNamed, LOG_FORMATS } from '../formats/index.ts';
import { json } from '../formats/json.ts';
import { beginRecord } from '../formats/support/body.ts';
import { append, clear, createByteBuffer } from '../framing/byte-buffer.ts';
import { LINE_CAP_BYTES } from '../framing/caps.ts';
import { createDecodeContext } from '../time/decode-context.ts';
import type { YearState } from '../time/year-clock.ts';
import { createTraceJoiner, TRACE_LINE } from '../trace/joiner.ts';
import type { ReaderCounters } from './counters.ts';
import { detectFormat } from './detect-format.ts';
import { createDriftState, type DriftState, hasDrifted, lookedAgain } from './drift.ts';
import {
  closeRecord,
  continueRecord,
  createPendingRecord,
  openRecord,
  settleRecord,
} from './pending-record.ts';
import { createLaneLine, type LaneLine } from './lane-line.ts';
import { createSample } from './sample.ts';

/** Lines that belong to a record only because they begin none; more of them than this, and the format is looked at again. */
const UNEXPLAINED_LINES = 50;

export interface LaneOptions {
  /** Fixed by the user; null to find it. */
  fixedFormat: LogFormat | null;
  /** Found for a lane of the same program before; looked at again when records do not fit. */
  likelyFormat: LogFormat | null;
  modifiedMs: number;
  zoneOffsetMinutes: number;
  counters: ReaderCounters;
  onRecord: (view: RecordView, format: LogFormat) => void;
  onFormat: (format: LogFormat) => void;
  /** Fields that a wrapper adds; null without one. */
  wrapperFields: ((sink: (name: string, value: string) => void) => void) | null;
  resume: LaneState | null;
}

/** JSON: what a lane must know to go on as if it had never stopped. */
export interface LaneState {
  format: string | null;
  /** What the format was before it is looked at again. */
  previous: string | null;
  years: YearState;
  drift: DriftState;
}

/**
 * One stream of lines of one writer, within the stream of bytes: all of a plain file, one container's stdout, one unit of the journal. Lines become
 * records here and are never joined with those of another lane.
 */
export interface Lane {
  /** Hot. */
  line(line: LaneLine): void;
  /** A line that goes on in the next one. */
  part(line: LaneLine): void;
  /** The chunk goes away: what is pending is copied. */
  settle(): void;
  /** Gives out what is pending. */
  flush(): void;
  /** Parts of a line whose end never came. */
  flushParts(): void;
  /** Content offset of the first line that is not given out; null when there is none. */
  pendingFromByte(): number | null;
  state(): LaneState;
  /** Records given out while a format held, by its name. */
  formats(): ReadonlyMap<string, { readonly records: number }>;
  context: DecodeContext;
}

export function createLane(options: LaneOptions): Lane {
  const { counters, onRecord } = options;
  const context = createDecodeContext({
    modifiedMs: options.modifiedMs,
    zoneOffsetMinutes: options.zoneOffsetMinutes,
    ...(options.resume === null ? {} : { years: options.resume.years }),
  });
  const drift = options.resume?.drift ?? createDriftState();
  const view = createRecordView();
  const pending = createPendingRecord();
  const joiner = createTraceJoiner();
  const sample = createSample();
  const parts = createByteBuffer();
  let partsFrom: number | null = null;
  let partsLines = 0;
  let partsBytes = 0;
  const givenIn = new Map<string, { records: number }>();
  let given = { records: 0 };
  let previous = namedOrNull(options.resume?.previous ?? null);
  let format: LogFormat | null = null;
  let shown: LogFormat = FALLBACK_FORMAT;
  const shownFallback = withFields(FALLBACK_FORMAT, options.wrapperFields);
  const shownJson = withFields(json, options.wrapperFields);
  const fromBefore =
    options.fixedFormat ?? namedOrNull(options.resume?.format ?? null) ?? options.likelyFormat;
  if (fromBefore !== null) use(fromBefore);

  function use(found: LogFormat): void {
    given = givenIn.get(found.name) ?? { records: 0 };
    givenIn.set(found.name, given);
    format = found;
    shown = withFields(found, options.wrapperFields);
    options.onFormat(found);
  }

  function line(next: LaneLine): void {
    if (partsFrom !== null) {
      endParts(next);
      return;
    }
    if (format === null) {
      sample.add(next);
      if (sample.isFull()) decide();
      return;
    }
    assemble(next, format);
  }

  function assemble(next: LaneLine, known: LogFormat): void {
    const { bytes, start, end } = next;
    const starts = known.startsRecord(bytes, start, end);
    if (known === FALLBACK_FORMAT || (!starts && (!pending.isOpen || pending.isStray))) {
      assemblePlain(next, known, starts);
      return;
    }
    if (starts) {
      if (pending.isOpen) {
        if (pending.lines > 1) joiner.reset();
        give();
        if (format === null) {
          line(next);
          return;
        }
      }
      open(next);
      if (known.oneLine === true) give();
      return;
    }
    if (isJsonLine(bytes, start, end)) {
      // Another writer's record between those of text, not a part of one.
      give();
      if (format === null) line(next);
      else openStray(next);
      return;
    }
    addTo(next);
    // What is indented, or of a trace, belongs to the record; of other lines only some do.
    const verdict = joiner.line(bytes, start, end);
    if (verdict === TRACE_LINE.none && start < end && bytes[start]! > 0x20) {
      pending.unexplained += 1;
      if (pending.unexplained > UNEXPLAINED_LINES && options.fixedFormat === null) {
        give();
        lookAgain();
      }
    }
  }

  /** Text without a header: what is not indented and not of a trace begins a record. */
  function assemblePlain(next: LaneLine, known: LogFormat, startsKnown: boolean): void {
    const { bytes, start, end } = next;
    const verdict = joiner.line(bytes, start, end);
    const starts = known === FALLBACK_FORMAT ? startsKnown : FALLBACK_FORMAT.startsRecord(bytes, start, end);
    if (pending.isOpen && (!starts || verdict === TRACE_LINE.continues)) {
      addTo(next);
      return;
    }
    if (pending.isOpen) {
      give();
      if (format === null) {
        line(next);
        return;
      }
    }
    if (isBlank(bytes, start, end)) {
      counters.lines += next.fileLines;
      counters.bytes += next.fileBytes;
      return;
    }
    openStray(next);
  }

  function openStray(next: LaneLine): void {
    open(next);
    pending.isStray = true;
  }

  function open(next: LaneLine): void {
    openRecord(pending, next.bytes, next.start, next.end, next.atByte, next.isStable);
    pending.fileLines = next.fileLines;
    pending.fileBytes = next.fileBytes;
    pending.timeMs = next.timeMs;
    pending.level = next.level;
  }

  function addTo(next: LaneLine): void {
    continueRecord(pending, next.bytes, next.start, next.end);
    pending.fileLines += next.fileLines;
    pending.fileBytes += next.fileBytes;
  }

  function give(): void {
    counters.lines += pending.fileLines;
    counters.bytes += pending.fileBytes;
    counters.records += 1;
    given.records += 1;
    if (pending.isCut) counters.cutRecords += 1;
    const reading = decode();
    if (Number.isNaN(view.timeMs)) {
      view.timeMs = pending.timeMs;
      if (Number.isNaN(view.timeMs)) counters.withoutTime += 1;
    }
    if (view.level === LEVEL.unknown) view.level = pending.level;
    onRecord(view, reading);
    closeRecord(pending);
    // Text is what nothing fitted, perhaps only because a program's first words were looked at: it is doubted as a matter of course.
    const isDoubted = reading !== shown || format === FALLBACK_FORMAT;
    if (options.fixedFormat === null && hasDrifted(drift, isDoubted)) lookAgain();
  }

  /** Fills the view. The format that did: the stream's, or where that does not know the record, JSON or text. */
  function decode(): LogFormat {
    const { bytes, start } = pending;
    let { end } = pending;
    while (end > start && bytes[end - 1]! <= 0x20) end -= 1;
    beginRecord(view);
    setSlice(view.raw, bytes, start, end);
    view.lines = pending.lines;
    view.atByte = pending.atByte;
    const known = format ?? FALLBACK_FORMAT;
    if (known !== FALLBACK_FORMAT && !pending.isStray && known.decode(view, context)) return shown;
    if (pending.lines === 1 && isJsonLine(bytes, start, end) && json.decode(view, context)) return shownJson;
    if (known !== FALLBACK_FORMAT) counters.undecoded += 1;
    beginRecord(view);
    FALLBACK_FORMAT.decode(view, context);
    return known === FALLBACK_FORMAT ? shown : shownFallback;
  }

  function lookAgain(): void {
    previous = format;
    format = null;
  }

  function decide(): void {
    if (sample.size === 0) return;
    const found = detectFormat(sample.texts(), LOG_FORMATS, FALLBACK_FORMAT) ?? FALLBACK_FORMAT;
    if (previous !== null) lookedAgain(drift, found === previous);
    previous = null;
    use(found);
    sample.drain(line);
  }

  function part(next: LaneLine): void {
    partsFrom ??= next.atByte;
    partsLines += next.fileLines;
    partsBytes += next.fileBytes;
    const room = LINE_CAP_BYTES + 1 - parts.length;
    append(parts, next.bytes, next.start, Math.min(next.end, next.start + Math.max(0, room)));
  }

  function endParts(last: LaneLine): void {
    const atByte = partsFrom ?? last.atByte;
    part(last);
    partsFrom = null;
    const isCut = parts.length > LINE_CAP_BYTES;
    if (isCut) counters.cutLines += 1;
    line({
      ...last,
      bytes: parts.bytes,
      start: 0,
      end: isCut ? LINE_CAP_BYTES : parts.length,
      atByte,
      fileLines: partsLines,
      fileBytes: partsBytes,
      isStable: false,
    });
    partsLines = 0;
    partsBytes = 0;
    clear(parts);
  }

  function flush(): void {
    if (format === null) decide();
    if (pending.isOpen) give();
    joiner.reset();
  }

  return {
    line,
    part,
    flush,
    settle: () => settleRecord(pending),
    flushParts() {
      if (partsFrom === null) return;
      endParts(createLaneLine());
      flush();
    },
    pendingFromByte() {
      if (pending.isOpen) return pending.atByte;
      return sample.fromByte() ?? partsFrom;
    },
    state: () => ({
      format: format?.name ?? null,
      previous: previous?.name ?? null,
      years: context.years(),
      drift: { ...drift },
    }),
    formats: () => givenIn,
    context,
  };
}

/** A whole object with members on one line. */
function isJsonLine(bytes: Buffer, start: number, end: number): boolean {
  return end - start > 4 && bytes[start] === 0x7b && bytes[start + 1] === 0x22 && bytes[end - 1] === 0x7d;
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  while (start < end && bytes[start]! <= 0x20) start += 1;
  return start === end;
}

function namedOrNull(name: string | null): LogFormat | null {
  return name === null ? null : formatNamed(name);
}

/** The same format, with the wrapper's fields behind its own. */
function withFields(format: LogFormat, wrapperFields: LaneOptions['wrapperFields']): LogFormat {
  if (wrapperFields === null) return format;
  return {
    ...format,
    hasPassingFields: true,
    fields(view, sink) {
      format.fields(view, sink);
      wrapperFields(sink);
    },
  };
}
