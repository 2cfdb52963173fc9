import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import type { Seen } from '../analyze/assess.ts';
import { EMPTY_CATALOG } from '../analyze/assess.ts';
import type { Observation } from '../analyze/context.ts';
import type { Narrowing } from '../analyze/narrow.ts';
import type { OptimizerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { adviseDatabase, type IndexAdvice } from './advise-database.ts';
import { describeStatements } from './describe-statements.ts';
import { observe, type Observed, windowSnapshots } from './observe.ts';
import { observeMysql } from './observe-mysql.ts';
import { collectUnitCalls } from './unit-calls.ts';

export interface LookOptions {
  /** null: what history has of the last hour, else the configured time. */
  watchMs: number | null;
  narrowing: Narrowing;
}

/** The whole check has a minute; what is best by then is the advice. */
const ADVICE_DEADLINE_MS = 8_000;

/** Everything that `analyze` looks at in one database. */
export async function lookAt(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  { watchMs, narrowing }: LookOptions,
): Promise<Seen> {
  const { rule, query, table } = narrowing;
  // The check of one finding must not see what was before a fix.
  const isNarrowed = query !== undefined || table !== undefined;
  const watchedMs = watchMs ?? ctx.options.watch;
  const fromMs = ctx.clock.wallMs() - (isNarrowed ? watchedMs : Math.max(watchedMs, ctx.options.unitsSince));
  const observed = await observeAny(ctx, database, watchMs ?? (isNarrowed ? watchedMs : null));
  const units = await collectUnitCalls(ctx, database, { fromMs, toMs: ctx.clock.wallMs() });
  const statements = units.calls.map(({ statement }) => statement);
  const { observation } = observed;
  const described = await describeStatements(statements, observation?.catalog ?? EMPTY_CATALOG);
  const isAsked = rule === undefined || rule.id === RULES.missingIndex.id;
  const canAdvise = database.session.dialect === 'postgresql' && isAsked && observation !== null;
  const indexes = canAdvise ? await newIndexes(ctx, database, observation) : null;
  return { ...observed, units, described, indexes };
}

/** Only new indexes: which ones can go takes more time, and is a recommendation. */
async function newIndexes(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  observation: Observation,
): Promise<IndexAdvice> {
  const limits = { deadlineMs: ADVICE_DEADLINE_MS, drop: false };
  const { advice, notChecked } = await adviseDatabase(ctx, database, observation, limits, () =>
    Promise.resolve(null),
  );
  return { advice, notChecked: notChecked.map((gap) => ({ ...gap, rules: [RULES.missingIndex.id] })) };
}

async function observeAny(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  watchMs: number | null,
): Promise<Observed> {
  const { dialect } = database.session;
  if (dialect === 'postgresql') return observe(ctx, database, await windowSnapshots(ctx, database, watchMs));
  return dialect === 'sqlite'
    ? unobserved(database)
    : observeMysql(ctx, database, watchMs ?? ctx.options.watch);
}

/** SQLite counts no statements: its queries come from the user. */
function unobserved({ target }: OpenDatabase): Observed {
  const gap = { subject: databaseSubject(target.name), reason: 'SQLite keeps no statistics of queries' };
  return { target: target.name, observation: null, coverage: null, notChecked: [gap] };
}
