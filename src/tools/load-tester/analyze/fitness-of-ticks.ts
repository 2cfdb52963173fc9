import type { LoadTick, StopReason } from '../../../core/load/measure.ts';
import type { LoadOptions } from '../options.ts';
import { judgeFitness } from './fitness.ts';

/**
 * Why the generator itself was the limit while these ticks of a constant open load were made; null when it was fit. Many short runs
 * are judged as one: a block alone has too few requests to tell.
 */
export function unfitnessOf(
  ticks: readonly LoadTick[],
  options: Pick<LoadOptions, 'fitness'>,
  ended: { stopReason: StopReason; stopDetail: string | null } = {
    stopReason: 'completed',
    stopDetail: null,
  },
): string | null {
  if (ticks.length === 0) return null;
  const { isFit, reasons } = judgeFitness(
    { plan: OPEN_PLAN, ...ended },
    { slices: ticks, warmUpSlices: 0, otherSlices: 0, kind: 'level', drifting: false },
    options.fitness,
  );
  return isFit ? null : `the generator itself was the limit: ${reasons.join('; ')}`;
}

/** Of a plan only this is read: that it is open. */
const OPEN_PLAN: Parameters<typeof judgeFitness>[0]['plan'] = {
  name: '',
  hash: '',
  seed: 0,
  model: '',
  open: true,
  origins: [],
  targetRequestRate: null,
  durationMs: 0,
};
