import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import { worstEstimate } from '../../_shared/database/plan-walk.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { openDatabases, type OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import { databaseSubject, querySubject } from '../../_shared/database/subjects.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { castParameters } from '../../_shared/sql/placeholders.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { adviseIndexes } from '../advisor/advise.ts';
import type { Advice } from '../advisor/types.ts';
import { DEFAULT_ADVICE_OPTIONS } from '../advisor/types.ts';
import { notesOnPlan } from '../analyze/plan-notes.ts';
import { type GivenQuery, readGivenQuery } from '../collect/given-query.ts';
import type { OptimizerOptions } from '../options.ts';
import { bindValues, parameterNumbers } from '../proof/bind.ts';
import { explainInCopy } from '../proof/explain-in-copy.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { openWhatIf } from '../what-if/open.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';
import { explainSections } from './explain-view.ts';

const input = z.strictObject({
  query: z
    .string()
    .min(1)
    .meta({ positional: true })
    .describe(
      'SQL in quotes, a file of it, `-` for standard input, or the key of a query that the server has seen',
    ),
  target: z.string().optional().describe('Which database of the config; needed when there are several'),
  values: z
    .array(z.string())
    .optional()
    .describe('Values of its placeholders, in their order; without them it is planned for values not known'),
  analyze: z
    .boolean()
    .default(false)
    .describe('Run it too: in a copy of its tables on this machine, never on the server itself'),
  prove: z
    .boolean()
    .default(false)
    .describe('Allow the copy of rows although the database is on another machine'),
});

const data = z.object({
  query: z.string(),
  key: z.string(),
  /** Whether values stood in the place of its placeholders. */
  generic: z.boolean(),
  planHash: z.string(),
  estimatedCost: z.number().nullable(),
  /** Only with --analyze: in the copy. */
  executed: z
    .object({
      milliseconds: z.number().nullable(),
      worstEstimateFactor: z.number().nullable(),
      where: z.string(),
    })
    .nullable(),
  notes: z.array(z.string()),
  indexes: z.array(
    z.object({ statement: z.string(), costBefore: z.number(), costAfter: z.number(), sizeBytes: z.number() }),
  ),
  rewrites: z.array(z.object({ rule: z.string(), after: z.string(), notes: z.array(z.string()) })),
});

export const explain = defineCommand<typeof input, typeof data, OptimizerOptions>({
  summary:
    'How one query is planned, what stands out, and what would make it faster; nothing is run on the server',
  input,
  data,
  effect: 'read',
  examples: [
    {
      line: "rearguard query-optimizer explain 'SELECT * FROM orders WHERE customer_id = $1'",
      does: 'plans it for a value not known',
    },
    {
      line: 'rearguard queries explain report.sql --values 2026-01-01',
      does: 'a file, with a value for its placeholder',
    },
    {
      line: 'rearguard queries explain 4f2a91c0 --analyze',
      does: 'runs a query of the statistics in a copy',
    },
  ],
  async run(ctx, asked) {
    const opened = await openDatabases(ctx, asked.target, {
      statementTimeoutMs: ctx.options.statementTimeout,
    });
    try {
      const [database, ...others] = opened.databases;
      if (database === undefined) {
        const [failed] = opened.notChecked;
        throw new RearguardError('E_UNREACHABLE', {
          what: 'the database',
          reason: failed?.reason ?? 'none answered',
          hint: failed?.hint ?? '',
        });
      }
      if (others.length > 0) {
        throw new RearguardError('E_USAGE', {
          message: `The config has ${counted(others.length + 1, 'database')}.`,
          hint: `Say which one with --target ${database.target.name}.`,
        });
      }
      return await explainOn(ctx, database, asked);
    } finally {
      await opened.close();
    }
  },
});

async function explainOn(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  asked: z.infer<typeof input>,
): Promise<ReportDraft> {
  if (session.dialect !== 'postgresql') {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: `${target.name} is no PostgreSQL: explain reads its plans only.`,
      hint: 'The other commands of this tool look at it.',
    });
  }
  const snapshot = await readSnapshot(session, ['catalog'], ctx.clock.wallMs());
  const { catalog } = snapshot.parts;
  if (!catalog.known) {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: `The catalogue of ${target.name} cannot be read: ${catalog.reason}.`,
      hint: catalog.hint ?? '',
    });
  }
  const query = await readGivenQuery(ctx, asked.query, session, catalog.value);
  const bound = await withValues(query, asked.values);
  const plan = await planOn(session, bound, query);
  const workload = workloadOf(query, plan);
  const advice = await adviceFor(ctx, { target, session }, workload, catalog.value);
  const executed = asked.analyze
    ? await explainInCopy(
        ctx,
        { target, session },
        catalog.value,
        workload,
        bound.isBound ? bound.sql : null,
        asked.prove,
      )
    : { plan: null, where: '', notChecked: [] };
  const shown = executed.plan ?? plan;
  const notes = notesOnPlan(shown, catalog.value);
  const parser = await loadSqlParser();
  const [first] = workload.queries;
  // Whether it is called once for each row of a list, or only to know if there is a next page, no single query shows.
  const rewrites =
    first === undefined
      ? []
      : rewritesOf(first, catalog.value, parser).filter(
          ({ comparison }) => comparison.kind !== 'batch' && comparison.kind !== 'more',
        );
  const subject = querySubject(target.name, query.shape);
  return {
    summary: summarise(query, shown, notes.length, advice.advice?.creates.length ?? 0),
    findings: [],
    coverage: {
      checked: [{ subject, rules: [] }],
      notChecked: [...advice.waits, ...executed.notChecked],
    },
    sections: explainSections({
      query,
      plan: shown,
      where: executed.plan === null ? null : executed.where,
      notes,
      advice: advice.advice,
      rewrites,
    }),
    data: {
      query: query.sql,
      key: query.shape.key,
      generic: !bound.isBound,
      planHash: plan.hash,
      estimatedCost: plan.totalCost,
      executed:
        executed.plan === null
          ? null
          : {
              milliseconds: executed.plan.executionMs,
              worstEstimateFactor: worstEstimate(executed.plan.root)?.factor ?? null,
              where: executed.where,
            },
      notes: notes.map(({ text }) => text),
      indexes: (advice.advice?.creates ?? []).map(({ statement, effects, sizeBytes }) => ({
        statement,
        costBefore: effects[0]?.costBefore ?? 0,
        costAfter: effects[0]?.costAfter ?? 0,
        sizeBytes,
      })),
      rewrites: rewrites.map((rewrite) => ({
        rule: rewrite.rule,
        after: rewrite.after,
        notes: [...rewrite.notes],
      })),
    },
    next: nextCommands(asked, advice.advice),
  };
}

interface Bound {
  sql: string;
  /** No placeholder is left. */
  isBound: boolean;
}

async function withValues({ sql }: GivenQuery, values: readonly string[] | undefined): Promise<Bound> {
  const numbers = await parameterNumbers(sql);
  if (values === undefined || values.length === 0) return { sql, isBound: numbers.length === 0 };
  if (values.length !== numbers.length) {
    throw new RearguardError('E_USAGE', {
      message: `The query has ${counted(numbers.length, 'placeholder')}, and ${counted(values.length, 'value')} ${values.length === 1 ? 'was' : 'were'} given.`,
      hint: 'Give one for each, in the order of their numbers: --values 42,paid',
    });
  }
  const literals = numbers.map(
    (number, position) => [number, { text: values[position] ?? '', type: null }] as const,
  );
  return { sql: await bindValues(sql, new Map(literals)), isBound: true };
}

/** EXPLAIN without ANALYZE: the server plans and runs nothing. */
async function planOn(session: OpenDatabase['session'], bound: Bound, { shape }: GivenQuery): Promise<Plan> {
  const document = bound.isBound
    ? (await session.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${bound.sql}`))[0]?.[
        'QUERY PLAN'
      ]
    : await genericPlan(session, bound.sql, shape.parameters);
  const plan = parsePlan(document);
  if (plan === null) throw new RearguardError('E_SQL_REFUSED', { reason: 'it gave no plan' });
  return plan;
}

/** Where the server cannot tell the type of a placeholder by itself, the types of the columns beside it help. */
async function genericPlan(
  session: OpenDatabase['session'],
  sql: string,
  types: ReadonlyMap<number, string | null>,
): Promise<unknown> {
  if (session.genericPlan === undefined) return null;
  try {
    return await session.genericPlan(sql);
  } catch (error) {
    const cast = await castParameters(sql, types);
    if (cast === sql) throw error;
    return session.genericPlan(cast);
  }
}

/** The one query as a workload: called once, as long as the planner thinks. */
function workloadOf({ sql, shape }: GivenQuery, plan: Plan): Workload {
  const query: WorkloadQuery = {
    shape,
    texts: [sql],
    calls: 1,
    totalMs: plan.totalCost ?? 1,
    meanMs: plan.totalCost ?? 1,
    rows: plan.root.estimatedRows ?? 0,
    sharedBuffers: 0,
    exactness: 'exact',
    origins: [],
  };
  return { fromMs: 0, toMs: 0, queries: [query], leftOut: [], writes: new Map() };
}

async function adviceFor(
  ctx: CommandContext<OptimizerOptions>,
  { target, session }: OpenDatabase,
  workload: Workload,
  catalog: Catalog,
): Promise<{ advice: Advice | null; waits: Coverage['notChecked'] }> {
  const { whatIf, waits } = await openWhatIf(ctx, target, session, catalog, { backEnd: ctx.options.whatIf });
  if (whatIf === null) return { advice: null, waits };
  try {
    const advice = await adviseIndexes({
      workload,
      catalog,
      whatIf,
      options: { ...DEFAULT_ADVICE_OPTIONS, drop: false },
      usage: null,
      signal: ctx.signal,
      nowMs: () => ctx.clock.monotonicMs(),
    });
    return { advice, waits };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const subject = databaseSubject(target.name);
    return {
      advice: null,
      waits: [...waits, { subject, reason: `No index was thought of: ${reasonOf(error)}` }],
    };
  } finally {
    await whatIf.close();
  }
}

function summarise({ shape }: GivenQuery, plan: Plan, notes: number, indexes: number): string {
  const time = plan.executionMs === null ? '' : `, ${plan.executionMs.toFixed(1)} ms in a copy`;
  const cost =
    plan.totalCost === null
      ? ''
      : ` costs an estimated ${Math.round(plan.totalCost).toLocaleString('en-US')}`;
  const said =
    notes === 0 ? 'nothing stands out' : `${counted(notes, 'thing')} ${notes === 1 ? 'stands' : 'stand'} out`;
  const help = indexes === 0 ? '' : `; ${counted(indexes, 'index', 'indexes')} would help`;
  return `${shape.label}${cost}${time}; ${said}${help}.`;
}

function nextCommands({ query, analyze }: z.infer<typeof input>, advice: Advice | null): string[] {
  const isName = !/\s/.test(query) && query !== '-';
  return [
    ...(analyze || !isName ? [] : [`rearguard query-optimizer explain ${query} --analyze`]),
    ...((advice?.creates.length ?? 0) > 0 ? ['rearguard query-optimizer recommendations'] : []),
  ];
}
