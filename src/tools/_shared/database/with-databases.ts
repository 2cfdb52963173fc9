import { RearguardError } from '../../../core/errors.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { CommandContext } from '../../context.ts';
import { type OpenDatabase, openDatabases, unreachedGap } from './open-databases.ts';

export interface DatabaseResults<Result> {
  results: readonly Result[];
  notChecked: Coverage['notChecked'];
  diagnostics: Diagnostic[];
  /** Targets that have no connection left for us: that much is known of them. */
  exhausted: readonly string[];
}

/** Work over every database target, side by side; one that fails is left out and said, and the rest goes on. */
export async function withDatabases<Result>(
  ctx: Pick<CommandContext, 'targets' | 'sql' | 'signal'>,
  wanted: string | undefined,
  options: { statementTimeoutMs: number },
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<DatabaseResults<Result>> {
  const opened = await openDatabases(ctx, wanted, options);
  try {
    const outcomes = await Promise.all(opened.databases.map((database) => attempt(database, work)));
    const failed = outcomes.flatMap((outcome) => ('gap' in outcome ? [outcome] : []));
    return {
      results: outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : [])),
      notChecked: [...opened.notChecked, ...failed.map(({ gap }) => gap)],
      diagnostics: [...opened.diagnostics, ...failed.flatMap((one) => one.diagnostics)],
      exhausted: opened.exhausted,
    };
  } finally {
    await opened.close();
  }
}

interface Failure {
  gap: Coverage['notChecked'][number];
  diagnostics: Diagnostic[];
}

async function attempt<Result>(
  database: OpenDatabase,
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<{ result: Result } | Failure> {
  try {
    return { result: await work(database) };
  } catch (error) {
    if (!(error instanceof RearguardError)) throw error;
    const { gap, diagnostic } = unreachedGap(database.target, error);
    // That there is nothing to look at is no defect of anything.
    return { gap, diagnostics: error.code === 'E_NOTHING_TO_CHECK' ? [] : [diagnostic] };
  }
}
