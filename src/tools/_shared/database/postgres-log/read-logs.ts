import { formatSize } from '../../../../core/size.ts';
import { toRearguardError } from '../../../../core/errors.ts';
import type { Files } from '../../../../platform/files.ts';
import { expandPaths } from '../log-files.ts';
import { known, type Reading, unknown } from '../reading.ts';
import { detectLog } from './detect.ts';
import type { LogRecord } from './record.ts';

/** A busy server logs gigabytes a day: of each file only so much of its end is read. */
const MAX_BYTES_OF_FILE = 256 * 1_024 * 1_024;
const SAMPLE_LINES = 500;

export interface ReadLogs {
  files: readonly { path: string; format: string; records: number; unreadableLines: number }[];
  /** What was not read, a sentence each. */
  notRead: readonly string[];
}

/**
 * Reads the log files of a PostgreSQL server and hands over each record. Unknown when there is no file, or when not a
 * single line of any could be read: that is no silent log.
 */
export async function readPostgresLogs(
  files: Pick<Files, 'list' | 'lines' | 'size'>,
  paths: readonly string[],
  options: {
    /** The server's own log_line_prefix. */
    prefix: string | null;
    signal: AbortSignal;
    onRecord: (record: LogRecord) => void;
  },
): Promise<Reading<ReadLogs>> {
  const read: ReadLogs['files'][number][] = [];
  const notRead: string[] = [];
  try {
    for (const path of await expandPaths(files, paths)) {
      const size = await files.size(path);
      const fromByte = Math.max(0, size - MAX_BYTES_OF_FILE);
      if (fromByte > 0) notRead.push(`${path}: only its last ${formatSize(MAX_BYTES_OF_FILE)} were read`);
      const one = await readFile(files, path, fromByte, options);
      if (one === null) notRead.push(`${path}: none of its lines looks like a PostgreSQL log`);
      else read.push({ path, ...one });
    }
  } catch (thrown) {
    options.signal.throwIfAborted();
    const { message, hint } = toRearguardError(thrown);
    return unknown(message.replace(/\.$/, ''), hint);
  }
  if (read.length > 0) return known({ files: read, notRead });
  return unknown(
    notRead[0] ?? 'no file matches the configured logs',
    'List the files under `logs` of the target; csvlog, jsonlog, and stderr with any log_line_prefix are read.',
  );
}

async function readFile(
  files: Pick<Files, 'lines'>,
  path: string,
  fromByte: number,
  { prefix, signal, onRecord }: Parameters<typeof readPostgresLogs>[2],
): Promise<{ format: string; records: number; unreadableLines: number } | null> {
  const sample: string[] = [];
  for await (const line of files.lines(path, { fromByte, signal })) {
    sample.push(line);
    if (sample.length === SAMPLE_LINES) break;
  }
  const detected = detectLog(sample, prefix);
  if (detected === null) return null;
  const reader = detected.create();
  let records = 0;
  const handOver = (found: readonly LogRecord[]): void => {
    records += found.length;
    for (const record of found) onRecord(record);
  };
  for await (const line of files.lines(path, { fromByte, signal })) handOver(reader.push(line));
  handOver(reader.end());
  return { format: detected.format, records, unreadableLines: reader.unreadable() };
}
