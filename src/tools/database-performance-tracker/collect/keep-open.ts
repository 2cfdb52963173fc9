import type { DatabaseTarget } from '../../../config/targets.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError, toRearguardError } from '../../../core/errors.ts';
import { type OpenDatabase, selectTargets, unreachedGap } from '../../_shared/database/open-databases.ts';
import { databaseFamily } from '../../../platform/sql/database-url.ts';
import type { CommandContext } from '../../context.ts';
import type { TrackerOptions } from '../options.ts';
import { withoutSessions } from './open-live.ts';

/**
 * A database with one session that stays: it still sees when the server has no connection left. After a failure it is
 * tried again with growing pauses.
 */
export interface KeptDatabase {
  target: DatabaseTarget;
  /** null until the first session could be opened. */
  database: OpenDatabase | null;
  /** null: the last look succeeded. */
  failure: { error: RearguardError; sinceMs: number; tries: number; nextTryMs: number } | null;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export function keepOpen(target: DatabaseTarget): KeptDatabase {
  return { target, database: null, failure: null };
}

/**
 * The servers among the targets, or the one that is named; what has no sessions is left out and said. Throws
 * E_NOTHING_TO_CHECK when nothing is left.
 */
export function selectServers(
  targets: CommandContext['targets'],
  wanted: string | undefined,
): { servers: DatabaseTarget[]; notChecked: Coverage['notChecked'] } {
  const all = selectTargets(targets, wanted);
  const servers = all.filter(({ url }) => databaseFamily(url) !== 'sqlite');
  if (servers.length === 0) throw withoutSessions();
  const left = all.filter((target) => !servers.includes(target));
  return { servers, notChecked: left.map((target) => unreachedGap(target, withoutSessions()).gap) };
}

/**
 * The result of the work, or null when the database cannot be looked at, which `failure` then explains. Throws only what
 * is no error of the database, and when the run is over.
 */
export async function lookWith<Result>(
  ctx: Pick<CommandContext<TrackerOptions>, 'clock' | 'options' | 'signal' | 'sql'>,
  kept: KeptDatabase,
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<Result | null> {
  const { clock, options, signal, sql } = ctx;
  if (kept.failure !== null && clock.monotonicMs() < kept.failure.nextTryMs) return null;
  try {
    kept.database ??= {
      target: kept.target,
      session: await sql.open(kept.target.url, { statementTimeoutMs: options.statementTimeout, signal }),
    };
    const result = await work(kept.database);
    kept.failure = null;
    return result;
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof RearguardError)) throw thrown;
    const tries = (kept.failure?.tries ?? 0) + 1;
    kept.failure = {
      error: toRearguardError(thrown),
      sinceMs: kept.failure?.sinceMs ?? clock.wallMs(),
      tries,
      nextTryMs: clock.monotonicMs() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)),
    };
    return null;
  }
}

export async function closeAll(kept: readonly KeptDatabase[]): Promise<void> {
  await Promise.all(kept.flatMap(({ database }) => (database === null ? [] : [database.session.close()])));
}
