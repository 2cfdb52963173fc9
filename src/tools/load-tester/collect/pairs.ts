import type { LoadTick } from '../../../core/load/measure.ts';
import { mergeEndpoints } from '../../../core/load/merge-ticks.ts';
import type { BlockPair, BlockSide } from '../analyze/compare/blocks.ts';
import { slim } from '../analyze/compare/baseline.ts';
import { spanMs, sumOf } from '../analyze/merge.ts';
import type { DrivenPlan } from './drive.ts';
import { sustain, type Sustained, type SustainWorld } from './sustain.ts';

export interface PairsRequest {
  before: DrivenPlan;
  after: DrivenPlan;
  /** Sessions a second, of both. */
  rate: number;
  pairs: number;
  blockMs: number;
  signal: AbortSignal;
  confirmed: readonly string[];
  /** Blocks done, and of how many. */
  onBlock: (done: number, total: number) => void;
}

export interface MeasuredPairs {
  pairs: BlockPair[];
  /** Of all blocks of each side: for a judgement on the generator. */
  ticks: { before: LoadTick[]; after: LoadTick[] };
  /** Whole blocks of the version before, also of a pair that was not finished. */
  before: BlockSide[];
  /** A run that ended before its time, and why; the pairs before it stand. */
  ended: EndedBlock | null;
}

export interface EndedBlock extends Pick<Sustained, 'stopReason' | 'stopDetail'> {
  side: keyof BlockPair;
  block: BlockSide;
}

/** Connections open and code warms up in it; it counts for nothing. */
const LEAD_MS = 600;

/**
 * Blocks in the order before, after, after, before, and so on: what drifts in one direction reaches both sides alike. Both blocks of
 * a pair have the same arrivals, choices and values; each is a run of its own that is drained to the end before the next begins, so
 * that no request of one side is still under way in a block of the other.
 */
export async function measurePairs(ctx: SustainWorld, request: PairsRequest): Promise<MeasuredPairs> {
  const { before, after, rate, pairs: wanted, blockMs, signal, confirmed } = request;
  const pairs: BlockPair[] = [];
  const ticks: MeasuredPairs['ticks'] = { before: [], after: [] };
  const wholeBefore: BlockSide[] = [];
  for (let index = 0; index < wanted; index += 1) {
    const sides: Partial<BlockPair> = {};
    const order = index % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const);
    for (const [position, side] of order.entries()) {
      const made = side === 'before' ? before : after;
      const block = await sustain(ctx, made, {
        load: { rate, spacing: 'poisson' },
        leadMs: LEAD_MS,
        windowMs: blockMs,
        seed: made.plan.seed + index,
        signal,
        confirmed,
      });
      signal.throwIfAborted();
      const measured = sideOf(block);
      if (block.stopReason !== 'completed') {
        const { stopReason, stopDetail } = block;
        return {
          pairs,
          ticks,
          before: wholeBefore,
          ended: { side, stopReason, stopDetail, block: measured },
        };
      }
      sides[side] = measured;
      if (side === 'before') wholeBefore.push(measured);
      ticks[side].push(...block.window);
      request.onBlock(index * 2 + position + 1, wanted * 2);
    }
    if (sides.before !== undefined && sides.after !== undefined) {
      pairs.push({ before: sides.before, after: sides.after });
    }
  }
  return { pairs, ticks, before: wholeBefore, ended: null };
}

/** With what was answered while it was drained: those are the slow ones. */
function sideOf({ window, drained }: Sustained): BlockSide {
  return {
    durationMs: sumOf(window, spanMs),
    endpoints: mergeEndpoints([...window, ...drained].map(({ endpoints }) => endpoints)).map(slim),
  };
}
