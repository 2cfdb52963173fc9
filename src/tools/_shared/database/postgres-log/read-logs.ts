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
/** The beginning of a time is looked for until it is known to this. */
const STEP_BYTES = 4 * 1_024 * 1_024;
/** Enough of the end of a file for its last records. */
const TAIL_BYTES = 64 * 1_024;

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
    /** Nothing before it is wanted: of a file in the order of time, that part is not read. */
    sinceMs?: number;
  },
): Promise<Reading<ReadLogs>> {
  const read: ReadLogs['files'][number][] = [];
  const notRead: string[] = [];
  try {
    for (const path of await expandPaths(files, paths)) {
      const size = await files.size(path);
      const fromByte = Math.max(0, size - MAX_BYTES_OF_FILE);
      const one = size === 0 ? EMPTY_FILE : await readFile(files, path, { fromByte, size }, options);
      if (one?.startsAt === fromByte && fromByte > 0)
        notRead.push(`${path}: only its last ${formatSize(MAX_BYTES_OF_FILE)} were read`);
      if (one === null) notRead.push(`${path}: none of its lines looks like a PostgreSQL log`);
      else read.push({ path, ...one.read });
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

interface ReadFile {
  read: Omit<ReadLogs['files'][number], 'path'>;
  startsAt: number;
}

/** As rotation makes them. */
const EMPTY_FILE: ReadFile = { read: { format: 'empty', records: 0, unreadableLines: 0 }, startsAt: 0 };

async function readFile(
  files: Pick<Files, 'lines'>,
  path: string,
  { fromByte, size }: { fromByte: number; size: number },
  { prefix, signal, onRecord, sinceMs }: Parameters<typeof readPostgresLogs>[2],
): Promise<ReadFile | null> {
  const detected = detectLog(await sampleLines(files, path, fromByte, signal), prefix);
  if (detected === null) return null;
  const timesFrom = async (byte: number): Promise<number[]> => {
    const reader = detected.create();
    const lines = await sampleLines(files, path, byte, signal);
    return [...lines.flatMap((line) => reader.push(line)), ...reader.end()].flatMap(({ atMs }) =>
      atMs === null ? [] : [atMs],
    );
  };
  const startsAt =
    sinceMs === undefined ? fromByte : await beginningOf(sinceMs, { fromByte, size }, timesFrom);
  const reader = detected.create();
  let records = 0;
  const handOver = (found: readonly LogRecord[]): void => {
    records += found.length;
    for (const record of found) onRecord(record);
  };
  if (startsAt < size)
    for await (const line of files.lines(path, { fromByte: startsAt, signal })) handOver(reader.push(line));
  handOver(reader.end());
  return { read: { format: detected.format, records, unreadableLines: reader.unreadable() }, startsAt };
}

async function sampleLines(
  files: Pick<Files, 'lines'>,
  path: string,
  fromByte: number,
  signal: AbortSignal,
): Promise<string[]> {
  const sample: string[] = [];
  for await (const line of files.lines(path, { fromByte, signal })) {
    sample.push(line);
    if (sample.length === SAMPLE_LINES) break;
  }
  return sample;
}

/** A byte shortly before the first record of a time; the size, when the file ended before. Without times, the beginning. */
async function beginningOf(
  sinceMs: number,
  { fromByte, size }: { fromByte: number; size: number },
  timesFrom: (byte: number) => Promise<number[]>,
): Promise<number> {
  if (size - fromByte > TAIL_BYTES) {
    const tail = await timesFrom(size - TAIL_BYTES);
    // More lines than a sample may follow: only then is its last one not the last of the file.
    if (tail.length > 0 && tail.length < SAMPLE_LINES && tail.every((atMs) => atMs < sinceMs)) return size;
  }
  let [low, high] = [fromByte, size];
  while (high - low > STEP_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const [first] = await timesFrom(middle);
    if (first === undefined) return low;
    if (first < sinceMs) low = middle;
    else high = middle;
  }
  return low;
}
