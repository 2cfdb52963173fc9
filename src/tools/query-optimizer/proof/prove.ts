import type { CreateIndex, Recommendation } from '../recommendation.ts';
import { bindWorkload } from './bound.ts';
import { comparer } from './compare.ts';
import { proveDrop } from './prove-drops.ts';
import { proveIndexes } from './prove-indexes.ts';
import { proveRewrite } from './prove-rewrite.ts';
import type { ProofRequest } from './types.ts';

/**
 * Really does in a copy what is recommended, and measures it. The answer has the order of the question; what could not
 * be measured is `not-proven` with the reason. Throws only when the copy itself is gone or the signal is aborted.
 */
export async function proveRecommendations(request: ProofRequest): Promise<Recommendation[]> {
  const workload = await bindWorkload(request);
  const compare = comparer(request);
  const creates = request.recommendations.filter((one): one is CreateIndex => one.kind === 'create-index');
  // Drops and rewrites first: they are about the database as it is, and the new indexes stay once they are built.
  const proven = new Map<string, Recommendation>();
  for (const one of request.recommendations) {
    if (one.kind === 'drop-index') proven.set(one.id, await proveDrop(one, workload, compare, request));
    if (one.kind === 'rewrite') proven.set(one.id, await proveRewrite({ ...request, rewrite: one }));
  }
  for (const one of await proveIndexes(creates, workload, compare, request)) proven.set(one.id, one);
  return request.recommendations.map((one) => proven.get(one.id) ?? one);
}

export { proveRewrite };
