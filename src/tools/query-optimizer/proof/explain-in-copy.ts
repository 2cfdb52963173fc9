import type { Coverage } from '../../../core/coverage.ts';
import { reasonOf } from '../../../core/errors.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import { querySubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import type { OptimizerOptions } from '../options.ts';
import { openClone } from '../what-if/clone.ts';
import type { Workload } from '../workload.ts';
import { bindQuery } from './bound.ts';
import { refusalToCopy } from './consent.ts';
import { tablesOf } from './tables.ts';

export interface RunInCopy {
  /** null: it was not run, see `notChecked`. */
  plan: Plan | null;
  where: string;
  notChecked: Coverage['notChecked'];
}

/**
 * Runs one query in a copy of its tables. @param sql with values in the place of all placeholders; null: they are drawn
 * from the data
 */
export async function explainInCopy(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  catalog: Catalog,
  { queries: [query] }: Workload,
  sql: string | null,
  asked: boolean,
): Promise<RunInCopy> {
  const none = { plan: null, where: '' };
  const refusal = refusalToCopy(target, ctx.options.proof, asked);
  if (refusal !== null) return { ...none, notChecked: [refusal] };
  if (query === undefined) return { ...none, notChecked: [] };
  const subject = querySubject(target.name, query.shape);
  const clone = await openClone(ctx, target, session, catalog, {
    tables: tablesOf([query]),
    maxBytes: ctx.options.proof.maxBytes,
  });
  try {
    let statement = sql;
    if (statement === null) {
      const bound = await bindQuery(query, { catalog, clone, random: ctx.random });
      if (typeof bound === 'string') {
        const hint = 'Give them with --values.';
        return { ...none, notChecked: [{ subject, reason: `It was not run: ${bound}.`, hint }] };
      }
      statement = bound[0]?.sql ?? '';
    }
    const plan = await clone.explainAnalyze(statement, { timeoutMs: ctx.options.proof.timeout });
    return { plan, where: clone.describe(), notChecked: [] };
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { ...none, notChecked: [{ subject, reason: `It was not run: ${reasonOf(error)}` }] };
  } finally {
    await clone.close();
  }
}
