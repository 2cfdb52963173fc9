import type { LoadTick, StopReason } from '../../../core/load/measure.ts';
import type { LoadModel } from '../../../core/load/plan.ts';
import type { LoadRun } from '../../../platform/load/types.ts';
import { spanMs } from '../analyze/merge.ts';
import type { LoadRecord } from '../record.ts';
import { drive, type DrivenPlan, type LoadWorld } from './drive.ts';

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
  host: LoadRecord['host'];
}

/** Ticks belong where their middle lies: they are made 200 ms apart, never quite. */
export async function sustain(
  ctx: LoadWorld,
  { plan, hash }: DrivenPlan,
  { load, leadMs, windowMs, seed = plan.seed, signal, confirmed, onTick }: SustainRequest,
): Promise<Sustained> {
  const model = modelOf(load, leadMs + windowMs);
  const window: LoadTick[] = [];
  const drained: LoadTick[] = [];
  const record = await drive(
    ctx,
    { plan: { ...plan, model, seed }, hash },
    {
      signal,
      confirmed,
      onTick: (tick, run) => {
        const middleMs = tick.fromMs + spanMs(tick) / 2;
        if (run.stopping !== null || middleMs >= leadMs + windowMs) drained.push(tick);
        else if (middleMs >= leadMs) window.push(tick);
        onTick?.(tick, run);
      },
    },
  );
  const { stopReason, stopDetail, host } = record;
  return { window, drained, stopReason, stopDetail, host };
}

function modelOf(load: SustainRequest['load'], durationMs: number): LoadModel {
  if ('users' in load) {
    return { kind: 'users', stages: [{ from: load.users, to: load.users, durationMs }] };
  }
  const { rate, spacing } = load;
  return { kind: 'arrivals', spacing, stages: [{ from: rate, to: rate, durationMs }] };
}
