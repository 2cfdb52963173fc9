import type { UsageReading } from '../../../../platform/process-usage/types.ts';
import type { ProcessSample } from '../../record.ts';

/** What the server's processes had used at one time; null when one of them could not be read. */
export interface UsageMoment {
  atMs: number;
  usage: UsageReading | null;
}

/** Of all processes together. One that has ended would look like memory that was given back, so then there is nothing. */
export function sumOfReadings(readings: readonly (UsageReading | null)[]): UsageReading | null {
  const seen = readings.filter((reading) => reading !== null);
  if (seen.length < readings.length || seen.length === 0) return null;
  const waits = seen.map(({ waitedMs }) => waitedMs);
  return {
    processorMs: sum(seen.map(({ processorMs }) => processorMs)),
    waitedMs: waits.includes(null) ? null : sum(waits.map((waitedMs) => waitedMs ?? 0)),
    residentBytes: sum(seen.map(({ residentBytes }) => residentBytes)),
  };
}

export function sampleOf(before: UsageMoment | null, { atMs, usage }: UsageMoment): ProcessSample {
  const passedMs = before === null ? 0 : atMs - before.atMs;
  const earlier = before?.usage ?? null;
  const share = (now: number | null | undefined, then: number | null | undefined): number | null =>
    typeof now === 'number' && typeof then === 'number' && passedMs > 0 ? (now - then) / passedMs : null;
  return {
    atMs,
    processor: share(usage?.processorMs, earlier?.processorMs),
    waiting: share(usage?.waitedMs, earlier?.waitedMs),
    residentBytes: usage?.residentBytes ?? null,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
