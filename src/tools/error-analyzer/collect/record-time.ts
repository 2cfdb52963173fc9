/** Times outside are mistakes of a clock or of a format: the record is read as one without a time. */
const EARLIEST_MS = Date.UTC(1980);
const LATEST_MS = Date.UTC(2200);

/** Hot. Whether a record says when it was; one that does not is of the time of the record before it. */
export function saysTime(timeMs: number): boolean {
  return timeMs >= EARLIEST_MS && timeMs < LATEST_MS;
}
