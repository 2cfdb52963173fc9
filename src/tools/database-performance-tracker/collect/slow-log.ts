import { readSlowLogs } from '../../_shared/database/mysql/read-slow-logs.ts';
import { slowLogWindow } from '../../_shared/database/mysql/slow-log-window.ts';
import type { MysqlStatementWindow } from '../../_shared/database/mysql/statement-window.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { known, type Reading } from '../../_shared/database/reading.ts';
import type { CommandContext } from '../../context.ts';
import type { MysqlLook } from '../analyze/mysql/look.ts';

/** Without a window of its own, so much of the log is looked at. */
const HOUR_MS = 3_600_000;

export interface SlowLogLook {
  window: MysqlStatementWindow;
  entries: number;
  notRead: readonly string[];
}

/** The slow query log of a target that names its files; null: it names none. */
export async function lookAtSlowLog(
  { files, signal }: Pick<CommandContext, 'files' | 'signal'>,
  { target }: Pick<OpenDatabase, 'target'>,
  { start, end }: Pick<MysqlLook, 'start' | 'end'>,
  /** Only the window that was watched: what was slow before may be mended. */
  onlyNow: boolean,
): Promise<Reading<SlowLogLook> | null> {
  if (target.logs === undefined || target.logs.length === 0) return null;
  const fromMs = start?.takenAtMs ?? end.takenAtMs;
  // The log has whole seconds.
  const range = {
    fromMs: onlyNow ? fromMs - 1_000 : Math.min(fromMs, end.takenAtMs - HOUR_MS),
    toMs: end.takenAtMs + 1_000,
  };
  const reading = await readSlowLogs(files, target.logs, { range, signal });
  if (!reading.known) return reading;
  const { summary, notRead } = reading.value;
  const seconds = Number(end.server.variables.get('long_query_time'));
  const window = slowLogWindow(summary, {
    dialect: end.server.dialect,
    range,
    thresholdMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
  });
  return known({ window, entries: summary.entries, notRead });
}
