import type { LogFile } from '../../../platform/log-source/types.ts';
import { formatNamed } from '../../_shared/logs/formats/index.ts';
import { createRecordReader } from '../../_shared/logs/record-reader.ts';
import type { FilePart } from './ingest-worker.ts';
import type { IngestOptions } from './types.ts';

/** Less than this is read before threads are up. */
const WORTH_BYTES = 48 * 1024 * 1024;
/** Looked at to tell the format, and to find where a record begins. */
const LOOK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * How several threads share the work, each file's parts in order; null where one thread does it all: little to read, packed files, programs, streams that
 * go on from an earlier run.
 */
export async function planParts(options: IngestOptions, workers: number): Promise<FilePart[][] | null> {
  const { specs, follow, checkpoints } = options.read;
  if (follow || checkpoints.length > 0 || specs.some(({ kind }) => kind !== 'files')) return null;
  const found = await Promise.all(
    specs.map((spec) => options.sources.files({ ...options.read, specs: [spec] })),
  );
  // What is not there must be told, and reading it does.
  if (found.some(({ length }) => length === 0)) return null;
  const files = await options.sources.files(options.read);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total < (options.threadsFromBytes ?? WORTH_BYTES) || files.some(({ packed }) => packed)) return null;
  const plans: FilePart[][] = [];
  for (const file of files) plans.push(await partsOf(file, options, workers));
  return plans.some((parts) => parts.length > 1) || plans.length > 1 ? plans : null;
}

async function partsOf(
  { stream, bytes }: LogFile,
  options: IngestOptions,
  workers: number,
): Promise<FilePart[]> {
  const path = stream.location;
  const whole = [{ path, fromByte: 0, toByte: bytes, format: options.format ?? null }];
  if (bytes < (options.threadsFromBytes ?? WORTH_BYTES)) return whole;
  const format = await formatOf(path, options);
  if (format === null) return whole;
  const parts: FilePart[] = [];
  let fromByte = 0;
  for (let worker = 1; worker < workers; worker += 1) {
    const at = await recordStart(path, Math.floor((bytes * worker) / workers), format, options);
    if (at === null || at <= fromByte) continue;
    parts.push({ path, fromByte, toByte: at, format });
    fromByte = at;
  }
  parts.push({ path, fromByte, toByte: bytes, format });
  return parts;
}

/** Where to begin in the midst of a file: with a record where its format tells, else with a line. */
export async function startNear(path: string, fromByte: number, options: IngestOptions): Promise<number> {
  if (fromByte <= 0) return 0;
  const format = options.format ?? (await formatOf(path, options));
  const start = format === null ? null : await recordStart(path, fromByte, format, options);
  return start ?? fromByte + (await look(path, fromByte, options)).indexOf(NEWLINE) + 1;
}

/** The format of a file whose records can be told apart from any line on; null where what belongs together is known from the lines before only. */
async function formatOf(path: string, options: IngestOptions): Promise<string | null> {
  const { format, zoneOffsetMinutes, nowMs } = options;
  const head = await look(path, 0, options);
  // Not text of one byte per unit.
  if (head.includes(0)) return null;
  const reader = createRecordReader({
    ...(format === undefined ? {} : { format }),
    zoneOffsetMinutes,
    modifiedMs: nowMs(),
    onRecord: () => undefined,
  });
  reader.push(head, 0, head.lastIndexOf(NEWLINE) + 1, 0);
  reader.end();
  const told = reader.report();
  return told.wrapper !== null || told.format === 'text' ? null : told.format;
}

/** The first byte at or after `from` where a record begins. */
async function recordStart(
  path: string,
  from: number,
  format: string,
  options: IngestOptions,
): Promise<number | null> {
  const bytes = await look(path, from, options);
  const known = formatNamed(format);
  if (known === null) return null;
  let start = bytes.indexOf(NEWLINE) + 1;
  while (start > 0) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end === -1) return null;
    if (known.startsRecord(bytes, start, end)) return from + start;
    start = end + 1;
  }
  return null;
}

async function look(path: string, fromByte: number, { sources, read }: IngestOptions): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const specs = [{ kind: 'part' as const, path, fromByte, toByte: fromByte + LOOK_BYTES }];
  for await (const event of sources.read({ ...read, specs })) {
    if (event.type === 'chunk') pieces.push(Buffer.from(event.bytes));
  }
  return Buffer.concat(pieces);
}
