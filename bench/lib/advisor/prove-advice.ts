import { seededRandom } from '../../../src/core/statistics/random.ts';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { optimizerOptionsSchema } from '../../../src/tools/query-optimizer/options.ts';
import { proofOptions } from '../../../src/tools/query-optimizer/proof/consent.ts';
import { proveRecommendations } from '../../../src/tools/query-optimizer/proof/prove.ts';
import type { CreateIndex } from '../../../src/tools/query-optimizer/recommendation.ts';
import type { Workload } from '../../../src/tools/query-optimizer/workload.ts';
import type { BenchDatabase } from './database.ts';

export interface ProvenAdvice {
  recommendations: readonly CreateIndex[];
  /** The copy included. */
  elapsedMs: number;
}

/** What `recommendations` does with advice before anybody sees it, with its usual options. */
export async function proveAdvice(
  database: BenchDatabase,
  recommendations: readonly CreateIndex[],
  workload: Workload,
  catalog: Catalog,
): Promise<ProvenAdvice> {
  const startedMs = performance.now();
  const proven = await database.withClone(workload.queries, (clone) =>
    proveRecommendations({
      recommendations,
      workload,
      catalog,
      clone,
      options: proofOptions(optimizerOptionsSchema.parse({})),
      random: seededRandom(7),
      signal: new AbortController().signal,
      progress: () => undefined,
      monotonicMs: () => performance.now(),
    }),
  );
  return {
    recommendations: proven.filter((one): one is CreateIndex => one.kind === 'create-index'),
    elapsedMs: performance.now() - startedMs,
  };
}
