import type { DecodeContext } from '../format.ts';
import { createYearClock, type YearState } from './year-clock.ts';

export interface DecodeContextOptions {
  /** Epoch ms of the file's last change, or of the run's begin. */
  modifiedMs: number;
  /** Minutes east of UTC for times that name no zone. */
  zoneOffsetMinutes: number;
  /** Of an earlier context of the same stream. */
  years?: YearState;
}

/** The context of one stream, and the state of its years for the next run. */
export function createDecodeContext(options: DecodeContextOptions): DecodeContext & { years(): YearState } {
  const clock = createYearClock(options.modifiedMs, options.years);
  return {
    yearOf: clock.yearOf,
    years: clock.state,
    zoneOffsetMinutes: options.zoneOffsetMinutes,
    assumedZone: false,
    assumedYear: false,
    scratch: new Uint8Array(1_024),
  };
}
