import type { LogCheckpoint, LogNotice, LogStream } from '../../../platform/log-source/types.ts';
import { createAggregate } from './aggregate.ts';
import { createStreamReading, type StreamReading } from './stream-reading.ts';
import type { CheckpointStep, IngestOptions, IngestResult } from './types.ts';

const BATCH_BYTES = 1024 ** 3;
const BATCH_MS = 10_000;

/** Reads logs into segments: sources, readers, groups, counts. See `ingestLogs`. */
export async function readOnThisThread(options: IngestOptions): Promise<IngestResult> {
  const { range, redact, onBatch, onNotice, onProgress, exceptions = {} } = options;
  const { batchBytes = BATCH_BYTES, batchMs = BATCH_MS } = options;
  const aggregate = createAggregate({ range, redact, exceptions });
  const readings = new Map<string, StreamReading>();
  const stored = new Map<string, LogCheckpoint>(
    options.read.checkpoints.map((known) => [known.stream, known]),
  );
  let bytes = 0;
  let bytesOfBatch = 0;
  let batchFromMs = options.nowMs();
  let superseded = false;

  const readingOf = (stream: LogStream): StreamReading => {
    let reading = readings.get(stream.name);
    if (reading === undefined) {
      const { format, zoneOffsetMinutes } = options;
      const resume = stored.get(stream.name) ?? null;
      reading = createStreamReading({
        stream,
        aggregate,
        format,
        zoneOffsetMinutes,
        nowMs: options.nowMs(),
        resume,
      });
      readings.set(stream.name, reading);
    }
    return reading;
  };

  const steps = (): CheckpointStep[] =>
    [...readings.values()].flatMap((reading) => {
      const after = reading.checkpoint();
      const before = stored.get(reading.name) ?? null;
      return after === null || isSame(before, after) ? [] : [{ before, after }];
    });

  const handOver = async (): Promise<void> => {
    bytesOfBatch = 0;
    batchFromMs = options.nowMs();
    const checkpoints = steps();
    if (onBatch === undefined || checkpoints.length === 0) return;
    superseded = !(await onBatch({ segments: aggregate.take(), checkpoints }));
    for (const { after } of checkpoints) stored.set(after.stream, after);
  };

  const isDue = (isQuiet: boolean): boolean =>
    onBatch !== undefined &&
    (bytesOfBatch >= batchBytes ||
      (options.read.follow && (isQuiet || options.nowMs() - batchFromMs >= batchMs)));

  for await (const event of options.sources.read(options.read)) {
    const reading = readingOf(event.stream);
    if (event.type === 'chunk') {
      reading.take(event);
      bytes += event.bytes.length;
      bytesOfBatch += event.bytes.length;
      onProgress?.(bytes);
    } else {
      heed(reading, event);
      onNotice?.(event);
    }
    // When nothing more comes, nothing else would tell that the batch is due.
    if (isDue(event.type === 'idle')) await handOver();
    if (superseded) break;
  }
  if (!superseded) await handOver();
  const streams = [...readings.values()].map((reading) => reading.report());
  return {
    segments: aggregate.take(),
    checkpoints: onBatch === undefined ? steps() : [],
    report: {
      ...aggregate.counters,
      lines: streams.reduce((sum, { lines }) => sum + lines, 0),
      bytes,
      streams,
      superseded,
    },
  };
}

/** What a source says between bytes. */
export function heed(reading: StreamReading, notice: LogNotice): void {
  if (notice.type === 'end') reading.end(notice.atByte, notice.file);
  else if (notice.type === 'truncated') reading.truncated(notice.lostBytesAtMost);
  else if (notice.type === 'failed') reading.failed(notice.reason);
  else if (notice.type === 'idle') reading.idle();
}

function isSame(before: LogCheckpoint | null, after: LogCheckpoint): boolean {
  return before !== null && JSON.stringify(before) === JSON.stringify(after);
}
