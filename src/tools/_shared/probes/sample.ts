import type { Sample } from '../../../core/metric.ts';
import { PHASE_NAMES, type ProbeOutcome, type ProbeResult } from '../../../platform/probe/types.ts';

/** Milliseconds a probe of an endpoint took, from the first phase to the last byte; several tools read what one has stored. */
export const PROBE_DURATION = 'http.probe.duration';

/** A probe as the store keeps it; `coversMs` is the interval of a scheduled slot and 0 for an extra probe. */
export function toSample(result: ProbeResult, outcome: ProbeOutcome, coversMs: number): Sample {
  const phases = Object.fromEntries(
    PHASE_NAMES.filter((name) => outcome.phases[name] !== null).map((name) => [
      name,
      round(outcome.phases[name]),
    ]),
  );
  return {
    atMs: result.startedAtMs,
    outcome: result.suspect ? 'suspect' : outcome.success ? 'ok' : 'failed',
    value: outcome.success ? round(outcome.totalMs) : null,
    ...(outcome.cause === null ? {} : { cause: outcome.cause }),
    coversMs,
    detail: { ...phases, status: outcome.status },
  };
}

/** Microseconds are more than a loopback can promise. */
function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000) / 1_000;
}
