import type { LogLevel } from '../../../../core/log/level.ts';

/** One line as it comes to a lane. One object per reader, filled anew. */
export interface LaneLine {
  bytes: Buffer;
  start: number;
  end: number;
  /** Content offset, and how many lines and bytes of the file are in it (0 for the second record of a batch). */
  atByte: number;
  fileLines: number;
  fileBytes: number;
  /** The bytes stay as they are until `settle`. */
  isStable: boolean;
  /** What the wrapper says. */
  timeMs: number;
  level: LogLevel;
}

export function createLaneLine(): LaneLine {
  return {
    bytes: Buffer.alloc(0),
    start: 0,
    end: 0,
    atByte: 0,
    fileLines: 0,
    fileBytes: 0,
    isStable: false,
    timeMs: Number.NaN,
    level: 0,
  };
}
