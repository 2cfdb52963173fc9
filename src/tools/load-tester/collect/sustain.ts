import type { LoadTick, StopReason } from '../../../core/load/measure.ts';
import type { LoadModel, LoadPlan } from '../../../core/load/plan.ts';
import type { LoadGenerator, LoadRun } from '../../../platform/load/types.ts';
import { spanMs } from '../analyze/merge.ts';

/** A constant load for a short while: a lead-in, in which connections open, and a window that counts. */
export interface SustainRequest {
  /** Sessions a second, or users of a closed load. */
  load: { rate: number; spacing: 'even' | 'poisson' } | { users: number };
  leadMs: number;
  windowMs: number;
  /** Default: the plan's own. */
  seed?: number;
  signal: AbortSignal;
  confirmed: readonly string[];
  /** May stop the run. */
  onTick?: (tick: LoadTick, run: LoadRun) => void;
}

export interface Sustained {
  /** In the window, and after it while what was in flight was drained. The lead-in is gone. */
  window: readonly LoadTick[];
  drained: readonly LoadTick[];
  stopReason: StopReason;
  stopDetail: string | null;
}

/** What of a CommandContext it needs. */
export interface SustainWorld {
  readonly load: LoadGenerator;
}

/**
 * Holds the scenarios of a plan at one load and returns once everything is drained. Nothing beside the load is watched: dozens of
 * such runs follow each other, and looking would disturb them. Throws what `LoadGenerator.start` throws.
 */
export async function sustain(
  ctx: SustainWorld,
  { plan }: { plan: LoadPlan },
  { load, leadMs, windowMs, seed = plan.seed, signal, confirmed, onTick }: SustainRequest,
): Promise<Sustained> {
  const model = modelOf(load, leadMs + windowMs);
  const run = await ctx.load.start({ ...plan, model, seed }, { signal, confirmed });
  const window: LoadTick[] = [];
  const drained: LoadTick[] = [];
  for await (const tick of run.ticks) {
    // Ticks belong where their middle lies: they are made 200 ms apart, never quite.
    const middleMs = tick.fromMs + spanMs(tick) / 2;
    if (run.stopping !== null || middleMs >= leadMs + windowMs) drained.push(tick);
    else if (middleMs >= leadMs) window.push(tick);
    onTick?.(tick, run);
  }
  const { stopReason, stopDetail } = await run.outcome;
  return { window, drained, stopReason, stopDetail };
}

function modelOf(load: SustainRequest['load'], durationMs: number): LoadModel {
  if ('users' in load) {
    return { kind: 'users', stages: [{ from: load.users, to: load.users, durationMs }] };
  }
  const { rate, spacing } = load;
  return { kind: 'arrivals', spacing, stages: [{ from: rate, to: rate, durationMs }] };
}
