import type { Coverage } from '../../../core/coverage.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import type { OptimizerOptions } from '../options.ts';
import { adviseIndexes } from '../advisor/advise.ts';
import { type Advice, DEFAULT_ADVICE_OPTIONS } from '../advisor/types.ts';
import type { Observation } from '../analyze/context.ts';
import { RULES } from '../rules.ts';
import { openWhatIf } from '../what-if/open.ts';

export interface IndexAdvice {
  /** null: nobody could be asked; `notChecked` says why. */
  advice: Advice | null;
  notChecked: Coverage['notChecked'];
}

/** Which new indexes the planner would use for what was seen; the best until the deadline. */
export async function newIndexes(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  { workload, catalog }: Observation,
  deadlineMs: number,
): Promise<IndexAdvice> {
  const rules = [RULES.missingIndex.id];
  const { whatIf, waits } = await openWhatIf(ctx, target, session, catalog, { backEnd: ctx.options.whatIf });
  const notChecked = waits.map((gap) => ({ ...gap, rules }));
  if (whatIf === null) return { advice: null, notChecked };
  try {
    const advice = await adviseIndexes({
      workload,
      catalog,
      whatIf,
      options: { ...DEFAULT_ADVICE_OPTIONS, deadlineMs, create: true, drop: false },
      usage: null,
      signal: ctx.signal,
      nowMs: () => ctx.clock.monotonicMs(),
    });
    return { advice, notChecked };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const reason = `no index was thought of: ${reasonOf(error)}`;
    return {
      advice: null,
      notChecked: [...notChecked, { subject: databaseSubject(target.name), rules, reason }],
    };
  } finally {
    await whatIf.close();
  }
}
