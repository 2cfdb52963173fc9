import type { ProbeCause, ProbeOutcome } from './types.ts';

/** Failures that are about time, where a delay of ours looks like one of theirs. */
const TIMED: ReadonlySet<ProbeCause> = new Set([
  'dns-timeout',
  'connect-timeout',
  'tls-timeout',
  'no-response',
  'body-timeout',
  // It may be about a latency or a phase.
  'assertion',
  'cancelled',
]);

/**
 * Whether delay of our own event loop may have passed for the other side's latency: above 5 ms and 10 % of the
 * measurement. A refusal, an error or a wrong certificate is one however late we read it.
 */
export function isSuspect(
  loopLagMs: number,
  { cause, totalMs }: Pick<ProbeOutcome, 'cause' | 'totalMs'>,
): boolean {
  if (cause !== null && !TIMED.has(cause)) return false;
  return loopLagMs > 5 && loopLagMs > 0.1 * totalMs;
}
