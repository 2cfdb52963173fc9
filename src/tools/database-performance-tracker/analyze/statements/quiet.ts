import type { ServerFacts } from '../../../_shared/database/postgres/server.ts';
import type {
  StatementCounters,
  StatementSnapshot,
  StatementWindow,
} from '../../../_shared/database/statements.ts';

/** How often it would have been called in a window of this length, had it gone on as in the life of its counters. */
export function expectedCalls(
  { calls, statsSinceMs }: StatementCounters,
  { takenAtMs, resetAtMs }: Pick<StatementSnapshot, 'takenAtMs' | 'resetAtMs'>,
  { fromMs, toMs }: Pick<StatementWindow, 'fromMs' | 'toMs'>,
  { startedAtMs }: Pick<ServerFacts, 'startedAtMs'>,
): number {
  const sinceMs = statsSinceMs ?? resetAtMs ?? startedAtMs;
  const livedMs = takenAtMs - sinceMs;
  return livedMs <= 0 ? 0 : (calls / livedMs) * (toMs - fromMs);
}
