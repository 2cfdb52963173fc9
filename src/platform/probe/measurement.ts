import type { Clock } from '../clock.ts';
import { type AddressResolver, resolveAddress } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { classifyFailure } from './failure.ts';
import { type PhaseRecorder, recordPhases } from './phases.ts';
import type { StopSignal } from './stop-signal.ts';
import type { Phases, ProbeCause } from './types.ts';
import { sanitizeText } from './untrusted-text.ts';

/** What every probe below HTTP says. */
export interface Measurement {
  success: boolean;
  cause: ProbeCause | null;
  /** One line for people; no secrets, no control characters. */
  message: string | null;
  /** They sum to the total; null where the phase did not happen. */
  phases: Phases;
  totalMs: number;
}

export interface MeasurementContext {
  clock: Clock;
  guard: NetGuard;
  signal?: StopSignal;
  /** Other than the machine's own lookup. */
  resolver?: AddressResolver;
}

/** What the work of a measurement gets; everything in it is bounded by the deadline. */
export interface MeasurementTools {
  clock: Clock;
  guard: NetGuard;
  resolver: AddressResolver;
  deadline: Deadline;
  phases: PhaseRecorder;
  phaseLimitMs: number;
}

/** Runs the work under one hard deadline. What it throws becomes a cause, by the phase that was reached. */
export async function measureWithin(
  timeoutMs: number,
  context: MeasurementContext,
  work: (tools: MeasurementTools) => Promise<void>,
): Promise<Measurement> {
  const { clock, guard } = context;
  const phases = recordPhases(clock);
  const deadline = startDeadline(clock, clock.monotonicMs() + timeoutMs, context.signal);
  const resolver = context.resolver ?? resolveAddress;
  try {
    await work({ clock, guard, resolver, deadline, phases, phaseLimitMs: timeoutMs });
    phases.finish();
    return { success: true, cause: null, message: null, ...phases.result() };
  } catch (error) {
    const failure = classifyFailure(error, phases.current);
    phases.finish();
    return {
      success: false,
      cause: failure.cause,
      message: sanitizeText(failure.message),
      ...phases.result(),
    };
  } finally {
    deadline.stop();
  }
}
