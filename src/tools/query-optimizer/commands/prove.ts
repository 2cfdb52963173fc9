import { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { nearestName } from '../../../core/suggest.ts';
import { type OpenDatabase, openDatabases } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { observe, watchWindow } from '../collect/observe.ts';
import { recommendFor } from '../collect/recommend.ts';
import type { OptimizerOptions } from '../options.ts';
import { proveInCopy } from '../proof/prove-in-copy.ts';
import type { Recommendation } from '../recommendation.ts';
import { proveDataSchema, proveSections, statusOf, summaryOf, titleOf, toProveData } from './prove-view.ts';

const input = z.strictObject({
  recommendation: z
    .string()
    .min(1)
    .meta({ positional: true })
    .describe('Its eight digits, as `recommendations` shows them'),
  target: z.string().optional().describe('Only this database, by the name of its target'),
  duration: optionalDurationSchema('How long to watch for queries; default: the watch setting'),
  prove: z
    .boolean()
    .default(false)
    .describe('Allow the copy of rows although the database is on another machine'),
});

export const prove = defineCommand<typeof input, typeof proveDataSchema, OptimizerOptions>({
  summary: 'Really do one recommendation in a copy, and measure every query that it touches before and after',
  input,
  data: proveDataSchema,
  effect: 'read',
  examples: [
    { line: 'rearguard query-optimizer prove 3f9a01c2', does: 'proves it for a database on this machine' },
    {
      line: 'rearguard queries prove 3f9a01c2 --target shop-db --prove',
      does: 'copies rows of a database elsewhere',
    },
  ],
  async run(ctx, asked) {
    const opened = await openDatabases(ctx, asked.target, {
      statementTimeoutMs: ctx.options.statementTimeout,
    });
    try {
      const seen: Recommendation[] = [];
      const notChecked: Coverage['notChecked'] = [...opened.notChecked];
      for (const database of opened.databases) {
        const looked = await lookFor(ctx, database, asked);
        seen.push(...looked.others);
        notChecked.push(...looked.notChecked);
        if (looked.proven !== null) return report(database, looked.proven, notChecked, opened.diagnostics);
      }
      throw notThere(asked.recommendation, seen, notChecked);
    } finally {
      await opened.close();
    }
  },
});

interface Looked {
  /** The one that was asked for; null: it is not recommended here. */
  proven: Recommendation | null;
  others: readonly Recommendation[];
  notChecked: Coverage['notChecked'];
}

/** Recommends as the command of that name does, and proves the one with this id. */
async function lookFor(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  { recommendation, duration, prove }: z.infer<typeof input>,
): Promise<Looked> {
  const snapshots = await watchWindow(ctx, database, duration ?? ctx.options.watch);
  const { observation, notChecked } = await observe(ctx, database, snapshots);
  if (observation === null) return { proven: null, others: [], notChecked };
  const recommended = await recommendFor(ctx, database, observation);
  const gaps = [...notChecked, ...recommended.notChecked];
  const wanted = recommended.recommendations.find(({ id }) => id === recommendation);
  if (wanted === undefined) return { proven: null, others: recommended.recommendations, notChecked: gaps };
  const outcome = await proveInCopy(ctx, database, observation, [wanted], prove);
  return {
    proven: outcome.recommendations[0] ?? wanted,
    others: [],
    notChecked: [...gaps, ...outcome.notChecked],
  };
}

function report(
  { target }: OpenDatabase,
  recommendation: Recommendation,
  notChecked: Coverage['notChecked'],
  diagnostics: ReportDraft['diagnostics'] = [],
): ReportDraft {
  return {
    status: statusOf(recommendation),
    summary: summaryOf(recommendation),
    findings: [],
    coverage: { checked: [{ subject: databaseSubject(target.name), rules: [] }], notChecked },
    diagnostics,
    sections: proveSections(recommendation),
    data: toProveData(recommendation),
    next: ['rearguard query-optimizer recommendations'],
  };
}

/** Advice follows from what was asked of the database in the window: other queries, other advice. */
function notThere(
  id: string,
  seen: readonly Recommendation[],
  notChecked: Coverage['notChecked'],
): RearguardError {
  const near = nearestName(
    id,
    seen.map((one) => one.id),
  );
  const first = seen.slice(0, 5).map((one) => `${one.id} (${titleOf(one)})`);
  const [gap] = notChecked;
  return new RearguardError('E_NOTHING_TO_CHECK', {
    message: `Nothing with the id ${JSON.stringify(id)} is recommended for what was asked of the database just now.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
    hint:
      first.length > 0
        ? `There are: ${first.join(', ')}.`
        : (gap?.hint ?? gap?.reason ?? 'Watch longer, with --duration 1m, while the slow queries run.'),
  });
}
