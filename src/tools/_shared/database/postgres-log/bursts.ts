import type { UnitCall } from '../unit-call.ts';
import { readEvent } from './events.ts';
import type { LogRecord } from './record.ts';

/** A pause of a connection that ends a unit of work: within a request the next statement follows sooner. */
const PAUSE_MS = 50;
const MAX_CALLS = 500_000;

export interface BurstReader {
  add(record: LogRecord): void;
  /** Calls of a log in which every statement is written with its duration. */
  calls(): readonly UnitCall[];
}

/**
 * Units of work from a log, where nothing else tells requests apart: what one connection does without a pause. A line is
 * written when its statement ends, so it began by its duration earlier.
 */
export function createBurstReader(): BurstReader {
  const calls: UnitCall[] = [];
  const connections = new Map<number, { burst: number; endMs: number }>();
  return {
    add(record) {
      if (record.processId === null || record.atMs === null || calls.length >= MAX_CALLS) return;
      const event = readEvent(record);
      if (event?.kind !== 'duration') return;
      const endMs = record.atMs;
      const startMs = endMs - event.milliseconds;
      const known = connections.get(record.processId);
      const goesOn = known !== undefined && startMs - known.endMs <= PAUSE_MS;
      const burst = known === undefined ? 0 : known.burst + (goesOn ? 0 : 1);
      connections.set(record.processId, { burst, endMs });
      calls.push({
        unit: `${record.processId} ${burst}`,
        statement: event.statement,
        identity: `${event.statement} ${record.detail ?? ''}`,
        startMs,
        endMs,
        failed: false,
        rows: null,
        origin: { endpoint: null, file: null, application: record.application, traceId: null, source: 'log' },
      });
    },
    calls: () => calls,
  };
}
