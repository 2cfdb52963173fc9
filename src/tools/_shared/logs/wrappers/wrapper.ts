import type { LogLevel } from '../../../../core/log/level.ts';

/** What a wrapper holds in one line. One object per reader, filled anew. */
export interface Unwrapped {
  bytes: Buffer;
  start: number;
  end: number;
  /** Which stream within the stream: `stdout`, `nginx.service[812]`. */
  lane: string;
  /** Program that writes it: lanes of one family share a format. */
  family: string;
  /** The next line of the lane goes on where this one stops, without a line end between them. */
  isPartial: boolean;
  /** Epoch milliseconds; NaN where the wrapper says none. */
  timeMs: number;
  level: LogLevel;
}

/** Takes inner lines, in their order; more than one where a document holds a batch. */
export type UnwrappedSink = (inner: Unwrapped) => void;

/** How containers and collectors write lines of others. One object per reader. */
export interface Wrapper {
  name: string;
  /** Format of all that is in it, where it can only be one. */
  innerFormat?: string;
  /** Hot. False, and nothing given out, when the line is not wrapped after all: it is read as it stands. */
  unwrap(bytes: Buffer, start: number, end: number, sink: UnwrappedSink): boolean;
  /** Cold. Fields that the wrapper adds to those of the record of a lane that is being given out. */
  fields(lane: string, sink: (name: string, value: string) => void): void;
}

export interface WrapperKind {
  name: string;
  /** Whether a line is in this wrapper; asked of the first lines. */
  matches(line: string): boolean;
  create(): Wrapper;
}

export function createUnwrapped(): Unwrapped {
  return {
    bytes: Buffer.alloc(0),
    start: 0,
    end: 0,
    lane: '',
    family: '',
    isPartial: false,
    timeMs: Number.NaN,
    level: 0,
  };
}
