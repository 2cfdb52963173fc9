import { z } from 'zod';
import { type Assessment, coverageOf, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { parseSize } from '../../../core/size.ts';
import { type OpenDatabase, openDatabases } from '../../_shared/database/open-databases.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { type Advice, type AdviceOptions, DEFAULT_ADVICE_OPTIONS } from '../advisor/types.ts';
import { contextOf } from '../analyze/context.ts';
import { windowGaps } from '../analyze/coverage.ts';
import { assessMissingIndexes } from '../analyze/missing-index.ts';
import { observe, watchWindow } from '../collect/observe.ts';
import { recommendFor } from '../collect/recommend.ts';
import { recommendMysql, recommendSqlite } from '../collect/recommend-other.ts';
import { insightsOf } from '../insights.ts';
import type { OptimizerOptions } from '../options.ts';
import { proveInCopy } from '../proof/prove-in-copy.ts';
import type { CreateIndex, Recommendation } from '../recommendation.ts';
import {
  type AdvisedDatabase,
  advisedDataSchema,
  advisedSections,
  toAdvisedData,
} from './recommendations-view.ts';

const DAY_MS = 86_400_000;

const input = z.strictObject({
  target: z.string().optional().describe('Only this database, by the name of its target'),
  duration: optionalDurationSchema('How long to watch for queries; default: the watch setting'),
  storageBudget: z
    .string()
    .refine((text) => (parseSize(text) ?? 0) > 0, 'write it like 200MB or 1GiB')
    .optional()
    .describe('Size of all new indexes together; default: no limit'),
  maxIndexes: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(DEFAULT_ADVICE_OPTIONS.maxIndexes)
    .describe('New indexes at most'),
  maxColumns: z.coerce
    .number()
    .int()
    .min(1)
    .max(6)
    .default(DEFAULT_ADVICE_OPTIONS.maxColumns)
    .describe('Key columns of one index at most'),
  minGain: z.coerce
    .number()
    .gt(0)
    .max(100)
    .default(100 * DEFAULT_ADVICE_OPTIONS.minGainShare)
    .describe('Percent of the time of all queries that an index has to save'),
  unusedDays: z.coerce
    .number()
    .positive()
    .default(DEFAULT_ADVICE_OPTIONS.minUnusedMs / DAY_MS)
    .describe('Days without use from which on an index may be called unused'),
  deadline: optionalDurationSchema('Time for the search; what is best by then is the answer; default: 20s'),
  prove: z
    .boolean()
    .default(false)
    .describe('Allow the copy of rows although the database is on another machine'),
  queries: z
    .string()
    .optional()
    .describe(
      'SQLite only: a file of queries, which SQLite itself does not remember; relative to the config',
    ),
  skipProof: z.boolean().default(false).describe('Answer with the planner’s estimates only'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(15)
    .describe('Queries without advice that are listed with their reason'),
});
type Input = z.infer<typeof input>;

const data = z.object({ databases: z.array(advisedDataSchema) });

export const recommendations = defineCommand<typeof input, typeof data, OptimizerOptions>({
  summary:
    'Which indexes to create, which to drop and which queries to write otherwise, each proven in a copy',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard query-optimizer recommendations', does: 'for what is asked of every database now' },
    {
      line: 'rearguard queries recommendations --duration 5m --storage-budget 200MB',
      does: 'watch longer, and spend at most 200 MB',
    },
    {
      line: 'rearguard queries recommendations --target shop-db --skip-proof',
      does: 'estimates only: no copy is made',
    },
    {
      line: 'rearguard queries recommendations --target app-file --queries queries.sql',
      does: 'a SQLite file: its queries come from you',
    },
  ],
  async run(ctx, asked) {
    const opened = await openDatabases(ctx, asked.target, {
      statementTimeoutMs: ctx.options.statementTimeout,
    });
    try {
      const advised: Advised[] = [];
      for (const database of opened.databases) advised.push(await adviseOne(ctx, database, asked));
      return report(advised, opened, asked.limit);
    } finally {
      await opened.close();
    }
  },
});

interface Advised {
  /** null: nothing could be said; the assessment says why. */
  database: AdvisedDatabase | null;
  assessment: Assessment;
}

async function adviseOne(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  asked: Input,
): Promise<Advised> {
  const { dialect } = database.session;
  const watchMs = asked.duration ?? ctx.options.watch;
  if (dialect === 'sqlite') return recommendSqlite(ctx, database, asked);
  if (dialect !== 'postgresql') return recommendMysql(ctx, database, watchMs);
  const snapshots = await watchWindow(ctx, database, watchMs);
  const { observation, coverage, notChecked } = await observe(ctx, database, snapshots);
  const unseen = { ...emptyAssessment(), notChecked: [...notChecked] };
  if (observation === null || coverage === null) return { database: null, assessment: unseen };
  const {
    recommendations: thought,
    advice,
    notChecked: waits,
  } = await recommendFor(ctx, database, observation, limitsOf(asked));
  const { recommendations: proven, notChecked: unproven } = asked.skipProof
    ? { recommendations: thought, notChecked: [] }
    : await proveInCopy(ctx, database, observation, thought, asked.prove);
  const gaps = [...notChecked, ...waits, ...unproven, ...windowGaps(observation, coverage)];
  return {
    database: {
      target: database.target.name,
      workload: observation.workload,
      recommendations: proven,
      advice,
    },
    assessment: mergeAssessments([
      { ...emptyAssessment(), notChecked: gaps },
      missingIndexes(proven, advice, contextOf(observation, ctx.options)),
    ]),
  };
}

/** What a proof refuted is no finding. */
function missingIndexes(
  proven: readonly Recommendation[],
  advice: Advice | null,
  context: ReturnType<typeof contextOf>,
): Assessment {
  if (advice === null) return emptyAssessment();
  const creates = proven.filter(
    (one): one is CreateIndex => one.kind === 'create-index' && one.proof?.verdict !== 'refuted',
  );
  return assessMissingIndexes({ ...advice, creates }, context);
}

function limitsOf(asked: Input): Partial<AdviceOptions> {
  const budget = asked.storageBudget === undefined ? undefined : parseSize(asked.storageBudget);
  return {
    storageBudgetBytes: budget ?? null,
    maxIndexes: asked.maxIndexes,
    maxColumns: asked.maxColumns,
    minGainShare: asked.minGain / 100,
    minUnusedMs: asked.unusedDays * DAY_MS,
    ...(asked.deadline === undefined ? {} : { deadlineMs: asked.deadline }),
  };
}

function report(
  advised: readonly Advised[],
  opened: Awaited<ReturnType<typeof openDatabases>>,
  limit: number,
): ReportDraft {
  const { findings, ...assessment } = mergeAssessments(advised.map((one) => one.assessment));
  const databases = advised.flatMap(({ database }) => database ?? []);
  const coverage = coverageOf({ findings, ...assessment });
  const isUnknown = databases.every(({ advice }) => advice === null);
  return {
    ...(isUnknown ? { status: 'unknown' as const } : {}),
    summary: summarise(databases),
    findings,
    coverage: { ...coverage, notChecked: [...opened.notChecked, ...coverage.notChecked] },
    insights: insightsOf(findings),
    diagnostics: opened.diagnostics,
    sections: databases.flatMap((database) => advisedSections(database, limit)),
    data: { databases: databases.map((database) => toAdvisedData(database, limit)) },
    next: nextCommands(databases),
  };
}

function summarise(databases: readonly AdvisedDatabase[]): string {
  const all = databases.flatMap((database) => database.recommendations);
  if (databases.length === 0) return 'No database could be looked at.';
  const queries = databases.reduce((sum, { workload }) => sum + workload.queries.length, 0);
  const seen = `${counted(queries, 'query', 'queries')} looked at`;
  if (all.length === 0) return `${seen}; nothing to recommend.`;
  const proven = all.filter(({ proof }) => proof?.verdict === 'proven').length;
  return `${seen}; ${counted(all.length, 'recommendation')}, ${proven} of them proven in a copy.`;
}

function nextCommands(databases: readonly AdvisedDatabase[]): string[] {
  const open = databases
    .flatMap((database) => database.recommendations)
    .find(({ proof }) => proof === null || proof.verdict === 'not-proven');
  return [
    ...(open === undefined ? [] : [`rearguard query-optimizer prove ${open.id}`]),
    'rearguard query-optimizer analyze',
  ];
}
