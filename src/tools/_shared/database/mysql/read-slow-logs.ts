import { toRearguardError } from '../../../../core/errors.ts';
import { formatSize } from '../../../../core/size.ts';
import type { Files } from '../../../../platform/files.ts';
import type { TimeRange } from '../../../../store/store.ts';
import { expandPaths } from '../log-files.ts';
import { known, type Reading, unknown } from '../reading.ts';
import { createSlowLogReader } from './slow-log.ts';
import { createSlowLogSummariser, type SlowLogSummary } from './slow-log-summary.ts';

/** Of each file only so much of its end is read. */
const MAX_BYTES_OF_FILE = 256 * 1_024 * 1_024;

export interface ReadSlowLogs {
  summary: SlowLogSummary;
  /** What was not read, a sentence each. */
  notRead: readonly string[];
}

/**
 * Reads the slow query logs of a MySQL or MariaDB server. Unknown when there is no file, or when not a single line of any
 * could be understood: that is no silent log. One that holds only the banner of a server is.
 */
export async function readSlowLogs(
  files: Pick<Files, 'list' | 'lines' | 'size'>,
  paths: readonly string[],
  { range, signal }: { range: TimeRange; signal: AbortSignal },
): Promise<Reading<ReadSlowLogs>> {
  const summariser = createSlowLogSummariser(range);
  const notRead: string[] = [];
  let readFiles = 0;
  try {
    for (const path of await expandPaths(files, paths)) {
      const fromByte = Math.max(0, (await files.size(path)) - MAX_BYTES_OF_FILE);
      if (fromByte > 0) notRead.push(`${path}: only its last ${formatSize(MAX_BYTES_OF_FILE)} were read`);
      const reader = createSlowLogReader();
      for await (const line of files.lines(path, { fromByte, signal })) {
        for (const entry of reader.push(line)) summariser.add(entry);
      }
      for (const entry of reader.end()) summariser.add(entry);
      if (reader.recognised() === 0)
        notRead.push(`${path}: none of its lines looks like a slow query log of MySQL or MariaDB`);
      else readFiles += 1;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, hint } = toRearguardError(thrown);
    return unknown(message.replace(/\.$/, ''), hint);
  }
  if (readFiles > 0) return known({ summary: summariser.summary(), notRead });
  return unknown(
    notRead[0] ?? 'no file matches the configured logs',
    'List the file of slow_query_log_file under `logs` of the target; it is written with slow_query_log = ON and log_output = FILE.',
  );
}
