import { counted } from '../../../core/counted.ts';
import type { TimeRange } from '../../../store/store.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Settings } from '../../_shared/database/postgres/settings.ts';
import { readPostgresLogs } from '../../_shared/database/postgres-log/read-logs.ts';
import { createLogSummariser, type LoggedDeadlock } from '../../_shared/database/postgres-log/summary.ts';
import { known, type Reading } from '../../_shared/database/reading.ts';
import type { CommandContext } from '../../context.ts';
import type { LogReading } from '../analyze/server-log.ts';
import { statementKeys } from './names.ts';

interface Wanted {
  range: TimeRange;
  /** Deadlocks are counted over a longer time than the window, where history has it. */
  deadlocksSinceMs?: number;
  database: string;
  settings: Reading<Settings>;
  catalog: Reading<Catalog>;
}

/** What the log files of the target say of a time; `log` is null when it names none. */
export async function readServerLog(
  { files, signal }: Pick<CommandContext, 'files' | 'signal'>,
  { target: { logs = [] } }: Pick<OpenDatabase, 'target'>,
  { range, deadlocksSinceMs = range.fromMs, database, settings, catalog }: Wanted,
): Promise<{ log: LogReading; deadlocks: readonly LoggedDeadlock[] }> {
  if (logs.length === 0) return { log: null, deadlocks: [] };
  const setting = (name: string): string | null =>
    settings.known ? (settings.value.get(name)?.value ?? null) : null;
  const summariser = createLogSummariser({ range, database, normalise: await statementKeys(catalog) });
  const since = { fromMs: Math.min(range.fromMs, deadlocksSinceMs), toMs: range.toMs };
  const earlier = createLogSummariser({
    range: { fromMs: since.fromMs, toMs: range.fromMs },
    database,
    normalise: (text) => text,
  });
  const reading = await readPostgresLogs(files, logs, {
    prefix: setting('log_line_prefix'),
    signal,
    sinceMs: since.fromMs,
    onRecord(record) {
      summariser.add(record);
      earlier.add(record);
    },
  });
  if (!reading.known) return { log: reading, deadlocks: [] };
  const summary = summariser.summary();
  const formats = [...new Set(reading.value.files.map(({ format }) => format))];
  const isSampled = (name: string, whole: string): boolean => (setting(name) ?? whole) !== whole;
  return {
    log: known({
      summary,
      source: `${counted(reading.value.files.length, 'file')} (${formats.join(', ')})`,
      notRead: reading.value.notRead,
      sampled:
        isSampled('log_min_duration_sample', '-1') ||
        isSampled('log_transaction_sample_rate', '0') ||
        isSampled('auto_explain.sample_rate', '1'),
    }),
    deadlocks: [...earlier.summary().deadlocks, ...summary.deadlocks],
  };
}
