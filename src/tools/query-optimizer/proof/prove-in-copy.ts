import type { Coverage } from '../../../core/coverage.ts';
import { reasonOf, RearguardError } from '../../../core/errors.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import type { OptimizerOptions } from '../options.ts';
import type { Recommendation } from '../recommendation.ts';
import { openClone } from '../what-if/clone.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';
import { proofOptions, refusalToCopy } from './consent.ts';
import { proveRecommendations } from './prove.ts';
import { tablesOf } from './tables.ts';

export interface ProvenInCopy {
  /** As given, with `proof` where there could be one. */
  recommendations: readonly Recommendation[];
  /** What was not proven, and the exact way to change that. */
  notChecked: Coverage['notChecked'];
}

/**
 * Proves recommendations in a copy that is made for them and removed afterwards. Without consent, a server or room for
 * the copy nothing is proven, and that is said.
 *
 * @param asked the user said --prove
 */
export async function proveInCopy(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  { catalog, workload }: { catalog: Catalog; workload: Workload },
  recommendations: readonly Recommendation[],
  asked: boolean,
): Promise<ProvenInCopy> {
  if (recommendations.length === 0) return { recommendations, notChecked: [] };
  const refusal = refusalToCopy(target, ctx.options.proof, asked);
  if (refusal !== null) return { recommendations, notChecked: [refusal] };
  const queries = concerned(recommendations, workload);
  try {
    ctx.progress(0, 1, `copying tables of ${target.name}`);
    const clone = await openClone(ctx, target, session, catalog, {
      tables: tablesOf(queries),
      maxBytes: ctx.options.proof.maxBytes,
    });
    try {
      const proven = await proveRecommendations({
        recommendations,
        workload: { ...workload, queries },
        catalog,
        clone,
        options: proofOptions(ctx.options),
        random: ctx.random,
        signal: ctx.signal,
        progress: ctx.progress,
        monotonicMs: () => ctx.clock.monotonicMs(),
      });
      return { recommendations: proven, notChecked: [] };
    } finally {
      await clone.close();
    }
  } catch (error) {
    ctx.signal.throwIfAborted();
    const hint = error instanceof RearguardError ? error.hint : undefined;
    const reason = `Nothing was proven: ${reasonOf(error)}`;
    const subject = databaseSubject(target.name);
    return {
      recommendations,
      notChecked: [hint === undefined ? { subject, reason } : { subject, reason, hint }],
    };
  }
}

/** Queries that an index or its absence can touch, and those that are rewritten. */
function concerned(recommendations: readonly Recommendation[], { queries }: Workload): WorkloadQuery[] {
  const tables = new Set(
    recommendations.flatMap((one) => {
      if (one.kind === 'create-index') return [`${one.index.schema}.${one.index.table}`];
      return one.kind === 'drop-index' ? [one.table] : [];
    }),
  );
  const rewritten = new Set(
    recommendations.flatMap((one) => (one.kind === 'rewrite' ? [one.query.shape.key] : [])),
  );
  return queries.filter(
    ({ shape }) =>
      rewritten.has(shape.key) || shape.tables.some(({ table }) => table !== null && tables.has(table)),
  );
}
