import { RearguardError } from '../../../core/errors.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { postgresLive } from './live-postgres.ts';
import type { LiveContext, LiveReader } from './live-state.ts';

/** Throws E_NOTHING_TO_CHECK for a database without sessions, and what says that the server cannot be reached. */
export async function openLive(ctx: LiveContext, database: OpenDatabase): Promise<LiveReader> {
  const { dialect } = database.session;
  if (dialect === 'postgresql') return postgresLive(ctx, database);
  if (dialect === 'sqlite') throw withoutSessions();
  const { mysqlLive } = await import('./live-mysql.ts');
  return mysqlLive(ctx, database);
}

export function withoutSessions(): RearguardError {
  return new RearguardError('E_NOTHING_TO_CHECK', {
    message: 'SQLite has no sessions that could be looked at.',
    hint: '`rearguard queries analyze` looks at its schema and its queries.',
  });
}
