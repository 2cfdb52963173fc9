import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { formatNamed } from '../formats/index.ts';
import { OPEN_LANES } from '../framing/caps.ts';
import type { ReaderCounters } from './counters.ts';
import type { LaneLine } from './lane-line.ts';
import { createLane, type Lane, type LaneState } from './lane.ts';

/** What is pending is given out when so many bytes of other lanes came meanwhile: in a stream that never rests nothing else would end it. */
const PENDING_BYTES = 1024 * 1024;
const FAMILIES = 512;

export interface LanesOptions {
  /** Said by the user, or by the wrapper; null where it is to be found. */
  fixedFormat: () => LogFormat | null;
  modifiedMs: number;
  zoneOffsetMinutes: number;
  counters: ReaderCounters;
  onRecord: (view: RecordView, format: LogFormat) => void;
  wrapperFields: (lane: string, sink: (name: string, value: string) => void) => void;
  resume: LanesState | null;
  /** Lines before it were given out, apart from those of lanes that say otherwise. */
  resumeAtByte: number;
}

/** JSON. */
export interface LanesState {
  /** Least recently used first. */
  open: readonly OpenLaneState[];
  /** Formats found for programs: `nginx.service` and `nginx-error`. */
  families: readonly (readonly [family: string, format: string])[];
}

interface OpenLaneState {
  lane: string;
  family: string;
  /** First line of it that is not given out; null when there is none. */
  fromByte: number | null;
  state: LaneState;
}

interface OpenLane {
  key: string;
  family: string;
  lane: Lane;
  /** Lines before it were given out by an earlier reader. */
  skipBelow: number;
}

/** The lanes of a stream: bounded in number, the least recently used one is given out and forgotten. */
export interface Lanes {
  /** Hot. A line that is in no wrapper. */
  bare(line: LaneLine): void;
  wrapped(key: string, family: string, line: LaneLine, isPartial: boolean): void;
  settle(): void;
  flush(): void;
  flushParts(): void;
  /** Gives out what has been pending for long, seen from a content offset. */
  sweep(atByte: number): void;
  pendingFromByte(): number | null;
  state(): LanesState;
  /** Formats that were found, that of the most records first. */
  formats(): readonly string[];
  contexts(): readonly Pick<DecodeContext, 'assumedYear' | 'assumedZone'>[];
}

const BARE = '';

export function createLanes(options: LanesOptions): Lanes {
  const open = new Map<string, OpenLane>();
  const families = new Map<string, LogFormat>();
  const assumed = { assumedYear: false, assumedZone: false };
  /** Of lanes that are forgotten: formats by records. */
  const before = new Map<string, number>();
  let last: OpenLane | null = null;

  for (const [family, name] of options.resume?.families ?? []) {
    const format = formatNamed(name);
    if (format !== null) families.set(family, format);
  }
  for (const { lane, family, fromByte, state } of options.resume?.open ?? []) {
    open.set(lane, create(lane, family, fromByte ?? options.resumeAtByte, state));
  }

  function create(key: string, family: string, skipBelow: number, resume: LaneState | null): OpenLane {
    const lane = createLane({
      fixedFormat: options.fixedFormat(),
      likelyFormat: resume === null ? (families.get(family) ?? null) : null,
      modifiedMs: options.modifiedMs,
      zoneOffsetMinutes: options.zoneOffsetMinutes,
      counters: options.counters,
      onRecord: options.onRecord,
      onFormat(format) {
        if (families.size < FAMILIES || families.has(family)) families.set(family, format);
      },
      wrapperFields: key === BARE ? null : (sink) => options.wrapperFields(key, sink),
      resume,
    });
    return { key, family, lane, skipBelow };
  }

  function laneOf(key: string, family: string): OpenLane {
    if (last !== null && last.key === key) return last;
    let lane = open.get(key);
    if (lane === undefined) {
      if (open.size >= OPEN_LANES) forget();
      lane = create(key, family, options.resumeAtByte, null);
    } else open.delete(key);
    open.set(key, lane);
    last = lane;
    return lane;
  }

  function forget(): void {
    const oldest = open.values().next().value;
    if (oldest === undefined) return;
    oldest.lane.flushParts();
    oldest.lane.flush();
    noteAssumed(oldest.lane);
    addFormats(before, oldest.lane);
    open.delete(oldest.key);
  }

  function noteAssumed(lane: Lane): void {
    assumed.assumedYear ||= lane.context.assumedYear;
    assumed.assumedZone ||= lane.context.assumedZone;
  }

  return {
    bare(line) {
      const { lane, skipBelow } = last !== null && last.key === BARE ? last : laneOf(BARE, BARE);
      if (line.atByte >= skipBelow) lane.line(line);
    },
    wrapped(key, family, line, isPartial) {
      const { lane, skipBelow } = laneOf(key, family);
      if (line.atByte < skipBelow) return;
      if (isPartial) lane.part(line);
      else lane.line(line);
    },
    settle() {
      for (const { lane } of open.values()) lane.settle();
    },
    flush() {
      // In the order of the stream, as far as lanes that wait have one.
      const waiting = [...open.values()].map(({ lane }) => ({ lane, from: lane.pendingFromByte() ?? 0 }));
      for (const { lane } of waiting.toSorted((a, b) => a.from - b.from)) lane.flush();
    },
    flushParts() {
      for (const { lane } of open.values()) lane.flushParts();
    },
    sweep(atByte) {
      if (open.size < 2) return;
      for (const { lane } of open.values()) {
        const from = lane.pendingFromByte();
        if (from !== null && from < atByte - PENDING_BYTES) lane.flush();
      }
    },
    pendingFromByte() {
      let lowest: number | null = null;
      for (const { lane } of open.values()) {
        const from = lane.pendingFromByte();
        if (from !== null && (lowest === null || from < lowest)) lowest = from;
      }
      return lowest;
    },
    state: () => ({
      open: [...open.values()].map(({ key, family, lane }) => ({
        lane: key,
        family,
        fromByte: lane.pendingFromByte(),
        state: lane.state(),
      })),
      families: [...families].map(([family, format]) => [family, format.name] as const),
    }),
    formats() {
      const all = new Map(before);
      for (const { lane } of open.values()) addFormats(all, lane);
      return [...all].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
    },
    contexts: () => [assumed, ...[...open.values()].map(({ lane }) => lane.context)],
  };
}

function addFormats(sum: Map<string, number>, lane: Lane): void {
  for (const [name, { records }] of lane.formats()) sum.set(name, (sum.get(name) ?? 0) + records);
}
