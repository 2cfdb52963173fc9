import type { ReaderReport } from '../record-reader.ts';
import type { ReaderCounters } from './counters.ts';
import type { Lanes } from './lanes.ts';

/** What a reader has counted and assumed so far. */
export function readerReport(
  counters: ReaderCounters,
  wrapper: string | null,
  lanes: Lanes,
  zoneOffsetMinutes: number,
): ReaderReport {
  const contexts = lanes.contexts();
  const assumptions: string[] = [];
  if (contexts.some((context) => context.assumedZone)) {
    assumptions.push(`times without a zone are read as ${zoneName(zoneOffsetMinutes)}`);
  }
  if (contexts.some((context) => context.assumedYear)) assumptions.push("years come from the file's date");
  return { format: lanes.formats()[0] ?? null, wrapper, ...counters, assumptions };
}

function zoneName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const pad = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${pad(hours)}:${pad(rest)}`;
}
