import { type RearguardError, toRearguardError } from '../core/errors.ts';
import { linkSignals } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';

/** One named part of a workflow. It must end soon after its signal is aborted. */
export interface Step<Result> {
  name: string;
  /** At most this long; the rest of the workflow's budget when absent. */
  deadlineMs?: number;
  run(signal: AbortSignal): Promise<Result>;
}

export type StepOutcome<Result> = { name: string; durationMs: number } & (
  | { state: 'finished'; result: Result }
  | { state: 'failed'; error: RearguardError }
  /** Did not end within its limit; what it returned after that, if anything, is not looked at. */
  | { state: 'late'; limitMs: number }
  | { state: 'interrupted' }
);

/**
 * Runs groups one after another and the steps of a group side by side, all within one budget. One
 * outcome a step, in the order of the steps; it never throws for a step.
 */
export async function runWorkflow<Result>(
  groups: readonly (readonly Step<Result>[])[],
  limits: { budgetMs: number; signal: AbortSignal; clock: Clock },
): Promise<StepOutcome<Result>[]> {
  const endsAtMs = limits.clock.monotonicMs() + limits.budgetMs;
  const outcomes: StepOutcome<Result>[] = [];
  for (const steps of groups) {
    const restMs = Math.max(0, endsAtMs - limits.clock.monotonicMs());
    outcomes.push(...(await Promise.all(steps.map((step) => runStep(step, restMs, limits)))));
  }
  return outcomes;
}

async function runStep<Result>(
  step: Step<Result>,
  restMs: number,
  { signal: interrupt, clock }: { signal: AbortSignal; clock: Clock },
): Promise<StepOutcome<Result>> {
  const limitMs = Math.min(step.deadlineMs ?? restMs, restMs);
  const startedMs = clock.monotonicMs();
  const took = (): { name: string; durationMs: number } => ({
    name: step.name,
    durationMs: Math.max(0, clock.monotonicMs() - startedMs),
  });
  if (interrupt.aborted) return { ...took(), state: 'interrupted' };
  // Timers may fire a fraction of a millisecond early; what is left then is nothing to work with.
  if (limitMs < 1) return { ...took(), state: 'late', limitMs };
  const deadline = new AbortController();
  const finished = new AbortController();
  clock.sleep(limitMs, finished.signal).then(
    () => deadline.abort(),
    () => undefined,
  );
  const linked = linkSignals([interrupt, deadline.signal]);
  const cutShort = (): StepOutcome<Result> | undefined => {
    if (interrupt.aborted) return { ...took(), state: 'interrupted' };
    return deadline.signal.aborted ? { ...took(), state: 'late', limitMs } : undefined;
  };
  try {
    const result = await step.run(linked.signal);
    return cutShort() ?? { ...took(), state: 'finished', result };
  } catch (thrown) {
    return cutShort() ?? { ...took(), state: 'failed', error: toRearguardError(thrown) };
  } finally {
    linked.dispose();
    finished.abort();
  }
}
