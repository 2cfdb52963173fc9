import type { Coverage } from '../../../core/coverage.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { adviseIndexes } from '../advisor/advise.ts';
import {
  type Advice,
  type AdviceOptions,
  DEFAULT_ADVICE_OPTIONS,
  type IndexUsage,
} from '../advisor/types.ts';
import type { Observation } from '../analyze/context.ts';
import type { OptimizerOptions } from '../options.ts';
import { openWhatIf } from '../what-if/open.ts';

export interface IndexAdvice {
  /** null: no back-end could answer what-if questions; `notChecked` says why. */
  advice: Advice | null;
  notChecked: Coverage['notChecked'];
}

/**
 * Index advice for what was seen of a PostgreSQL database. A failure is a gap of coverage: the rest of a look goes on.
 *
 * @param limits of the advice, where they differ from the usual ones
 * @param usage asked for once a back-end is there
 */
export async function adviseDatabase(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  { catalog, workload }: Observation,
  limits: Partial<AdviceOptions>,
  usage: () => Promise<IndexUsage | null>,
): Promise<IndexAdvice> {
  const { whatIf, waits } = await openWhatIf(ctx, target, session, catalog, { backEnd: ctx.options.whatIf });
  if (whatIf === null) return { advice: null, notChecked: waits };
  try {
    const advice = await adviseIndexes({
      workload,
      catalog,
      whatIf,
      options: { ...DEFAULT_ADVICE_OPTIONS, ...limits },
      usage: await usage(),
      signal: ctx.signal,
      nowMs: () => ctx.clock.monotonicMs(),
      progress: ctx.progress,
    });
    return { advice, notChecked: waits };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const reason = `No index was thought of: ${reasonOf(error)}`;
    return { advice: null, notChecked: [...waits, { subject: databaseSubject(target.name), reason }] };
  } finally {
    await whatIf.close();
  }
}
