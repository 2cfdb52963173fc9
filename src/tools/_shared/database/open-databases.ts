import type { DatabaseTarget } from '../../../config/targets.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError, toRearguardError } from '../../../core/errors.ts';
import type { Diagnostic } from '../../../core/report.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { CommandContext } from '../../context.ts';
import { databaseSubject } from './subjects.ts';

/** A database target with a session of ours. */
export interface OpenDatabase {
  target: DatabaseTarget;
  session: SqlSession;
}

export interface OpenedDatabases {
  databases: readonly OpenDatabase[];
  /** Targets that could not be reached: that they are down is another tool's finding. */
  notChecked: Coverage['notChecked'];
  diagnostics: Diagnostic[];
  /** Of these, the ones that have no connection left for us. */
  exhausted: readonly string[];
  close(): Promise<void>;
}

type Needs = Pick<CommandContext, 'targets' | 'sql' | 'signal'>;

/**
 * One read-only session for each database target, or for the one that is named. What cannot be reached is left out and
 * said. Throws E_USAGE for a name that is none, E_NOTHING_TO_CHECK when the config has no database.
 */
export async function openDatabases(
  ctx: Needs,
  wanted: string | undefined,
  { statementTimeoutMs }: { statementTimeoutMs: number },
): Promise<OpenedDatabases> {
  const tries = await Promise.all(
    selectTargets(ctx.targets, wanted).map((target) => openOne(ctx, target, statementTimeoutMs)),
  );
  const databases = tries.flatMap((one) => ('session' in one ? [one] : []));
  const failed = tries.flatMap((one) => ('error' in one ? [one] : []));
  const gaps = failed.map(({ target, error }) => unreachedGap(target, error));
  return {
    databases,
    notChecked: gaps.map(({ gap }) => gap),
    diagnostics: gaps.map(({ diagnostic }) => diagnostic),
    exhausted: failed
      .filter(({ error }) => error.code === 'E_NO_CONNECTION_LEFT')
      .map(({ target }) => target.name),
    close: async () => {
      await Promise.all(databases.map(({ session }) => session.close()));
    },
  };
}

/** A target that could not be reached, for coverage and as a diagnostic. */
export function unreachedGap(
  { name }: Pick<DatabaseTarget, 'name'>,
  { message, hint }: RearguardError,
): { gap: Coverage['notChecked'][number]; diagnostic: Diagnostic } {
  const hinted = hint === undefined ? {} : { hint };
  return {
    gap: { subject: databaseSubject(name), reason: message, ...hinted },
    diagnostic: { level: 'error', message: `${name}: ${message}`, ...hinted },
  };
}

/** The database targets of the config, or the one with this name. */
export function selectTargets(targets: Needs['targets'], wanted: string | undefined): DatabaseTarget[] {
  const all = targets.filter((target) => target.kind === 'database');
  if (all.length === 0) {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: 'The config lists no database.',
      hint: 'Add one: `targets: { shop-db: { database: { $env: DATABASE_URL } } }`, with a role that has pg_monitor.',
    });
  }
  if (wanted === undefined) return all;
  const chosen = all.filter(({ name }) => name === wanted);
  if (chosen.length > 0) return chosen;
  const names = all.map(({ name }) => name);
  throw new RearguardError('E_USAGE', {
    message: `There is no database target ${JSON.stringify(wanted)}.${didYouMean(wanted, names)}`,
    hint: `The config has: ${names.join(', ')}.`,
  });
}

async function openOne(
  { sql, signal }: Needs,
  target: DatabaseTarget,
  statementTimeoutMs: number,
): Promise<OpenDatabase | { target: DatabaseTarget; error: RearguardError }> {
  try {
    return { target, session: await sql.open(target.url, { statementTimeoutMs, signal }) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { target, error: toRearguardError(thrown) };
  }
}
