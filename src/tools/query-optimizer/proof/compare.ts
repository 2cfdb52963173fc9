import { formatDuration } from '../../../core/duration.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import type { QueryProof } from '../recommendation.ts';
import type { BoundQuery } from './bound.ts';
import { judgePairs, type Judgement } from './judge.ts';
import { finishMs, isTimeout, measureSides, type Measurement, planSide, type Side } from './measure.ts';
import { checksumOf, sameResult } from './results.ts';
import type { ProofRequest } from './types.ts';

/** How one query fared in two states of the copy. */
export type Compared =
  | { kind: 'same-plan'; bound: BoundQuery }
  | { kind: 'failed'; bound: BoundQuery; reason: string }
  /** It finishes in time on one side only, so there are no pairs: null is the side that does not. */
  | { kind: 'endless'; bound: BoundQuery; beforeMs: number | null; afterMs: number | null; planAfter: Plan }
  | { kind: 'measured'; bound: BoundQuery; judgement: Judgement; proof: QueryProof; differs: boolean };

export type Measured = Extract<Compared, { kind: 'measured' }>;

export type Compare = (
  bound: BoundQuery,
  sides: { before: readonly string[]; after: readonly string[] },
) => Promise<Compared>;

/**
 * A comparison with memory: where two plans are the same no run can differ, and two plans that were measured once for
 * a query are not measured again. After the budget it says so instead of measuring.
 */
export function comparer(request: ProofRequest): Compare {
  const { clone, options, signal, monotonicMs } = request;
  const endsMs = monotonicMs() + options.budgetMs;
  const known = new Map<string, Compared>();
  return async (bound, sides) => {
    signal.throwIfAborted();
    const before: Side = { sqls: [bound.sql], without: sides.before };
    const after: Side = { sqls: [bound.sql], without: sides.after };
    try {
      const planBefore = await planSide(clone, before, options.timeoutMs);
      const planAfter = await planSide(clone, after, options.timeoutMs);
      if (planBefore.hash === planAfter.hash) return { kind: 'same-plan', bound };
      const key = [bound.sql, planBefore.hash, planAfter.hash].join('\n');
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      if (monotonicMs() > endsMs) return { kind: 'failed', bound, reason: 'the time for proofs was used up' };
      const compared = await measured(request, bound, { before, after }).catch((error: unknown) =>
        isTimeout(error)
          ? endless(request, bound, { before, after, planAfter })
          : Promise.reject(error as Error),
      );
      known.set(key, compared);
      return compared;
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', bound, reason: reasonOf(error) };
    }
  };
}

/** The queries that need help most are those that never end: which side does? */
async function endless(
  { clone, options }: ProofRequest,
  bound: BoundQuery,
  { before, after, planAfter }: { before: Side; after: Side; planAfter: Plan },
): Promise<Compared> {
  const afterMs = await finishMs(clone, after, options.timeoutMs);
  const beforeMs = await finishMs(clone, before, options.timeoutMs);
  const limit = formatDuration(options.timeoutMs);
  if (beforeMs === null && afterMs === null) {
    return { kind: 'failed', bound, reason: `it does not finish within ${limit}, neither before nor after` };
  }
  if (beforeMs !== null && afterMs !== null) {
    return { kind: 'failed', bound, reason: `it takes nearly ${limit}, sometimes longer` };
  }
  return { kind: 'endless', bound, beforeMs, afterMs, planAfter };
}

async function measured(
  { clone, options }: ProofRequest,
  bound: BoundQuery,
  sides: { before: Side; after: Side },
): Promise<Compared> {
  let measurement = await measureSides(clone, sides, options, bound.order);
  let judgement = judgePairs(measurement.pairs, options);
  if (judgement.slower) {
    // Whatever else ran on this machine may have been at fault: only what shows twice counts.
    measurement = await measureSides(clone, sides, options, bound.order);
    judgement = judgePairs(measurement.pairs, options);
  }
  const same = sameResult(measurement.before.result, measurement.after.result, bound.order);
  return {
    kind: 'measured',
    bound,
    judgement,
    proof: queryProof(bound, measurement, judgement, same !== false),
    differs: same === false,
  };
}

export function queryProof(
  { query, draw }: Pick<BoundQuery, 'query' | 'draw'>,
  { before, after }: Pick<Measurement, 'before' | 'after'>,
  judgement: Pick<Judgement, 'before' | 'after'>,
  same: boolean,
): QueryProof {
  return {
    key: query.shape.key,
    label: draw === 'typical' ? query.shape.label : `${query.shape.label} (${draw} values)`,
    before: {
      milliseconds: judgement.before.ms,
      buffers: judgement.before.buffers,
      checksum: checksumOf(before.result),
      plan: before.plan,
    },
    after: {
      milliseconds: judgement.after.ms,
      buffers: judgement.after.buffers,
      checksum: checksumOf(after.result),
      plan: after.plan,
    },
    sameResult: same,
  };
}
