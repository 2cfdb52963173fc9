import type { LogCheckpoint } from '../../../platform/log-source/types.ts';
import { createAggregate } from './aggregate.ts';
import { createReadings } from './readings.ts';
import type { CheckpointStep, IngestOptions, IngestResult } from './types.ts';

const BATCH_BYTES = 1024 ** 3;
const BATCH_MS = 10_000;

/** Reads logs into segments: sources, readers, groups, counts. See `ingestLogs`. */
export async function readOnThisThread(options: IngestOptions): Promise<IngestResult> {
  const { range, redact, onBatch, onNotice, onProgress, exceptions = {} } = options;
  const { batchBytes = BATCH_BYTES, batchMs = BATCH_MS } = options;
  const aggregate = createAggregate({ range, redact, exceptions });
  const stored = new Map<string, LogCheckpoint>(
    options.read.checkpoints.map((known) => [known.stream, known]),
  );
  const readings = createReadings({
    aggregate,
    format: options.format,
    zoneOffsetMinutes: options.zoneOffsetMinutes,
    nowMs: options.nowMs,
    resumeOf: (stream) => stored.get(stream) ?? null,
  });
  let bytes = 0;
  let bytesOfBatch = 0;
  let batchFromMs = options.nowMs();
  let superseded = false;

  const steps = (): CheckpointStep[] =>
    readings.all().flatMap((reading) => {
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
    readings.take(event);
    if (event.type === 'chunk') {
      bytes += event.bytes.length;
      bytesOfBatch += event.bytes.length;
      onProgress?.(bytes);
    } else {
      onNotice?.(event);
    }
    // When nothing more comes, nothing else would tell that the batch is due.
    if (isDue(event.type === 'idle')) await handOver();
    if (superseded) break;
  }
  if (!superseded) await handOver();
  return {
    segments: aggregate.take(),
    checkpoints: onBatch === undefined ? steps() : [],
    report: { ...aggregate.counters, ...readings.report(), superseded },
  };
}

function isSame(before: LogCheckpoint | null, after: LogCheckpoint): boolean {
  return before !== null && JSON.stringify(before) === JSON.stringify(after);
}
