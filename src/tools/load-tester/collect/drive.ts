import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import type { LoadTick } from '../../../core/load/measure.ts';
import { EMPTY_TICK } from '../../../core/load/nothing.ts';
import type { LoadPlan } from '../../../core/load/plan.ts';
import type { LoadGenerator, LoadRun } from '../../../platform/load/types.ts';
import { addTick, finishFold, startFold } from '../analyze/fold.ts';
import { planSummary } from '../analyze/plan-summary.ts';
import type { BesideRecord, LoadRecord, LoadSlice } from '../record.ts';
import { type BesideWays, watchBeside } from './beside/beside.ts';

/** A plan that is ready to be run; part of what `makePlan` returns. */
export interface DrivenPlan {
  plan: LoadPlan;
  hash: string;
}

export interface DriveOptions {
  /** No new sessions once it is aborted; what is in flight is drained, and the record is made of what there is. */
  signal: AbortSignal;
  /** Hosts that whoever runs this agreed to put under load; default: none but this machine. */
  confirmed?: readonly string[] | undefined;
  workers?: number | undefined;
  /** Every 200 ms. */
  onTick?: (tick: LoadTick, run: LoadRun) => void;
  /** Every whole slice, as it will stand in the record. */
  onSlice?: (slice: LoadSlice, run: LoadRun) => void;
}

export interface DriveStep {
  tick: LoadTick;
  /** That this tick made whole. */
  slice: LoadSlice | null;
  run: LoadRun;
}

/** What of a CommandContext it needs. */
export interface LoadWorld extends BesideWays {
  readonly load: LoadGenerator;
}

/** Runs a plan to its end and returns what was measured. Throws what `LoadGenerator.start` throws. */
export async function drive(ctx: LoadWorld, made: DrivenPlan, options: DriveOptions): Promise<LoadRecord> {
  const steps = driveSteps(ctx, made, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    options.onTick?.(value.tick, value.run);
    if (value.slice !== null) options.onSlice?.(value.slice, value.run);
  }
}

/** The same, tick by tick, for whoever shows it meanwhile. */
export async function* driveSteps(
  ctx: LoadWorld,
  made: DrivenPlan,
  { signal, confirmed = [], workers }: Pick<DriveOptions, 'signal' | 'confirmed' | 'workers'>,
): AsyncGenerator<DriveStep, LoadRecord, void> {
  const run = await ctx.load.start(made.plan, {
    signal,
    confirmed,
    ...(workers === undefined ? {} : { workers }),
  });
  const summary = planSummary(made.plan, made.hash);
  const fold = startFold(summary.durationMs);
  const beside = await watchBeside(ctx, summary.origins);
  let seenBeside: BesideRecord;
  try {
    for await (const tick of run.ticks) {
      const slice = addTick(fold, tick, run.stopping !== null);
      yield { tick, slice, run };
    }
  } finally {
    seenBeside = await beside.end();
  }
  const { slices, drained, silences } = finishFold(fold);
  const outcome = await run.outcome;
  const all = [...slices, ...drained];
  return {
    version: 1,
    plan: summary,
    startedAtMs: outcome.startedAtMs,
    endedAtMs: outcome.endedAtMs,
    stopReason: outcome.stopReason,
    stopDetail: outcome.stopDetail,
    workers: outcome.workers,
    slices,
    total: all.length === 0 ? { ...EMPTY_TICK, atMs: outcome.startedAtMs } : mergeInTime(all),
    exemplars: outcome.exemplars,
    silences,
    beside: seenBeside,
    host: { platform: ctx.machine.platform, cores: ctx.machine.cores, node: ctx.machine.node },
  };
}
