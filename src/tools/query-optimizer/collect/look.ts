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
import { observe, type Observed, watchWindow, windowSnapshots } from './observe.ts';
import { observeMysql } from './observe-mysql.ts';
import { collectUnitCalls } from './unit-calls.ts';

export interface LookOptions {
  /** null: the configured time, watched; what was before would hide what has just begun. */
  durationMs: number | null;
  narrowing: Narrowing;
}

/** The whole check has a minute; what is best by then is the advice. */
const ADVICE_DEADLINE_MS = 8_000;

/** Everything that `analyze` looks at in one database. */
export async function lookAt(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  { durationMs, narrowing }: LookOptions,
): Promise<Seen> {
  const { rule, query, table } = narrowing;
  // The check of one finding must not see what was before a fix.
  const isNarrowed = query !== undefined || table !== undefined;
  const watchedMs = durationMs ?? ctx.options.watch;
  const fromMs = ctx.clock.wallMs() - (isNarrowed ? watchedMs : Math.max(watchedMs, ctx.options.unitsSince));
  const observed = await observeAny(ctx, database, watchedMs, {
    history: durationMs !== null && !isNarrowed,
  });
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
  durationMs: number,
  { history }: { history: boolean },
): Promise<Observed> {
  const { dialect } = database.session;
  if (dialect === 'postgresql') {
    const snapshots = history
      ? await windowSnapshots(ctx, database, durationMs)
      : await watchWindow(ctx, database, durationMs);
    return observe(ctx, database, snapshots);
  }
  return dialect === 'sqlite' ? unobserved(database) : observeMysql(ctx, database, durationMs);
}

/** SQLite counts no statements: its queries come from the user. */
function unobserved({ target }: OpenDatabase): Observed {
  const gap = { subject: databaseSubject(target.name), reason: 'SQLite keeps no statistics of queries' };
  return { target: target.name, observation: null, coverage: null, notChecked: [gap] };
}
