import type { Clock } from '../../platform/clock.ts';
import type { ProbePlan } from '../../platform/probe/plans.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';
import type { FlowControl } from './flow-control.ts';
import type { LoopLag } from './loop-lag.ts';

/** What a burst or a watch lives on. */
export interface SessionEnvironment {
  readonly clock: Clock;
  readonly lag: LoopLag;
  readonly flow: FlowControl;
  /** Never rejects; null when the session ended before the probe did: what was not measured is not reported. */
  readonly probe: (plan: ProbePlan, intendedAtMonotonicMs: number) => Promise<ProbeResult | null>;
  /** Ends the session. */
  readonly signal: AbortSignal;
}
