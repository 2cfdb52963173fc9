/** A timestamp as it was read from bytes. One object per caller, filled anew each time. */
export interface TimeReading {
  /** Epoch milliseconds; NaN where there is a time of day and no date. */
  ms: number;
  /** Offset of the first byte behind it. */
  end: number;
}

export function createTimeReading(): TimeReading {
  return { ms: Number.NaN, end: 0 };
}

/** What reading a timestamp needs to know of its stream, and says of it: a part of `DecodeContext`. */
export interface TimeContext {
  yearOf(month: number): number;
  zoneOffsetMinutes: number;
  /** Set once a time named no zone, so that the report can say what was assumed. */
  assumedZone: boolean;
  /** Set once a date named no year. */
  assumedYear: boolean;
}

/** Epoch ms of a local time, given as if it were UTC, that names no zone. */
export function localTime(asUtcMs: number, context: TimeContext): number {
  context.assumedZone = true;
  return asUtcMs - context.zoneOffsetMinutes * 60_000;
}
